"""Labelled pairs sharpen the weights: logistic regression on the itemised evidence of the model without labels.

    ln odds = offset + shift + sum over fields of (scale - 1) * item

`item` is a field's evidence and `offset` the whole weight by `dedup.weights`, both in nats. Fellegi and Sunter's fields
are independent given the match; those of a catalogue are not quite, and a field that repeats another gets a scale
below 1. The penalised likelihood pulls every scale to 1 and the shift to 0, so that few labels change little: the
estimate is the model without labels, moved as far as the labels speak for it. A scale is never negative: agreement
does not begin to speak against.

scikit-learn's `LogisticRegression` takes neither an offset nor bounds, so the objective is minimised here by SciPy's
L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995). `jobs.supervise` minimises the same one with Spark ML.

Labels that were drawn by their evidence (what stands in review, every tenth match) leave the regression unbiased.
Labels that were drawn by their answer, such as one `same` for each `different`, also teach the shift how that was done.
"""

from dataclasses import dataclass, replace

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
    """

    strength: float = 20.0
    even: float = 20.0
    least: int = 20


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
    bounds = [(None, None), *[(LEAST_CHANGE, None)] * len(FIELDS)]
    options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 2000, "maxfun": 20_000}
    start = np.zeros(1 + len(FIELDS))
    found = minimize(
        loss, start, args=(rows, settings.strength), jac=True, method="L-BFGS-B", bounds=bounds, options=options
    )
    return moved(weights, shift=float(found.x[0]), change=found.x[1:])


def examples(levels: Levels, same: NDArray[np.bool_], weights: Weights, settings: Supervision) -> Examples:
    """Labelled pairs counted by pattern, and the pairs of even odds. Raises UsageError where nothing can be learnt."""
    _check(same, settings)
    distinct, count = np.unique(np.stack([pack(levels), same], axis=1), axis=0, return_counts=True)
    shown = unpack(distinct[:, 0])
    nats = np.log(2)
    return Examples(
        items=np.concatenate([weights.itemised(shown) * nats, np.zeros((2, len(FIELDS)))]),
        offset=np.concatenate([weights.bits(shown) * nats, np.zeros(2)]),
        same=np.concatenate([distinct[:, 1], [0.0, 1.0]]),
        count=np.concatenate([count, [settings.even / 2] * 2]),
    )


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
