"""What every agreement pattern of a catalogue is worth and what is decided on it: looked up by pattern, not by pair.

A catalogue of millions of pairs shows a few thousand patterns, so the model runs on these.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.decide import COVER, MERGE, VERSION, Policy, decide, held, relate, vetoed
from dedup.patterns import unpack
from dedup.weights import Levels, Weights

VETO = -np.inf
"""Weight of a vetoed pair in the clustering: outweighs any number of good ones."""


@dataclass(frozen=True)
class Scores:
    """Parallel arrays over the distinct patterns, which ascend.

    `bits`: match weight. `told`: the weight that clustering uses, 0 where a merge is held back and minus infinity where
    the pair is vetoed. `decision`, `relation`: words of `dedup.decide`.
    """

    patterns: NDArray[np.int64]
    bits: NDArray[np.float64]
    told: NDArray[np.float64]
    decision: NDArray[np.str_]
    relation: NDArray[np.str_]

    def at(self, patterns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where these patterns, `[n]`, stand; each must be known."""
        return np.searchsorted(self.patterns, patterns)

    @property
    def merges(self) -> NDArray[np.bool_]:
        """Patterns that are decided to be merged."""
        return np.asarray(self.decision == MERGE)

    @property
    def covers(self) -> NDArray[np.bool_]:
        """Patterns of one title by different artists."""
        return np.asarray(self.relation == COVER)

    @property
    def versions(self) -> NDArray[np.bool_]:
        """Patterns of two recordings of one song."""
        return np.asarray(self.relation == VERSION)


def score(patterns: NDArray[np.int64], weights: Weights, chosen: Policy) -> Scores:
    """Scores of distinct patterns, in any order."""
    patterns = np.sort(patterns)
    levels = unpack(patterns)
    bits = weights.bits(levels)
    decision = decide(bits, levels, chosen)
    return Scores(patterns, bits, told(bits, levels, chosen), decision, relate(levels, decision))


def told(bits: NDArray[np.float64], levels: Levels, chosen: Policy) -> NDArray[np.float64]:
    """The weight that clustering uses."""
    back = (bits >= chosen.merge) & held(levels)
    return np.asarray(np.where(vetoed(levels), VETO, np.where(back, 0.0, bits)))
