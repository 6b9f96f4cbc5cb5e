"""From keys to candidate pairs, bounded, and the union of what all keys propose.

Records that share a key are a block. A block of up to `cap` records gives all its pairs. A larger one is refined
instead of dropped: its records are sorted by duration and each is paired with its nearest neighbours in that order only
(sorted neighbourhood method, Hernandez and Stolfo 1995), so that a block costs at most `window` pairs a record.

A pair that shares several keys, or an exact one, is compared. Of pairs that share one or two text keys most are
strangers: each record keeps only its few best of these, by the summed rarity of what is shared. To bound them without
looking at both sides at once, every pair is *owned* by one of its two tracks, which a hash of both decides.

In a large catalogue most of what is left has little text in common (`dedup.sketches`). These are no matches, but the
model must know how strangers compare: a sample of them is compared, drawn by a hash, and counts for all.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates import GENERATORS, Blocking
from dedup.hashing import Hashes, mix
from dedup.sketches import may_share

PAIRS = np.dtype([("owner", "<i4"), ("other", "<i4"), ("rarity", "<u4"), ("shared", "<u2"), ("generators", "u1")])
"""Places of the owning track and the other, how rare what they share is, keys shared, bit set of generators."""

RARITY_STEPS = 16
"""Rarity counts sixteenths of a bit, whole ones, so that sums do not depend on the order."""

SURE = sum(1 << GENERATORS.index(name) for name in ("title_artist", "isrc", "audio"))
"""Generators whose pairs are compared in any case."""

SAMPLED = 1 << len(GENERATORS)
"""Bit of a pair that stands for others as unlike (`Blocking.strangers`)."""

Pairs = NDArray[np.void]
Indices = NDArray[np.int64]


class Tracks(NamedTuple):
    """What is asked of the tracks of a pair, by place, each `[tracks]`: columns of the record files."""

    exclusive: NDArray[np.int32]
    duration_s: NDArray[np.float32]
    whole_0: NDArray[np.uint64]
    whole_1: NDArray[np.uint64]


def expand(keys: NDArray[np.void], tracks: Tracks, blocking: Blocking) -> Pairs:
    """Candidate pairs of whole blocks, once for every key; none inside one promising source.

    keys: KEYS in any order, all of a key's; they are rare against the number of tracks.
    """
    key = np.ascontiguousarray(keys["key"])
    order = np.argsort(key)
    key, place, generator = key[order], keys["place"][order], np.uint8(1) << keys["generator"][order].astype(np.uint8)
    bounds = np.flatnonzero(np.diff(key, prepend=~key[:1], append=~key[-1:]))
    sizes = np.diff(bounds) if len(key) else np.empty(0, np.int64)
    bits = np.log2(max(len(tracks.exclusive), 2) / np.arange(1, int(sizes.max(initial=1)) + 1))
    rarity = np.round(RARITY_STEPS * np.maximum(bits, 0)).astype(np.uint32)
    parts = [np.empty(0, PAIRS)]
    for left, right, size in (
        *_small_blocks(bounds, sizes, blocking),
        *_large_blocks(place, tracks.duration_s, bounds, sizes, blocking),
    ):
        a, b = place[left], place[right]
        promised = tracks.exclusive[a]
        kept = np.flatnonzero((a != b) & ((promised < 0) | (promised != tracks.exclusive[b])))
        pairs = owned(a[kept], b[kept])
        pairs["rarity"], pairs["shared"], pairs["generators"] = rarity[size - 1], 1, generator[left[kept]]
        parts.append(pairs)
    return np.concatenate(parts)


def _small_blocks(bounds: Indices, sizes: Indices, blocking: Blocking) -> Iterator[tuple[Indices, Indices, int]]:
    """Positions of both sides of every pair, and the size of its block, block size by block size."""
    for size in np.unique(sizes[(sizes >= 2) & (sizes <= blocking.cap)]).tolist():
        starts = bounds[:-1][sizes == size]
        i, j = np.triu_indices(size, 1)
        yield (starts[:, None] + i).ravel(), (starts[:, None] + j).ravel(), size


def _large_blocks(
    place: NDArray[np.int32], seconds: NDArray[np.float32], bounds: Indices, sizes: Indices, blocking: Blocking
) -> Iterator[tuple[Indices, Indices, int]]:
    """The same for blocks above the cap; the order of the members in the block does not matter."""
    for number in np.flatnonzero(sizes > blocking.cap):
        members = place[bounds[number] : bounds[number + 1]]
        order = np.lexsort((members, seconds[members])) + bounds[number]  # unknown (NaN) come last
        for step in range(1, blocking.window + 1):
            yield order[:-step], order[step:], int(sizes[number])


def _hashed(a: NDArray[np.int32], b: NDArray[np.int32]) -> Hashes:
    """One hash for two places, whichever comes first."""
    low, high = np.minimum(a, b).astype(np.uint64), np.maximum(a, b).astype(np.uint64)
    return mix((low << np.uint64(32)) | high)


def _owned(a: NDArray[np.int32], b: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The owner of every pair and the other track."""
    first = _hashed(a, b) >> np.uint64(63) == 0
    low, high = np.minimum(a, b), np.maximum(a, b)
    return np.where(first, low, high), np.where(first, high, low)


def owned(a: NDArray[np.int32], b: NDArray[np.int32]) -> Pairs:
    """PAIRS of tracks a and b, in any order; the owner depends on both alike."""
    pairs = np.zeros(len(a), PAIRS)
    pairs["owner"], pairs["other"] = _owned(a, b)
    return pairs


def unite(pairs: Pairs) -> Pairs:
    """Each pair once, sorted by owner: rarity and shared keys added up, generators together."""
    names = (pairs["owner"].astype(np.uint64) << np.uint64(32)) | pairs["other"].astype(np.uint64)
    order = np.argsort(names)
    first = np.flatnonzero(np.diff(names[order], prepend=~names[order[:1]]))
    united = pairs.take(order[first])
    if len(first):
        rarity, shared, generators = (pairs[name][order] for name in ("rarity", "shared", "generators"))
        united["rarity"] = np.add.reduceat(rarity, first)
        united["shared"] = np.minimum(np.add.reduceat(shared.astype(np.int64), first), 65535)
        united["generators"] = np.bitwise_or.reduceat(generators, first)
    return united


def bounded(pairs: Pairs, blocking: Blocking) -> Pairs:
    """What is compared of united pairs, of which all that an owner has are there; order kept."""
    sure = (pairs["shared"] >= blocking.sure) | ((pairs["generators"] & SURE) > 0)
    unsure = np.flatnonzero(~sure)
    owner, rarity = (pairs[name][unsure].astype(np.uint64) for name in ("owner", "rarity"))
    order = np.argsort(
        (owner << np.uint64(32)) | (np.uint64(0xFFFFFFFF) - rarity), kind="stable"
    )  # ties: as they stand
    owner = owner[order]
    rank = np.arange(len(order)) - np.searchsorted(owner, owner)
    sure[unsure[order[rank < blocking.unsure]]] = True
    return pairs.take(np.flatnonzero(sure))


def sampled(pairs: Pairs, tracks: Tracks, blocking: Blocking) -> Pairs:
    """In a large catalogue, less of the pairs that have little text in common: some, which stand for all (SAMPLED)."""
    if len(tracks.exclusive) <= blocking.small:
        return pairs
    a, b = pairs["owner"], pairs["other"]
    alike = may_share([(half[a], half[b]) for half in (tracks.whole_0, tracks.whole_1)], blocking.alike)
    alike |= (pairs["generators"] & SURE) > 0
    drawn = ~alike & (_hashed(a, b) % np.uint64(blocking.strangers) == 0)
    pairs["generators"][drawn] |= SAMPLED
    return pairs.take(np.flatnonzero(alike | drawn))


def stands_for(generators: NDArray[np.integer], blocking: Blocking) -> NDArray[np.int64]:
    """How many candidates each of the compared ones stands for, `[n]`."""
    return np.where((generators & SAMPLED) > 0, blocking.strangers, 1)
