"""From keys to candidate pairs, bounded, and the union of what all keys propose.

Records that share a key are a block. A block of up to `cap` records gives all its pairs; one of a title and artist, or
of an ISRC, up to `copies`, as a hit is on so many compilations. A larger one is refined instead of dropped: its records
are sorted by duration and each is paired with its nearest neighbours in that order only (sorted neighbourhood method,
Hernandez and Stolfo 1995), so that a block costs at most `window` pairs a record. In a large block of copies each is
also paired with those 2, 4, 8 ... windows further on, as a skip list is linked (Pugh 1990): neighbours alone make a
chain, of which nobody could tell how unlike its ends are. That adds log2 of the block's size.

A pair that shares several keys, or one of `SURE`, is compared. Of pairs that share one or two text keys most are
strangers: each record keeps only its few best of these, by the summed rarity of what is shared. To bound them without
looking at both sides at once, every pair is owned by one of its two tracks (`dedup.proposals`).

In a large catalogue most of what is left has little text in common (`dedup.sketches`). These are no matches, but the
model must know how strangers compare: a sample of them is compared, drawn by a hash, and counts for all.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates import GENERATORS, Blocking
from dedup.proposals import MOST_RARITY, Pairs, Proposals, hashed, joined, propose
from dedup.runs import starts
from dedup.sketches import may_share

RARITY_STEPS = 16
"""Rarity counts sixteenths of a bit, whole ones, so that sums do not depend on the order."""

SURE = sum(1 << GENERATORS.index(name) for name in ("title_artist", "isrc", "audio"))
"""Generators whose pairs are compared in any case."""

COPIES = [GENERATORS.index(name) for name in ("title_artist", "isrc")]
"""Generators whose blocks hold copies of one song."""

SAMPLED = 1 << len(GENERATORS)
"""Bit of a pair that stands for others as unlike (`Blocking.strangers`)."""

Indices = NDArray[np.int64]
_MOST_SUM = np.uint32((1 << 12) - 1)
"""From here on summed rarities are alike."""


class Tracks(NamedTuple):
    """What is asked of the tracks of a pair, by place, each `[tracks]`: columns of the record files."""

    exclusive: NDArray[np.int32]
    duration_s: NDArray[np.float32]
    whole_0: NDArray[np.uint64]
    whole_1: NDArray[np.uint64]


def expand(keys: NDArray[np.void], tracks: Tracks, blocking: Blocking) -> Proposals:
    """What whole blocks propose, a pair once for every key; none inside one promising source.

    keys: KEYS in any order, all of a key's; they are rare against the number of tracks.
    """
    key = np.ascontiguousarray(keys["key"])
    order = np.argsort(key)
    place, generator = (np.ascontiguousarray(keys[name]).take(order) for name in ("place", "generator"))
    promised = tracks.exclusive.take(place)
    bounds = np.append(starts(key.take(order)), len(key))
    sizes = np.diff(bounds)
    copied = np.isin(generator.take(bounds[:-1]), COPIES)
    caps = np.where(copied, blocking.copies, blocking.cap)
    bits = np.log2(max(len(tracks.exclusive), 2) / np.arange(1, int(sizes.max(initial=1)) + 1))
    rarity = np.minimum(np.round(RARITY_STEPS * np.maximum(bits, 0)), MOST_RARITY).astype(np.int64)
    parts = []
    for left, right, size in (
        *_small_blocks(bounds, sizes, caps),
        *_large_blocks(place, tracks.duration_s, bounds, sizes > caps, copied, blocking.window),
    ):
        source = promised.take(left)
        kept = np.flatnonzero((source < 0) | (source != promised.take(right)))
        left, right = left.take(kept), right.take(kept)
        parts.append(propose(place.take(left), place.take(right), int(rarity[size - 1]), generator.take(left)))
    return joined(parts)


def _small_blocks(bounds: Indices, sizes: Indices, caps: Indices) -> Iterator[tuple[Indices, Indices, int]]:
    """Positions of both sides of every pair, and the size of its block, block size by block size."""
    small = (sizes >= 2) & (sizes <= caps)
    for size in np.unique(sizes[small]).tolist():
        starts = bounds[:-1][small & (sizes == size)]
        i, j = np.triu_indices(size, 1)
        yield (starts[:, None] + i).ravel(), (starts[:, None] + j).ravel(), size


def _large_blocks(
    place: NDArray[np.int32],
    seconds: NDArray[np.float32],
    bounds: Indices,
    large: NDArray[np.bool_],
    copied: NDArray[np.bool_],
    window: int,
) -> Iterator[tuple[Indices, Indices, int]]:
    """The same for large blocks; the order of the members in the block does not matter."""
    for number in np.flatnonzero(large):
        members = place[bounds[number] : bounds[number + 1]]
        order = np.lexsort((members, seconds[members])) + bounds[number]  # unknown (NaN) come last
        for step in _steps(len(order), window, spread=bool(copied[number])):
            yield order[:-step], order[step:], len(order)


def _steps(size: int, window: int, *, spread: bool) -> list[int]:
    """How far apart in a large block those stand that are paired."""
    near = range(1, window + 1)
    return [*near, *(window << power for power in range(1, size.bit_length()) if spread and window << power < size)]


def bounded(pairs: Pairs, blocking: Blocking) -> Pairs:
    """What is compared of united pairs of one range of owners, all that an owner has; order kept."""
    sure = (pairs["shared"] >= blocking.sure) | ((pairs["generators"] & SURE) > 0)
    unsure = np.flatnonzero(~sure)
    owner = pairs["owner"][unsure].astype(np.uint64)
    behind = _MOST_SUM - np.minimum(pairs["rarity"][unsure], _MOST_SUM)
    packed = ((owner - owner[:1]) << np.uint64(44)) | (behind.astype(np.uint64) << np.uint64(32))
    packed |= np.arange(len(packed), dtype=np.uint64)  # ties: as they stand
    packed.sort()
    first = starts(owner)
    rank = np.arange(len(packed)) - np.repeat(first, np.diff(first, append=len(packed)))
    best = packed[rank < blocking.unsure] & np.uint64(0xFFFFFFFF)
    sure[unsure[best.astype(np.int64)]] = True
    return pairs.take(np.flatnonzero(sure))


def sampled(pairs: Pairs, tracks: Tracks, blocking: Blocking) -> Pairs:
    """In a large catalogue, less of the pairs that have little text in common: some, which stand for all (SAMPLED)."""
    if len(tracks.exclusive) <= blocking.small:
        return pairs
    a, b = pairs["owner"], pairs["other"]
    alike = may_share([(half[a], half[b]) for half in (tracks.whole_0, tracks.whole_1)], blocking.alike)
    alike |= (pairs["generators"] & SURE) > 0
    drawn = ~alike & (hashed(np.minimum(a, b), np.maximum(a, b)) % np.uint64(blocking.strangers) == 0)
    pairs["generators"][drawn] |= SAMPLED
    return pairs.take(np.flatnonzero(alike | drawn))


def stands_for(generators: NDArray[np.integer], blocking: Blocking) -> NDArray[np.int64]:
    """How many candidates each of the compared ones stands for, `[n]`."""
    return np.where((generators & SAMPLED) > 0, blocking.strangers, 1)
