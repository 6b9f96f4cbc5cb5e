"""Labelled pairs sharpen the weights: logistic regression on the itemised evidence of the model without labels.

    ln odds = offset + shift + sum over fields of (scale - 1) * item

`item` is a field's evidence and `offset` the whole weight by `dedup.weights`, both in nats. Fellegi and Sunter's fields
are independent given the match; those of a catalogue are not quite, and a field that repeats another gets a scale
below 1. The penalised likelihood pulls every scale to 1 and the shift to 0, so that few labels change little: the
estimate is the model without labels, moved as far as the labels speak for it. A scale is never negative: agreement
does not begin to speak against.

People slip, and one wrong label on a pair of 20 bits would outweigh a hundred right ones. So a share of the labels is
taken to say the opposite of what was meant (Copas 1988, "Binary regression models for contaminated data"): each counts
as what it says and, as far as that is likelier, as its opposite. Many labels that contradict the model in one way are
no slips and still move it.

scikit-learn's `LogisticRegression` takes neither an offset nor bounds, so the objective is minimised here by SciPy's
L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995). `jobs.supervise` minimises the same one with Spark ML.

Labels that were drawn by their evidence (what stands in review, every tenth match) leave the regression unbiased.
Labels that were drawn by their answer, such as one `same` for each `different`, also teach the shift how that was done.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from catalog.errors import UsageError
from dedup.fields import FIELDS
from dedup.patterns import pack, unpack
from dedup.weights import Levels, Weights, probability

Floats = NDArray[np.float64]
LEAST_CHANGE = -1.0
"""Least change of a scale, which then is 0."""


@dataclass(frozen=True)
class Supervision:
    """Settings. `strength`: penalty on a scale's squared distance from 1. `even`: how many pairs of even odds, half of
    them the same, hold the shift near 0. `least`: labelled pairs below which nothing is learnt.
    `slips`: share of labels that say the opposite of what was meant.
    """

    strength: float = 20.0
    even: float = 20.0
    least: int = 20
    slips: float = 0.02


@dataclass(frozen=True)
class Examples:
    """Weighted rows of the regression, `[e]`: `items` `[e, fields]` and `offset` in nats, `same` 1 or 0, `count`."""

    items: Floats
    offset: Floats
    same: Floats
    count: Floats


def supervise(
    levels: Levels, same: NDArray[np.bool_], weights: Weights, settings: Supervision | None = None
) -> Weights:
    """The weights moved by labelled pairs: levels `[n, fields]`, whether each is the same recording `[n]`.

    No labels change nothing. Raises UsageError where they are too few, or all the same or all different.
    """
    settings = settings or Supervision()
    if not len(levels):
        return weights
    rows = examples(levels, same, weights, settings)
    found, _ = _least(partial(loss, rows=rows, strength=settings.strength), np.zeros(1 + len(FIELDS)))
    return moved(weights, shift=float(found[0]), change=found[1:])


def _least(objective: Callable[[Floats], tuple[float, Floats]], start: Floats) -> tuple[Floats, float]:
    """The parameters at which an objective with its gradient is least, and its value there."""
    bounds = [(None, None), *[(LEAST_CHANGE, None)] * len(FIELDS)]
    options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 2000, "maxfun": 20_000}
    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return found.x, float(found.fun)


def examples(levels: Levels, same: NDArray[np.bool_], weights: Weights, settings: Supervision) -> Examples:
    """Labelled pairs counted by pattern, and the pairs of even odds. Raises UsageError where nothing can be learnt."""
    _check(same, settings)
    distinct, count = np.unique(np.stack([pack(levels), same], axis=1), axis=0, return_counts=True)
    shown = unpack(distinct[:, 0])
    nats = np.log(2)
    rows = Examples(
        items=np.concatenate([weights.itemised(shown) * nats, np.zeros((2, len(FIELDS)))]),
        offset=np.concatenate([weights.bits(shown) * nats, np.zeros(2)]),
        same=np.concatenate([distinct[:, 1], [0.0, 1.0]]),
        count=np.concatenate([count, [settings.even / 2] * 2]),
    )
    return believed(rows, settings)


def believed(rows: Examples, settings: Supervision) -> Examples:
    """Every labelled pair as the same and as different, counted by how likely either was meant.

    The last two rows, of even odds, are no labels. The likelihood may have two summits: that near the model without
    labels takes what contradicts it for slips, that near the fit to all labels does not. The higher one is meant.
    """
    slips = np.full(len(rows.same), settings.slips)
    slips[-2:] = 0.0
    start = np.zeros(1 + len(FIELDS))
    plain, _ = _least(partial(loss, rows=rows, strength=settings.strength), start)
    objective = partial(loss_with_slips, rows=rows, slips=slips, strength=settings.strength)
    found = min((_least(objective, begin) for begin in (start, plain)), key=lambda summit: summit[1])[0]
    right = probability(_agreement(found, rows) / np.log(2))[:-2]
    meant = right * (1 - settings.slips) / (right * (1 - settings.slips) + (1 - right) * settings.slips + 1e-300)
    return Examples(
        items=np.concatenate([rows.items[:-2], rows.items]),
        offset=np.concatenate([rows.offset[:-2], rows.offset]),
        same=np.concatenate([1 - rows.same[:-2], rows.same]),
        count=np.concatenate([rows.count[:-2] * (1 - meant), rows.count[:-2] * meant, rows.count[-2:]]),
    )


def _agreement(parameters: Floats, rows: Examples) -> Floats:
    """Log odds, nats, that the pairs are what their labels say."""
    odds = rows.offset + parameters[0] + rows.items @ parameters[1:]
    return np.asarray((2 * rows.same - 1) * odds)


def loss_with_slips(parameters: Floats, rows: Examples, slips: Floats, strength: float) -> tuple[float, Floats]:
    """As `loss`, where of the labels of each row a share of `slips` `[e]` says the opposite of what was meant."""
    change, agreement = parameters[1:], _agreement(parameters, rows)
    right, wrong = -np.logaddexp(0, -agreement), -np.logaddexp(0, agreement)
    with np.errstate(divide="ignore"):
        likelihood = np.logaddexp(np.log1p(-slips) + right, np.log(slips) + wrong)
    value = -rows.count @ likelihood + strength / 2 * change @ change
    pull = -rows.count * (2 * rows.same - 1) * (1 - 2 * slips) * np.exp(right + wrong - likelihood)
    return float(value), np.concatenate([[pull.sum()], rows.items.T @ pull + strength * change])


def _check(same: NDArray[np.bool_], settings: Supervision) -> None:
    yes = int(same.sum())
    if len(same) < settings.least:
        raise UsageError(f"{len(same)} labelled pairs were compared; weights are learnt from {settings.least} on")
    if yes in (0, len(same)):
        word = "same" if yes else "different"
        raise UsageError(f"all {len(same)} labelled pairs are {word}; weights are learnt from pairs of both kinds")


def loss(parameters: Floats, rows: Examples, strength: float) -> tuple[float, Floats]:
    """Penalised negative log likelihood, nats, and its gradient. parameters: shift, then the changes `[1 + fields]`."""
    shift, change = parameters[0], parameters[1:]
    odds = rows.offset + shift + rows.items @ change
    value = rows.count @ (np.logaddexp(0, odds) - rows.same * odds) + strength / 2 * change @ change
    wrong = rows.count * (probability(odds / np.log(2)) - rows.same)
    return float(value), np.concatenate([[wrong.sum()], rows.items.T @ wrong + strength * change])


def moved(weights: Weights, *, shift: float, change: Floats) -> Weights:
    """The weights with another prior, by `shift` nats, and every scale changed by a factor of 1 + `change`."""
    prior = float(probability(np.array([weights.prior_bits + shift / np.log(2)]))[0])
    return replace(weights, prior=prior, scale=tuple((np.array(weights.scale) * (1 + change)).tolist()))
