"""The artist model of a catalogue, estimated without labels.

Releases of *different* names are different artists', so how their fields agree is simply counted. Releases of *one*
name are a mixture of one artist's and of namesakes'; the namesakes' part being known, expectation maximisation finds
the other part and the mixture's share (Winkler, "Using the EM algorithm for weight computation in the Fellegi-Sunter
model of record linkage", 2000).

Deviations: the estimate is drawn towards `TYPICAL` by pseudo-counts, because a small catalogue has few names with
two releases; a name weighs with its releases less one, not with its pairs, so that a large name does not outvote the
others.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.artist_evidence import COLUMN, COMPILATION, FIELDS, Comparison, Rarity, compare
from dedup.artist_model import ArtistModel, Probabilities, field_weights
from dedup.artist_names import PLACEHOLDERS
from dedup.artist_priors import SAME_SHARE, SAME_SHARE_WEIGHT, STRANGERS, STRANGERS_WEIGHT, TYPICAL, TYPICAL_WEIGHT
from dedup.artist_releases import Release, releases

SOUND_QUANTILES = (0.25, 0.5, 0.9, 0.99)  # of strangers' cosines: the edges between levels of sound
STRANGER_PAIRS = 20_000
RELEASES_PER_NAME = 20  # drawn from a name with more
VALUES_LISTED = 20_000  # most common values of a field that the model carries
EM_ROUNDS = 50

Pairs = list[tuple[Release, Release]]
Floats = NDArray[np.float64]


def fit(credits: pa.Table, *, seed: int = 0) -> ArtistModel:
    """Estimate the model from credits (`artist_credits.CREDITS`) of whole names; the same for any order of rows.

    A sample of some 100,000 names is plenty; values that only one sampled name has count as one name's.
    """
    by_name = _by_name(release for release in releases(credits) if release.key not in PLACEHOLDERS)
    rarity = _rarity(by_name)
    strangers = _strangers(by_name, np.random.default_rng(seed))
    edges = _sound_edges(strangers)
    different = _counted(compare(strangers, rarity=rarity, sound_edges=edges))
    pairs, weight = _namesakes(by_name, np.random.default_rng(seed))
    same, share = maximise_expectation(compare(pairs, rarity=rarity, sound_edges=edges), weight, different)
    return ArtistModel(same, different, share, rarity, edges)


def _by_name(found: Iterable[Release]) -> dict[str, list[Release]]:
    by_name: dict[str, list[Release]] = defaultdict(list)
    for release in found:
        by_name[release.key].append(release)
    return dict(sorted(by_name.items()))


def _rarity(by_name: dict[str, list[Release]]) -> Rarity:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for found in by_name.values():
        for f in sorted({f for release in found for f in release.values}):
            counts[f].update({value for release in found for value in release.get(f)})
    names = max(len(by_name), 1)
    return Rarity(names, {f: _listed(count, names) for f, count in counts.items()})


def _listed(count: Counter[str], names: int) -> dict[str, float]:
    common = sorted(count.items(), key=lambda item: (-item[1], item[0]))[:VALUES_LISTED]
    return {value: n / names for value, n in common if n > 1}


def _strangers(by_name: dict[str, list[Release]], rng: np.random.Generator) -> Pairs:
    """Release pairs of different names that do not meet on a track: two people who work together are no strangers."""
    found = list(by_name.values())
    pairs = []
    for i, j in rng.integers(len(found), size=(STRANGER_PAIRS, 2)).tolist() if len(found) > 1 else ():
        a, b = found[i][int(rng.integers(len(found[i])))], found[j][int(rng.integers(len(found[j])))]
        if i != j and b.key not in a.get("co-artist") and a.key not in b.get("co-artist"):
            pairs.append((a, b))
    return pairs


def _sound_edges(strangers: Pairs) -> tuple[float, ...]:
    cosines = [float(a.vector @ b.vector) for a, b in strangers if a.vector is not None and b.vector is not None]
    return tuple(np.quantile(cosines, SOUND_QUANTILES).tolist()) if cosines else (0.0, 0.25, 0.5, 0.75)


def _namesakes(by_name: dict[str, list[Release]], rng: np.random.Generator) -> tuple[Pairs, Floats]:
    """Release pairs of one name, and the weight of each."""
    pairs: Pairs = []
    weight: list[float] = []
    for found in by_name.values():
        drawn = [found[i] for i in sorted(rng.permutation(len(found))[:RELEASES_PER_NAME].tolist())]
        mine = list(combinations(drawn, 2))
        pairs += mine
        weight += [2 / len(drawn)] * len(mine)  # n releases: n (n - 1) / 2 pairs that weigh n - 1 together
    return pairs, np.asarray(weight, dtype=np.float64)


def maximise_expectation(
    comparison: Comparison, weight: Floats, different: Probabilities
) -> tuple[Probabilities, float]:
    """Level probabilities of one artist's pairs, and their share, from unlabelled pairs with `weight` [pairs]."""
    same: Probabilities = TYPICAL
    share = SAME_SHARE
    for _ in range(EM_ROUNDS):
        odds = field_weights(comparison, same=same, different=different).sum(axis=1) + np.log2(share / (1 - share))
        belief = weight / (1 + np.exp2(-odds.clip(-60, 60)))
        same = {f: _normal(_counts(comparison, f, belief) + TYPICAL_WEIGHT * np.asarray(TYPICAL[f])) for f in TYPICAL}
        share = float((belief.sum() + SAME_SHARE * SAME_SHARE_WEIGHT) / (weight.sum() + SAME_SHARE_WEIGHT))
    return same, share


def _counted(comparison: Comparison) -> Probabilities:
    """The share of each level among strangers that have the field."""
    ones = np.ones(len(comparison.levels))
    prior = {f: np.asarray(STRANGERS[f.removesuffix(COMPILATION)]) for f in TYPICAL}
    return {f: _normal(_counts(comparison, f, ones) + STRANGERS_WEIGHT * prior[f]) for f in TYPICAL}


def _counts(comparison: Comparison, f: str, weight: Floats) -> Floats:
    levels = comparison.levels[:, COLUMN[f]]
    known = levels >= 0
    size = len(FIELDS[COLUMN[f]].levels)
    return np.bincount(levels[known], weights=weight[known], minlength=size).astype(np.float64)


def _normal(counts: Floats) -> tuple[float, ...]:
    return tuple((counts / counts.sum()).tolist())
