"""The best partition of a few things, by trying all of them: 4140 for eight (the Bell number)."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

FORBIDDEN = -3e7
"""What stands for minus infinity, so that sums of gains stay comparable."""


def best_partition(gain: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Members of each part of the partition with the largest sum of gains inside its parts.

    gain: `[n, n]`, symmetric, what it is worth that two things are together; the diagonal is not looked at. n is at
    most 8 or so. Of equally good partitions the first in the order of `partitions` is taken, which joins least.
    """
    labels, together = partitions(len(gain))
    i, j = np.triu_indices(len(gain), 1)
    best = labels[int(np.argmax(together @ np.maximum(gain[i, j], FORBIDDEN)))]
    return [np.flatnonzero(best == part) for part in range(best.max() + 1)]


@cache
def partitions(count: int) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """All partitions of `count` things, most parts first, as restricted growth strings `[p, count]` (Knuth 7.2.1.5).

    The second array, `[p, count * (count - 1) / 2]`, has 1 where two things, by `triu_indices`, are in one part.
    """
    strings: list[list[int]] = [[]]
    for _ in range(count):
        strings = [[*string, part] for string in strings for part in range(max(string, default=-1) + 2)]
    labels = np.array(sorted(strings, key=lambda string: (-max(string, default=0), string)), np.int8)
    i, j = np.triu_indices(count, 1)
    return labels, (labels[:, i] == labels[:, j]).astype(np.float64)
