"""What one key says of one pair, in 64 bits: uniting what all keys say is a sort of plain numbers.

Every pair is *owned* by one of its two tracks, which a hash of both decides. Proposals are handed on by ranges of
owners, so that 20 bits tell the owner inside its range; then follow 31 bits of the other track's place, 10 of the
rarity and 3 of the generator.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.hashing import Hashes, mix
from dedup.runs import starts

PAIRS = np.dtype([("owner", "<i4"), ("other", "<i4"), ("rarity", "<u4"), ("shared", "<u2"), ("generators", "u1")])
"""Places of the owning track and the other, how rare what they share is, keys shared, bit set of generators."""

_GENERATOR_BITS, _RARITY_BITS, _PLACE_BITS = 3, 10, 31
_OTHER_AT = np.uint64(_GENERATOR_BITS + _RARITY_BITS)
_OWNER_AT = np.uint64(_GENERATOR_BITS + _RARITY_BITS + _PLACE_BITS)
MOST_RARITY = (1 << _RARITY_BITS) - 1
MOST_OWNERS = 1 << (64 - int(_OWNER_AT))
"""Widest range of owners."""

Pairs = NDArray[np.void]
Places = NDArray[np.int32]


class Proposals(NamedTuple):
    """Pairs that keys propose, `[n]` each. said: the other track, the rarity and the generator in one number."""

    owner: Places
    said: NDArray[np.uint64]

    def by_range(self, width: int) -> tuple[Places, NDArray[np.uint64]]:
        """The range of `width` owners, of every proposal, and the proposal inside it.

        Raises ValueError where a range is wider than MOST_OWNERS, of which the bits would run into one another.
        """
        if width > MOST_OWNERS:
            raise ValueError(f"ranges of {width} owners; at most {MOST_OWNERS} fit")
        number = self.owner // np.int32(width)
        return number, self.said | ((self.owner - number * np.int32(width)).astype(np.uint64) << _OWNER_AT)


def propose(a: Places, b: Places, rarity: int, generator: NDArray[np.integer] | int) -> Proposals:
    """Proposals of tracks a and b, `[n]`, in any order; the owner depends on both alike. rarity: up to MOST_RARITY."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    first = hashed(low, high) >> np.uint64(63) == 0
    said = np.where(first, high, low).astype(np.uint64) << _OTHER_AT
    said |= np.asarray(rarity << _GENERATOR_BITS | np.asarray(generator, np.int64)).astype(np.uint64)
    return Proposals(np.where(first, low, high), said)


def hashed(low: Places, high: Places) -> Hashes:
    """One hash for the two places of a pair, the smaller first."""
    return mix((low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64))


def joined(proposals: list[Proposals]) -> Proposals:
    """Proposals one after another."""
    parts = [Proposals(np.empty(0, np.int32), np.empty(0, np.uint64)), *proposals]
    return Proposals(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def unite(proposals: NDArray[np.uint64], first: int = 0) -> Pairs:
    """Each pair once, sorted by owner: rarity and shared keys added up, generators together.

    proposals: of one range of owners, of which `first` is the first.
    """
    said = np.sort(proposals)
    name = said >> _OTHER_AT
    start = starts(name)
    united = np.zeros(len(start), PAIRS)
    if len(start):
        generator = np.uint8(1) << (said & np.uint64((1 << _GENERATOR_BITS) - 1)).astype(np.uint8)
        rarity = (said >> np.uint64(_GENERATOR_BITS)).astype(np.uint32) & np.uint32(MOST_RARITY)
        united["owner"] = (said[start] >> _OWNER_AT).astype(np.int64) + first
        united["other"] = name[start] & np.uint64((1 << _PLACE_BITS) - 1)
        united["rarity"] = np.add.reduceat(rarity, start)
        united["shared"] = np.minimum(np.diff(start, append=len(said)), 65535)
        united["generators"] = np.bitwise_or.reduceat(generator, start)
    return united
