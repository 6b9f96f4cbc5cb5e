"""From keys to candidate pairs, bounded, and the union of what all keys propose.

Records that share a key are a block. A block of up to `cap` records gives all its pairs. A larger one is refined
instead of dropped: its records are sorted by duration and each is paired with its nearest neighbours in that order only
(sorted neighbourhood method, Hernandez and Stolfo 1995), so that a block costs at most `window` pairs a record.

A pair that shares several keys, or an exact one, is compared. Of pairs that share one or two text keys most are
strangers: each record keeps only its few best of these, by the summed rarity of what is shared. To bound them without
looking at both sides at once, every pair is *owned* by one of its two tracks, which a hash of both decides.
"""

import numpy as np
from numpy.typing import NDArray

from dedup.candidates import GENERATORS, Blocking
from dedup.hashing import mix

PAIRS = np.dtype([("owner", "<i4"), ("other", "<i4"), ("rarity", "<f4"), ("shared", "<u2"), ("generators", "u1")])
"""Places of the owning track and the other.

Bits by which what they share is rare; keys shared; bit set of generators.
"""

SURE = sum(1 << GENERATORS.index(name) for name in ("title_artist", "isrc", "audio"))
"""Generators whose pairs are compared in any case."""

Pairs = NDArray[np.void]
Indices = NDArray[np.int64]
_NONE = (np.empty(0, np.int64),) * 3


def expand(keys: NDArray[np.void], blocking: Blocking, *, tracks: int) -> Pairs:
    """Candidate pairs of whole blocks, each pair once.

    keys: KEYS in any order, all of a key's. tracks: size of the catalogue, against which keys are rare. Pairs
    inside one promising source are left out.
    """
    keys = keys[np.argsort(keys["key"], kind="stable")]
    bounds = np.flatnonzero(np.diff(keys["key"], prepend=~keys["key"][:1], append=~keys["key"][-1:]))
    sizes = np.diff(bounds) if len(keys) else np.empty(0, np.int64)
    parts = [_NONE, *_small_blocks(bounds, sizes, blocking), *_large_blocks(keys, bounds, sizes, blocking)]
    left, right, size = (np.concatenate(part) for part in zip(*parts, strict=True))
    return unite(_pairs(keys, left, right, np.log2(max(tracks, 2) / np.maximum(size, 1)).astype(np.float32)))


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
    keys: NDArray[np.void], bounds: Indices, sizes: Indices, blocking: Blocking
) -> list[tuple[Indices, Indices, Indices]]:
    """The same for blocks above the cap; the order of the members in the block does not matter."""
    parts = []
    for number in np.flatnonzero(sizes > blocking.cap):
        block = keys[bounds[number] : bounds[number + 1]]
        order = np.lexsort((block["place"], block["seconds"])) + bounds[number]  # unknown durations (NaN) come last
        steps = range(1, blocking.window + 1)
        parts += [(order[:-step], order[step:], np.full(len(order) - step, sizes[number])) for step in steps]
    return parts


def _pairs(keys: NDArray[np.void], left: Indices, right: Indices, rarity: NDArray[np.float32]) -> Pairs:
    place, exclusive = keys["place"], keys["exclusive"]
    keep = (place[left] != place[right]) & ((exclusive[left] < 0) | (exclusive[left] != exclusive[right]))
    left, right = left[keep], right[keep]
    pairs = owned(place[left], place[right])
    pairs["rarity"], pairs["shared"] = rarity[keep], 1
    pairs["generators"] = 1 << keys["generator"][left]
    return pairs


def owned(a: NDArray[np.int32], b: NDArray[np.int32]) -> Pairs:
    """PAIRS of tracks a and b, in any order; the owner depends on both alike."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    first = mix((low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64)) >> np.uint64(63) == 0
    pairs = np.zeros(len(a), PAIRS)
    pairs["owner"], pairs["other"] = np.where(first, low, high), np.where(first, high, low)
    return pairs


def unite(pairs: Pairs) -> Pairs:
    """Each pair once, sorted by owner: rarity and shared keys added up, generators together."""
    if not len(pairs):
        return pairs
    names = (pairs["owner"].astype(np.uint64) << np.uint64(32)) | pairs["other"].astype(np.uint64)
    order = np.argsort(names, kind="stable")
    names, pairs = names[order], pairs[order]
    first = np.flatnonzero(np.diff(names, prepend=~names[:1]))
    united = pairs[first]
    united["rarity"] = np.add.reduceat(pairs["rarity"], first)
    united["shared"] = np.minimum(np.add.reduceat(pairs["shared"].astype(np.int64), first), 65535)
    united["generators"] = np.bitwise_or.reduceat(pairs["generators"], first)
    return united


def bounded(pairs: Pairs, blocking: Blocking) -> Pairs:
    """What is compared of united pairs, of which all that an owner has are there; order kept."""
    sure = (pairs["shared"] >= blocking.sure) | ((pairs["generators"] & SURE) > 0)
    unsure = np.flatnonzero(~sure)
    order = unsure[np.lexsort((pairs["other"][unsure], -pairs["rarity"][unsure], pairs["owner"][unsure]))]
    owner = pairs["owner"][order]
    rank = np.arange(len(order)) - np.searchsorted(owner, owner)
    sure[order[rank < blocking.unsure]] = True
    return pairs[sure]
