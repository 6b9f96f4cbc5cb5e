"""From keys to candidate pairs, bounded, and the union of what all keys propose.

Records that share a key are a block. A block of up to `cap` records gives all its pairs. A larger one is refined
instead of dropped: its records are sorted by duration and each is paired with its nearest neighbours in that order only
(sorted neighbourhood method, Hernandez and Stolfo 1995), so that a block costs at most `window` pairs a record.

A pair that shares several keys, or an exact one, is compared. Of pairs that share one or two text keys most are
strangers: each record keeps only its few best of these, by the summed rarity of what is shared. To bound them without
looking at both sides at once, every pair is *owned* by one of its two tracks, which a hash of both decides.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates import GENERATORS, Blocking
from dedup.hashing import mix

PAIRS = np.dtype([("owner", "<i4"), ("other", "<i4"), ("rarity", "<u4"), ("shared", "<u2"), ("generators", "u1")])
"""Places of the owning track and the other, how rare what they share is, keys shared, bit set of generators."""

RARITY_STEPS = 16
"""Rarity counts sixteenths of a bit, whole ones, so that sums do not depend on the order."""

SURE = sum(1 << GENERATORS.index(name) for name in ("title_artist", "isrc", "audio"))
"""Generators whose pairs are compared in any case."""

Pairs = NDArray[np.void]
Indices = NDArray[np.int64]
_NONE = (np.empty(0, np.int64),) * 3


def expand(keys: NDArray[np.void], blocking: Blocking, *, tracks: int) -> Pairs:
    """Candidate pairs of whole blocks, each pair once.

    keys: KEYS in any order, all of a key's. tracks: size of the catalogue, against which keys are rare. Pairs inside
    one promising source are left out.
    """
    key = np.ascontiguousarray(keys["key"])
    order = np.argsort(key)
    key, members = key[order], Members(*(np.ascontiguousarray(keys[name])[order] for name in Members._fields))
    bounds = np.flatnonzero(np.diff(key, prepend=~key[:1], append=~key[-1:]))
    sizes = np.diff(bounds) if len(key) else np.empty(0, np.int64)
    parts = [_NONE, *_small_blocks(bounds, sizes, blocking), *_large_blocks(members, bounds, sizes, blocking)]
    left, right, size = (np.concatenate(part) for part in zip(*parts, strict=True))
    keep = members.place[left] != members.place[right]
    promised = members.exclusive[left]
    keep &= (promised < 0) | (promised != members.exclusive[right])
    left, right, size = left[keep], right[keep], size[keep]
    bits = np.log2(max(tracks, 2) / np.arange(1, int(sizes.max(initial=1)) + 1))
    rarity = np.round(RARITY_STEPS * np.maximum(bits, 0)).astype(np.uint32)[size - 1]
    owner, other = _owned(members.place[left], members.place[right])
    return _united(
        owner, other, rarity, np.ones(len(owner), np.int64), np.uint8(1) << members.generator[left].astype(np.uint8)
    )


class Members(NamedTuple):
    """The records of all blocks, block by block, as columns of KEYS."""

    place: NDArray[np.int32]
    exclusive: NDArray[np.int32]
    seconds: NDArray[np.float32]
    generator: NDArray[np.int8]


def _small_blocks(bounds: Indices, sizes: Indices, blocking: Blocking) -> list[tuple[Indices, Indices, Indices]]:
    """Positions of both sides of every pair and the size of its block, block size by block size."""
    parts = []
    for size in np.unique(sizes[(sizes >= 2) & (sizes <= blocking.cap)]):
        starts = bounds[:-1][sizes == size]
        i, j = np.triu_indices(size, 1)
        left, right = (starts[:, None] + i).ravel(), (starts[:, None] + j).ravel()
        parts.append((left, right, np.full(len(left), size)))
    return parts


def _large_blocks(
    keys: Members, bounds: Indices, sizes: Indices, blocking: Blocking
) -> list[tuple[Indices, Indices, Indices]]:
    """The same for blocks above the cap; the order of the members in the block does not matter."""
    parts = []
    for number in np.flatnonzero(sizes > blocking.cap):
        block = slice(bounds[number], bounds[number + 1])
        order = np.lexsort((keys.place[block], keys.seconds[block])) + bounds[number]  # unknown (NaN) come last
        steps = range(1, blocking.window + 1)
        parts += [(order[:-step], order[step:], np.full(len(order) - step, sizes[number])) for step in steps]
    return parts


def _owned(a: NDArray[np.int32], b: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The owner of every pair and the other track."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    first = mix((low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64)) >> np.uint64(63) == 0
    return np.where(first, low, high), np.where(first, high, low)


def owned(a: NDArray[np.int32], b: NDArray[np.int32]) -> Pairs:
    """PAIRS of tracks a and b, in any order; the owner depends on both alike."""
    pairs = np.zeros(len(a), PAIRS)
    pairs["owner"], pairs["other"] = _owned(a, b)
    return pairs


def unite(pairs: Pairs) -> Pairs:
    """Each pair once, sorted by owner: rarity and shared keys added up, generators together."""
    return _united(
        *(np.ascontiguousarray(pairs[name]) for name in ("owner", "other", "rarity", "shared", "generators"))
    )


def _united(
    owner: NDArray[np.int32],
    other: NDArray[np.int32],
    rarity: NDArray[np.uint32],
    shared: NDArray[np.integer],
    generators: NDArray[np.uint8],
) -> Pairs:
    names = (owner.astype(np.uint64) << np.uint64(32)) | other.astype(np.uint64)
    order = np.argsort(names)
    names = names[order]
    first = np.flatnonzero(np.diff(names, prepend=~names[:1]))
    united = np.empty(len(first), PAIRS)
    if not len(first):
        return united
    united["owner"], united["other"] = names[first] >> np.uint64(32), names[first] & np.uint64(0xFFFFFFFF)
    united["rarity"] = np.add.reduceat(rarity[order], first)
    united["shared"] = np.minimum(np.add.reduceat(shared[order].astype(np.int64), first), 65535)
    united["generators"] = np.bitwise_or.reduceat(generators[order], first)
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
    return pairs[sure]
