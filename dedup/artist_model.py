"""What a comparison of two releases is worth: log2 Bayes factors for "one artist" against "namesakes".

Fellegi-Sunter weights: the logarithm of how often one artist's releases are on a level over how often strangers'
are. Deviation: an agreement on a value weighs by that value's own rarity (a shared "US" says little, a shared small
label much), and never against. `artist_fit` estimates the numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.artist_evidence import COLUMN, FIELDS, Comparison, Rarity, compare
from dedup.artist_releases import Releases
from dedup.artist_sound import SILENT, SoundDistance, sound_weights
from dedup.artist_values import Ints

MOST_BITS = 10.0  # no field alone says more
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

    def prior(self) -> float:
        """Log2 odds that two releases under one name are one artist's, before they are looked at."""
        return float(np.log2(self.same_share / (1 - self.same_share)))


def field_weights(comparison: Comparison, *, same: Probabilities, different: Probabilities) -> NDArray[np.float64]:
    """Log2 Bayes factors [pairs, fields] of compared levels; 0 where a field is missing."""
    weights = np.zeros(comparison.levels.shape)
    for f in FIELDS:
        levels = comparison.levels[:, COLUMN[f.name]]
        known = np.flatnonzero(levels >= 0)
        table = np.log2(np.asarray(same[f.name]) / np.asarray(different[f.name]))
        weights[known, COLUMN[f.name]] = table[levels[known]]
        if f.by_value:
            agreed = known[levels[known] == 1]
            lift = same[f.name][1] / comparison.share[agreed, COLUMN[f.name]]
            weights[agreed, COLUMN[f.name]] = np.log2(lift).clip(min=0.0)
    return weights.clip(-MOST_BITS, MOST_BITS)
