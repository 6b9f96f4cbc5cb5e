"""What crowds may teach the model: thousands of tracks of one title and artist.

A crowd is a block too large for all its pairs (`dedup.blocks`): its tracks are sorted by duration, and each is paired
with its neighbours and with a few further on. Where a crowd is a hit on thousands of compilations, its durations are
few, and neighbours are what they seem. Where it is thousands of performances of one work, durations stand evenly, and
neighbours agree because they were chosen so: counted as they are, they teach that whatever has one title has one
duration, and that most candidates match. Of an even crowd, neighbours count only as often as among all its pairs, and
all pairs no more than `Blocking.copies` tracks would bring. Which ones is drawn by a hash.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates import Blocking
from dedup.proposals import hashed

NARROW_S, WIDE_S = 1.5, 15.0
"""By chance, a tenth of the tracks within the wide span of seconds are within the narrow one."""

EVEN = 0.3
"""Share of those from which durations are no chance."""

_APART = 1e9  # seconds between two crowds, where all are laid in a row
_FILES = ("crowd.npy", "crowd_rank.npy", "crowd_size.npy")
Places = NDArray[np.int64]


class Crowds(NamedTuple):
    """Of every track, `[tracks]`: its crowd's number, or -1; its rank there by duration; an even crowd's size, or 0."""

    number: Places
    rank: NDArray[np.int32]
    size: NDArray[np.int32]

    @classmethod
    def of(cls, number: Places, seconds: NDArray[np.float32]) -> "Crowds":
        """number: of the crowd of every track, -1 for none; seconds: NaN where unknown; `[tracks]` each."""
        members = np.flatnonzero(number >= 0)
        order = members[np.lexsort((members, seconds[members], number[members]))]  # as `dedup.blocks` sorts a block
        _, first, place, sizes = np.unique(number[order], return_index=True, return_inverse=True, return_counts=True)
        even = _even(place, seconds[order].astype(np.float64), len(sizes))
        rank, size = np.zeros(len(number), np.int32), np.zeros(len(number), np.int32)
        rank[order], size[order] = np.arange(len(order)) - first[place], np.where(even, sizes, 0)[place]
        return cls(number, rank, size)

    def save(self, folder: Path) -> None:
        """Write what `open` maps."""
        columns: list[NDArray[Any]] = [self.number, self.rank, self.size]
        for name, values in zip(_FILES, columns, strict=True):
            np.save(folder / name, values)

    @classmethod
    def open(cls, folder: Path) -> "Crowds":
        """What `save` wrote, mapped."""
        return cls(*(np.load(folder / name, mmap_mode="r") for name in _FILES))

    def counting(self, a: NDArray[np.int32], b: NDArray[np.int32], blocking: Blocking) -> NDArray[np.bool_]:
        """Which pairs of places count in the model, `[n]`: all but some of those within an even crowd."""
        counts = np.ones(len(a), bool)
        within = np.flatnonzero((self.size[a] > 0) & (self.number[a] == self.number[b]))
        low, high = np.minimum(a[within], b[within]), np.maximum(a[within], b[within])
        size, step = self.size[low].astype(np.int64), np.abs(self.rank[low] - self.rank[high])
        one_in = -(-size // blocking.copies)
        further = np.maximum(np.log2(size / blocking.window).astype(np.int64), 1)  # that each is paired with
        one_in *= np.where(step <= blocking.window, np.maximum((size // 2 - blocking.window) // further, 1), 1)
        counts[within] = hashed(low, high) % one_in.astype(np.uint64) == 0
        return counts


def _even(crowd: Places, seconds: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """Whether the durations of a crowd stand evenly, `[count]`; tracks are sorted by crowd and duration."""
    known = ~np.isnan(seconds)
    row = crowd[known] * _APART + seconds[known]
    narrow, wide = (
        np.bincount(crowd[known], np.searchsorted(row, row + span, side="right") - np.arange(len(row)) - 1, count)
        for span in (NARROW_S, WIDE_S)
    )
    return np.asarray(narrow < EVEN * wide)
