"""Lengths that say nothing: the 30 seconds of every preview, durations that a source rounds to minutes.

Two tracks of one length agree by chance as often as different titles have that length. Where a large share of a
source's titles do, it is no property of the recording, and such a duration counts as not stated: it neither speaks for
a pair nor, against the full length that another source states, against it.
"""

import numpy as np
from numpy.typing import NDArray

from dedup.hashing import Hashes, combine

MOST = 0.05
"""Share of a source's titles from which the length that they have in common says nothing.

Of songs some 1% have the commonest length, to the second.
"""

LEAST = 10
"""Titles of one length that are no chance, however few a source has."""

Shared = list[tuple[int, int]]
"""Number of a source and a length in whole seconds, ascending."""

_LENGTH = np.uint64(0xFFFFFFFF)


def shared_lengths(source: NDArray[np.int32], seconds: NDArray[np.float32], title: Hashes, version: Hashes) -> Shared:
    """The lengths that say nothing.

    source: number of every track's, `[n]`; seconds: NaN where not stated; title: hash of title and artist, and version
    of these with the version, so that the copies of a hit count once and LEAST are LEAST different songs. What is
    listed with many lengths, a work that hundreds have played, counts for each length by its share of the listings.
    """
    known = np.flatnonzero(~np.isnan(seconds))
    of, length = source[known].astype(np.uint64), _whole(seconds[known])
    at = (of << np.uint64(32)) | length
    keys, titles = _distinct(at, title[known])
    _, first, place, listed = np.unique(
        combine(0, of, version[known]), return_index=True, return_inverse=True, return_counts=True
    )
    sources, whole = np.unique(of[first], return_counts=True)
    versions = np.bincount(np.searchsorted(keys, at), 1 / listed[place], len(keys))
    share = versions / whole[np.searchsorted(sources, keys >> np.uint64(32))]
    shared = keys[(titles >= LEAST) & (share >= MOST)]
    return list(zip((shared >> np.uint64(32)).tolist(), (shared & _LENGTH).tolist(), strict=True))


def silent(source: NDArray[np.int32], seconds: NDArray[np.float32], shared: Shared) -> NDArray[np.bool_]:
    """Which durations are of a length that says nothing, `[n]`."""
    wanted = np.array([one << 32 | length for one, length in shared], np.uint64)
    known = ~np.isnan(seconds)
    at = (source.astype(np.uint64) << np.uint64(32)) | _whole(np.where(known, seconds, np.float32(0)))
    return np.asarray(known & np.isin(at, wanted))


def _distinct(key: Hashes, value: Hashes) -> tuple[Hashes, NDArray[np.int64]]:
    """Every key, ascending, and how many different values it has."""
    first = np.unique(combine(0, key, value), return_index=True)[1]
    return np.unique(key[first], return_counts=True)


def _whole(seconds: NDArray[np.float32]) -> Hashes:
    return np.asarray(np.clip(np.round(seconds), 0, 2**31).astype(np.uint64))
