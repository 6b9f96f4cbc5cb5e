"""The distance of sound calibrated in a catalogue, without labels.

Nearly every name is one artist, and two names are nearly always two. So the catalogue itself says how far apart the
two halves of one artist's releases sound, and how far those of two artists under one name: names are divided where
they sound most apart, as they are, and put together in pairs. Both go through the same choice of the division, so what
the choice brings is no evidence. A logistic regression with both kinds weighing the same gives log Bayes factors
(Brummer and du Preez 2006).

The regression starts from what is `TYPICAL`. The few names that are
namesakes' already are found by expectation maximisation and count by the probability that they are one artist's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, ndtri

from dedup.artist_codes import codes
from dedup.artist_evidence import cosines
from dedup.artist_priors import SAME_SHARE, SAME_SHARE_WEIGHT
from dedup.artist_releases import Releases
from dedup.artist_sound import SILENT, SoundDistance, divided
from dedup.artist_values import Ints

FEWEST_NAMES = 5  # with fewer heard names there are no strangers to measure by
MOST_NAMES = 1000  # and pairs of names: drawn from more
MOST_RELEASES = 20  # of a name
EM_ROUNDS = 10
QUANTILES = ndtri((np.arange(9) + 0.5) / 9)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Typical:
    """Mean and deviation, in deviations of strangers' cosines, of where the two sets of a division lie.

    Of one artist (`same`) and of two (`other`); both are worth `names` names of the catalogue.
    """

    same: tuple[float, float]
    other: tuple[float, float]
    names: float


TYPICAL = Typical(same=(0.52, 0.78), other=(0.07, 0.39), names=1.0)
"""Of artists whom no model has heard, and the weight with the least Cllr there: `benchmarks.artist_sound_folds`."""


@dataclass(frozen=True)
class Divisions:
    """Where the two sets lie into which names divide: of one artist each (`same`), of two (`other`), in deviations.

    Cosines of strangers' releases have mean `centre` and deviation `spread`.
    """

    centre: float
    spread: float
    same: Floats
    other: Floats


def calibrate(found: Releases, a: Ints, b: Ints, rng: np.random.Generator, typical: Typical = TYPICAL) -> SoundDistance:
    """The scale of a sample's releases; `a`, `b` are releases of different names, drawn at random."""
    seen = divisions(found, a, b, rng)
    if seen is None:
        return SILENT
    slope, even = logistic(seen.same, seen.other, typical)
    return SoundDistance(seen.centre, seen.spread, slope, even, float(np.log2(1 + typical.names + len(seen.same))))


def divisions(found: Releases, a: Ints, b: Ints, rng: np.random.Generator) -> Divisions | None:
    """Divide names, as they are and two put together; None where too few are heard to measure by."""
    both = found.heard[a] & found.heard[b]
    strangers = cosines(found, a[both], b[both])
    sets = _sets(found, rng)
    if len(sets) < FEWEST_NAMES or not len(strangers) or not strangers.std() > 0:
        return None
    centre, spread = float(strangers.mean()), float(strangers.std())
    several = [i for i in range(len(sets)) if len(sets[i]) > 1]
    same = divided([found.vectors[sets[i]] for i in several])
    among = [sets[i] for i in several] if len(several) > 1 else sets
    pairs = _strange(found, [(among[i], among[j]) for i, j in _pairs(len(among), rng)])
    other = divided([found.vectors[np.concatenate(pair)] for pair in pairs])
    return Divisions(centre, spread, (same - centre) / spread, (other - centre) / spread)


def logistic(same: Floats, other: Floats, typical: Typical = TYPICAL) -> tuple[float, float]:
    """Slope (bits, 0 or more) and even point of the log2 odds of `same` against `other`, both kinds weighing the same.

    Each of `same` counts by the probability that it is; the share of those is estimated too.
    """
    belief, share = np.full(len(same), SAME_SHARE), SAME_SHARE
    slope, even = _regression(same, belief, other, typical)
    for _ in range(EM_ROUNDS if len(same) else 0):
        odds = slope * (same - even) + np.log2(share / (1 - share))
        belief = 1 / (1 + np.exp2(-odds.clip(-60, 60)))
        share = float((belief.sum() + SAME_SHARE * SAME_SHARE_WEIGHT) / (len(same) + SAME_SHARE_WEIGHT))
        slope, even = _regression(same, belief, other, typical)
    return slope, even


def _regression(same: Floats, belief: Floats, other: Floats, typical: Typical) -> tuple[float, float]:
    """Slope and even point with the largest posterior, after what is typical; it always exists."""
    usual = [mean + deviation * QUANTILES for mean, deviation in (typical.same, typical.other)]
    x = np.concatenate([same, other, *usual])
    kinds = np.repeat([1.0, -1.0, 1.0, -1.0], [len(same), len(other), len(QUANTILES), len(QUANTILES)])
    once = np.full(2 * len(QUANTILES), typical.names / len(QUANTILES))
    weight = np.concatenate([belief, np.full(len(other), belief.sum() / max(len(other), 1)), once])

    def loss(line: Floats) -> tuple[float, Floats]:
        odds = kinds * (line[0] * x + line[1])
        pull = -weight * kinds * expit(-odds)
        return float(weight @ np.logaddexp(0.0, -odds)), np.array([pull @ x, pull.sum()])

    bounds = [(1e-6, None), (None, None)]
    rise, height = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(rise / np.log(2)), float(-height / rise)


def _sets(found: Releases, rng: np.random.Generator) -> list[Ints]:
    """The heard releases of each of some names, of those that share a recording only one."""
    heard = np.flatnonzero(found.heard)
    recordings = found.values["recording"]
    place, at = recordings.drawn(heard)
    held = found.key[heard[place]] * len(recordings.different) + recordings.ids[at]
    _, first, which = np.unique(held, return_index=True, return_inverse=True)
    kept = np.setdiff1d(heard, heard[place[place[first][which] < place]])  # the first of each recording's
    if not len(kept):
        return []
    sets = np.split(kept, np.flatnonzero(np.diff(found.key[kept])) + 1)
    drawn = np.sort(rng.permutation(len(sets))[:MOST_NAMES])
    return [rng.permutation(sets[i])[:MOST_RELEASES] for i in drawn]


def _strange(found: Releases, pairs: list[tuple[Ints, Ints]]) -> list[tuple[Ints, Ints]]:
    """The pairs of names' releases whose names never meet on a track."""
    own, together = codes(found.keys), found.values["co-artist"].regrouped(found.key, len(found.keys))
    i, j = (np.array([found.key[pair[side][0]] for pair in pairs], dtype=np.int64) for side in (0, 1))
    meet = together.has(i, own[j]) | together.has(j, own[i])
    return [pair for pair, met in zip(pairs, meet.tolist(), strict=True) if not met]


def _pairs(count: int, rng: np.random.Generator) -> Ints:
    """Pairs [pairs, 2] of different numbers below `count`: all of them, or as many as are drawn."""
    if count * (count - 1) // 2 <= MOST_NAMES:
        return np.column_stack(np.triu_indices(count, k=1))
    i = rng.integers(count, size=MOST_NAMES)
    return np.column_stack([i, (i + rng.integers(1, count, size=MOST_NAMES)) % count])
