"""What a comparison of two releases is worth: log2 Bayes factors for "one artist" against "namesakes".

Fellegi-Sunter weights: the logarithm of how often one artist's releases are on a level over how often strangers'
are. Deviation: an agreement on a value weighs by that value's own rarity (a shared "US" says little, a shared small
label much), and never against. And more agreement never weighs less: where too few pairs are on a level to tell,
neighbouring levels are pooled (Ayer et al., "An empirical distribution function for sampling with incomplete
information", 1955). `artist_fit` estimates the numbers.

Of many releases one is unlike the others by chance, so the more a name has, the more must speak against one artist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.artist_evidence import COLUMN, FIELDS, Comparison, Rarity, compare
from dedup.artist_releases import Releases
from dedup.artist_sound import SILENT, SoundDistance, sound_weights
from dedup.artist_values import Ints

MOST_BITS = 10.0  # no field alone says more
FEW_RELEASES = 4  # each doubling beyond adds `BITS_EACH_DOUBLING` to the prior, up to `MANY_RELEASES`
MANY_RELEASES = 200
BITS_EACH_DOUBLING = 0.5
Probabilities = Mapping[str, tuple[float, ...]]  # field -> probability of each of its levels


@dataclass(frozen=True)
class ArtistModel:
    """Weights and value frequencies of one catalogue."""

    same: Probabilities  # of two releases of one artist
    different: Probabilities  # of two releases of two artists
    same_share: float  # of release pairs under one name, those of one artist
    rarity: Rarity
    sound_edges: tuple[float, ...]
    sound: SoundDistance = SILENT  # of sets of releases under one name

    def weights(self, found: Releases, a: Ints, b: Ints) -> NDArray[np.float64]:
        """Log2 Bayes factors [pairs, fields] that releases a and b are one artist's; 0 where a field is missing."""
        return self.compared(found, a, b)[1]

    def compared(self, found: Releases, a: Ints, b: Ints) -> tuple[Comparison, NDArray[np.float64]]:
        """How releases a and b compare, and the weights of that, `[pairs, fields]`."""
        comparison = compare(found, a, b, rarity=self.rarity, sound_edges=self.sound_edges)
        return comparison, field_weights(comparison, same=self.same, different=self.different)

    def weights_under_names(self, found: Releases, a: Ints, b: Ints) -> NDArray[np.float64]:
        """Like `weights`, of all pairs of releases under each name: sound weighs by the sets in which two meet."""
        weights = self.weights(found, a, b)
        weights[:, COLUMN["sound"]] = sound_weights(found, a, b, self.sound)
        return weights

    def prior(self, releases: Ints | int = 2) -> NDArray[np.float64]:
        """Log2 odds that two of a name's so many `releases` are one artist's, before they are looked at."""
        doublings = np.log2(np.clip(releases, FEW_RELEASES, MANY_RELEASES) / FEW_RELEASES)
        return np.asarray(np.log2(self.same_share / (1 - self.same_share)) + BITS_EACH_DOUBLING * doublings)


def field_weights(comparison: Comparison, *, same: Probabilities, different: Probabilities) -> NDArray[np.float64]:
    """Log2 Bayes factors [pairs, fields] of compared levels; 0 where a field is missing."""
    weights = np.zeros(comparison.levels.shape)
    for f in FIELDS:
        levels = comparison.levels[:, COLUMN[f.name]]
        known = np.flatnonzero(levels >= 0)
        table = np.log2(rising_ratios(same[f.name], different[f.name]))
        weights[known, COLUMN[f.name]] = table[levels[known]]
        if f.by_value:
            agreed = known[levels[known] == 1]
            lift = same[f.name][1] / comparison.share[agreed, COLUMN[f.name]]
            weights[agreed, COLUMN[f.name]] = np.log2(lift).clip(min=0.0)
    return weights.clip(-MOST_BITS, MOST_BITS)


def rising_ratios(same: Sequence[float], different: Sequence[float]) -> NDArray[np.float64]:
    """The ratios of two distributions over levels, neighbours pooled until none falls."""
    pools: list[tuple[float, float, int]] = []
    for one in zip(same, different, [1] * len(same), strict=True):
        pools.append(one)
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            low, high = pools[-2:]
            pools[-2:] = [(low[0] + high[0], low[1] + high[1], low[2] + high[2])]
    return np.repeat([mine / theirs for mine, theirs, _ in pools], [levels for _, _, levels in pools])
