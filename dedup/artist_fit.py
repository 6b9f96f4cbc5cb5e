"""The artist model of a catalogue, estimated without labels.

Releases of *different* names are different artists', so how their fields agree is simply counted. Releases of *one*
name are a mixture of one artist's and of namesakes'; the namesakes' part being known, expectation maximisation finds
the other part and the mixture's share (Winkler, "Using the EM algorithm for weight computation in the Fellegi-Sunter
model of record linkage", 2000).

Deviations: the estimate is drawn towards `TYPICAL` by pseudo-counts, because a small catalogue has few names with
two releases; a name weighs with its releases less one, not with its pairs, so that a large name does not outvote the
others. Copies of one release under one name (other sources, other pressings) are left out: in a catalogue of many
sources they are most pairs, and would teach that one artist's releases share their year, album and titles. Two albums
of one artist do not, so sharing none speaks no more against it than `TYPICAL` says. And of the pairs under one name at
least `SAME_SHARE_LEAST` are one artist's: early and late work of one artist looks like two, and where a source says
little the mixture would explain it so.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.artist_codes import Codes, codes
from dedup.artist_evidence import COLUMN, COMPILATION, FIELDS, Comparison, Rarity, compare, cosines
from dedup.artist_model import ArtistModel, Probabilities, field_weights
from dedup.artist_names import PLACEHOLDERS
from dedup.artist_priors import (
    SAME_SHARE,
    SAME_SHARE_LEAST,
    SAME_SHARE_WEIGHT,
    STRANGERS,
    STRANGERS_WEIGHT,
    TYPICAL,
    TYPICAL_WEIGHT,
)
from dedup.artist_releases import Releases, releases
from dedup.artist_sound_fit import TYPICAL as TYPICAL_SOUND
from dedup.artist_sound_fit import Typical, calibrate
from dedup.artist_values import Ints, Values, pairs_within

SOUND_QUANTILES = (0.25, 0.5, 0.9, 0.99)  # of strangers' cosines: the edges between levels of sound
STRANGER_PAIRS = 20_000
RELEASES_PER_NAME = 20  # drawn from a name with more
VALUES_LISTED = 20_000  # most common values of a field that the model carries
EM_ROUNDS = 50
NEED_NOT_SHARE = ("album", "title", "recording", "upc", "co-artist")

Floats = NDArray[np.float64]


def fit(traits: pa.Table, *, seed: int = 0, typical: Typical = TYPICAL_SOUND) -> ArtistModel:
    """Estimate the model from `artist_traits.TRAITS` of whole names; the same for any order of rows.

    A sample of some 20,000 names is plenty; values that only one sampled name has count as one name's.
    """
    nobody = pc.is_in(traits.column("artist_key"), pa.array(sorted(PLACEHOLDERS)))
    found, _ = releases(traits.filter(pc.invert(nobody)))
    rarity = _rarity(found.by_key())
    a, b = strangers(found, np.random.default_rng(seed))
    edges = _sound_edges(found, a, b)
    sound = calibrate(found, a, b, np.random.default_rng(seed), typical)
    different = _counted(compare(found, a, b, rarity=rarity, sound_edges=edges))
    a, b, weight = _namesakes(found, np.random.default_rng(seed))
    original = ~_copies(found, a, b)
    a, b, weight = a[original], b[original], weight[original]
    same, share = maximise_expectation(compare(found, a, b, rarity=rarity, sound_edges=edges), weight, different)
    return ArtistModel(same, different, max(share, SAME_SHARE_LEAST), rarity, edges, sound)


def _rarity(names: Releases) -> Rarity:
    n = max(len(names), 1)
    return Rarity(n, {f: _listed(values, n) for f, values in names.values.items()})


def _listed(values: Values, names: int) -> tuple[Codes, Floats]:
    count = np.bincount(values.ids, minlength=len(values.different))
    common = np.lexsort((values.different, -count))[:VALUES_LISTED]
    common = np.sort(common[count[common] > 1])
    return values.different[common], count[common] / names


def strangers(found: Releases, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Release pairs of different names that do not meet on a track: two people who work together are no strangers."""
    n = len(found.keys)
    if n < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    names = rng.integers(n, size=(STRANGER_PAIRS, 2))
    counts = np.bincount(found.key, minlength=n)
    a, b = (np.searchsorted(found.key, names) + rng.integers(counts[names])).T
    own, together = codes(found.keys), found.values["co-artist"]
    meet = together.has(a, own[found.key[b]]) | together.has(b, own[found.key[a]])
    apart = (found.key[a] != found.key[b]) & ~meet
    return a[apart], b[apart]


def _sound_edges(found: Releases, a: Ints, b: Ints) -> tuple[float, ...]:
    both = found.heard[a] & found.heard[b]
    known = cosines(found, a[both], b[both])
    return tuple(np.quantile(known, SOUND_QUANTILES).tolist()) if len(known) else (0.0, 0.25, 0.5, 0.75)


def _namesakes(found: Releases, rng: np.random.Generator) -> tuple[Ints, Ints, Floats]:
    """Release pairs of one name, and the weight of each."""
    order = np.lexsort((rng.random(len(found)), found.key))
    rank = np.arange(len(found)) - np.searchsorted(found.key, found.key)
    drawn = np.sort(order[rank < RELEASES_PER_NAME])
    a, b = pairs_within(found.key[drawn])
    size = np.bincount(found.key[drawn])[found.key[drawn[a]]]
    return drawn[a], drawn[b], 2.0 / size  # n releases: n (n - 1) / 2 pairs that weigh n - 1 together


def _copies(found: Releases, a: Ints, b: Ints) -> NDArray[np.bool_]:
    """Which pairs are one release twice: they share a recording, or an album with a title of it."""
    held = np.zeros((3, len(a)), dtype=bool)
    for row, name in zip(held, ("recording", "album", "title"), strict=True):
        row[found.values[name].shared(a, b)[0]] = True
    recording, album, title = held
    return recording | (album & title)


def maximise_expectation(
    comparison: Comparison, weight: Floats, different: Probabilities
) -> tuple[Probabilities, float]:
    """Level probabilities of one artist's pairs, and their share, from unlabelled pairs with `weight` [pairs]."""
    same: Probabilities = TYPICAL
    share = SAME_SHARE
    for _ in range(EM_ROUNDS):
        odds = field_weights(comparison, same=same, different=different).sum(axis=1) + np.log2(share / (1 - share))
        belief = weight / (1 + np.exp2(-odds.clip(-60, 60)))
        counts = {f: _counts(comparison, f, belief) + TYPICAL_WEIGHT * np.asarray(TYPICAL[f]) for f in TYPICAL}
        same = {f: _lenient(_normal(counts[f]), f) for f in TYPICAL}
        share = float((belief.sum() + SAME_SHARE * SAME_SHARE_WEIGHT) / (weight.sum() + SAME_SHARE_WEIGHT))
    return same, share


def _lenient(levels: tuple[float, ...], f: str) -> tuple[float, ...]:
    """The levels, agreement no more usual than is typical in fields that two releases need not share."""
    return min(levels, TYPICAL[f], key=lambda each: each[1]) if f in NEED_NOT_SHARE else levels


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
