"""Match weights: the Fellegi-Sunter model with levels, estimated by EM without labels.

Fellegi and Sunter (1969), "A theory for record linkage"; EM as in Winkler (1988). A pair's match weight is

    log2 odds = log2 prior/(1-prior) + sum over fields of log2 m/u

in units of log2 (one bit doubles the odds). Three deviations:

* m and u of a field may depend on the level of its parent field (`dedup.fields`), since fields of one release agree
  together; with no parent this is the usual model. The weight of a field is then conditional on its parent's level.
* m, u and the prior are those of *candidate* pairs, the only ones that are decided on. The prior is the share of
  candidates that are matches; how many pairs were never candidates does not enter.
* Every distribution is smoothed towards its parent-free form, and that towards the expected shares of `dedup.fields`
  (Dirichlet priors), which keeps small catalogues sane.

Missing values (level -1) contribute nothing, neither to the weight nor to the estimates.
"""

import json
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dedup.fields import FIELD_NAMES, FIELDS, parent_states, states

Levels = NDArray[np.int8]
"""Agreement levels, `[n, fields]`, -1 where a side has no value."""


@dataclass(frozen=True)
class Estimation:
    """Settings of EM.

    `strength_m`, `strength_u`: pseudo-counts behind the expected shares. `strength_parent`: pseudo-counts behind the
    parent-free distribution in each parent-specific one. `rounds`: most iterations. `tolerance`: largest change
    of any share or of the prior at which it stops. `prior`: expected share of matches among candidates, with the
    weight of `prior_strength` pairs. `least`: share that every level has at least, about; nothing is impossible, and no
    single field decides alone.
    """

    strength_m: float = 50.0
    strength_u: float = 50.0
    strength_parent: float = 30.0
    rounds: int = 100
    tolerance: float = 1e-5
    prior: float = 0.15
    prior_strength: float = 20.0
    least: float = 5e-4


@dataclass(frozen=True)
class Weights:
    """An estimated model: `prior` and per field `m` and `u`, each `[parent states, levels]`.

    The parent states of a field are those of `dedup.fields.parent_states`. `scale`: what the evidence of each
    field is multiplied by, `[fields]`; 1 unless labelled pairs showed otherwise (`dedup.supervise`).
    """

    prior: float
    m: tuple[NDArray[np.float64], ...]
    u: tuple[NDArray[np.float64], ...]
    scale: tuple[float, ...] = (1.0,) * len(FIELDS)

    def itemised(self, levels: Levels) -> NDArray[np.float64]:
        """log2 Bayes factor of every field, scaled, `[n, fields]`; zero where missing."""
        items = np.zeros(levels.shape)
        for number in range(len(FIELDS)):
            state, present = states(levels, FIELDS[number]), levels[:, number] >= 0
            table = np.log2(self.m[number]) - np.log2(self.u[number])
            items[present, number] = self.scale[number] * table[state[present], levels[present, number]]
        return items

    def bits(self, levels: Levels) -> NDArray[np.float64]:
        """Match weight of every pair, `[n]`: prior plus evidence, log2 odds."""
        return np.asarray(self.prior_bits + self.itemised(levels).sum(axis=1))

    @property
    def prior_bits(self) -> float:
        """The prior as log2 odds."""
        return float(np.log2(self.prior) - np.log2(1 - self.prior))

    def to_json(self) -> str:
        """Readable JSON: per field and parent level, the shares and the weight of every level."""
        scale = dict(zip(FIELD_NAMES, self.scale, strict=True))
        fields = {name: self._field_json(name) for name in FIELD_NAMES}
        return json.dumps({"prior": self.prior, "scale": scale, "fields": fields}, indent=1)

    def _field_json(self, name: str) -> dict[str, object]:
        number = FIELD_NAMES.index(name)
        return {
            state: {
                level.name: {
                    "m": float(m),
                    "u": float(u),
                    "weight": round(float(self.scale[number] * np.log2(m / u)), 3),
                }
                for level, m, u in zip(FIELDS[number].levels, self.m[number][row], self.u[number][row], strict=True)
            }
            for row, state in enumerate(parent_states(FIELDS[number]))
        }

    @classmethod
    def from_json(cls, text: str) -> "Weights":
        """Inverse of `to_json`; a model of before labels were used has no scale.

        Raises KeyError where it lacks a field, a level or a parent state of today's.
        """
        content = json.loads(text)
        scale = content.get("scale", {})
        tables = {
            kind: tuple(
                np.array(
                    [
                        [content["fields"][field.name][state][level.name][kind] for level in field.levels]
                        for state in parent_states(field)
                    ]
                )
                for field in FIELDS
            )
            for kind in ("m", "u")
        }
        scales = tuple(float(scale.get(name, 1.0)) for name in FIELD_NAMES)
        return cls(prior=float(content["prior"]), m=tables["m"], u=tables["u"], scale=scales)


def probability(bits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of log2 odds, shape kept."""
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(bits, -1000, 1000))))


def expected() -> Weights:
    """The model of the expected shares alone: where EM starts."""
    m, u = _centres()
    repeat = [len(parent_states(field)) for field in FIELDS]
    return Weights(
        prior=Estimation().prior,
        m=tuple(np.tile(row, (times, 1)) for row, times in zip(m, repeat, strict=True)),
        u=tuple(np.tile(row, (times, 1)) for row, times in zip(u, repeat, strict=True)),
    )


def estimate(
    patterns: Levels,
    counts: NDArray[np.float64],
    settings: Estimation | None = None,
    *,
    strangers: NDArray[np.bool_] | None = None,
) -> Weights:
    """Estimate m, u and the prior from candidate pairs.

    patterns: distinct level combinations `[p, fields]`; counts: candidates that show each, `[p]`, 0 for what is decided
    by rule; strangers: those that are no matches, `[p]`. The cost depends on the number of patterns, not of pairs.
    """
    settings = settings or Estimation()
    weights = replace(expected(), prior=settings.prior)
    for _ in range(settings.rounds):
        responsibility = probability(weights.bits(patterns))
        if strangers is not None:
            responsibility = np.where(strangers, 0.0, responsibility)
        updated = maximise(patterns, counts, responsibility, settings)
        moved = _moved(weights, updated)
        weights = updated
        if moved < settings.tolerance:
            break
    return weights


def _moved(before: Weights, after: Weights) -> float:
    """Largest change of any share, or of the prior."""
    tables = zip((*before.m, *before.u), (*after.m, *after.u), strict=True)
    return max(abs(before.prior - after.prior), *(float(np.abs(old - new).max()) for old, new in tables))


def maximise(
    patterns: Levels, counts: NDArray[np.float64], responsibility: NDArray[np.float64], settings: Estimation
) -> Weights:
    """The M step: smoothed shares of every level among matches and among the rest."""
    matched, other = counts * responsibility, counts * (1 - responsibility)
    prior = (matched.sum() + settings.prior * settings.prior_strength) / (counts.sum() + settings.prior_strength)
    centre_m, centre_u = _centres()
    fields = range(len(FIELDS))
    m = (_shares(patterns, matched, n, centre_m[n], settings.strength_m, settings) for n in fields)
    u = (_shares(patterns, other, n, centre_u[n], settings.strength_u, settings) for n in fields)
    return Weights(
        prior=float(prior),
        m=tuple(_capped(_levelled(shares, f.alike), f.worst, f.alike) for shares, f in zip(m, FIELDS, strict=True)),
        u=tuple(_levelled(_spread(shares, field.widths), field.alike) for shares, field in zip(u, FIELDS, strict=True)),
    )


def _shares(
    patterns: Levels,
    mass: NDArray[np.float64],
    number: int,
    centre: NDArray[np.float64],
    strength: float,
    settings: Estimation,
) -> NDArray[np.float64]:
    """Level shares of one field per parent state, `[states, levels]`."""
    field = FIELDS[number]
    present = patterns[:, number] >= 0
    state, level = states(patterns, field)[present], patterns[present, number]
    rows = len(parent_states(field))
    place = state * len(centre) + level
    table = np.bincount(place, mass[present], rows * len(centre)).reshape(rows, len(centre))
    free = (table.sum(axis=0) + strength * centre) / (table.sum() + strength)
    if field.parent is None:
        return np.asarray((free[None] + settings.least) / (1 + settings.least * len(free)))
    smoothed = table + settings.strength_parent * free
    shares = smoothed / smoothed.sum(axis=1, keepdims=True)
    return np.asarray((shares + settings.least) / (1 + settings.least * shares.shape[1]))


def _capped(shares: NDArray[np.float64], most: float, alike: int) -> NDArray[np.float64]:
    """Shares `[states, levels]` of which the last levels, so many, have at most `most`; others stay in proportion."""
    last, others = shares[:, -alike:], shares[:, :-alike]
    held = last.sum(axis=1, keepdims=True)
    kept = np.minimum(held, most)
    return np.hstack([others * ((1 - kept) / others.sum(axis=1, keepdims=True)), last * (kept / held)])


def _levelled(shares: NDArray[np.float64], alike: int) -> NDArray[np.float64]:
    """Shares `[states, levels]` of which the last levels, so many, have equal ones: their ratios are one."""
    even = np.repeat(shares[:, -alike:].mean(axis=1, keepdims=True), alike, axis=1)
    return np.hstack([shares[:, :-alike], even])


def _spread(shares: NDArray[np.float64], widths: tuple[float, ...]) -> NDArray[np.float64]:
    """Shares `[states, levels]` of which no level has more than the density of the last two bounded ones allows it."""
    if not widths:
        return shares
    span = np.array(widths)
    density = shares[:, len(span) - 2 : len(span)].sum(axis=1, keepdims=True) / span[-2:].sum()
    bounded = shares.copy()
    bounded[:, : len(span)] = np.minimum(shares[:, : len(span)], density * span)
    return np.asarray(bounded / bounded.sum(axis=1, keepdims=True))


def _centres() -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    m = [np.array([level.m for level in field.levels]) for field in FIELDS]
    u = [np.array([level.u for level in field.levels]) for field in FIELDS]
    return [row / row.sum() for row in m], [row / row.sum() for row in u]
