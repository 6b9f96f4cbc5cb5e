"""A pair's agreement levels as one number, so that pairs are counted, joined and stored by their pattern.

Four bits a field, level + 1, the first field lowest; 0 is missing. Sixteen fields of fifteen levels fit.
"""

import numpy as np
from numpy.typing import NDArray

from dedup.fields import FIELDS

BITS = 4
_SHIFTS = (BITS * np.arange(len(FIELDS))).astype(np.int64)


def pack(levels: NDArray[np.int8]) -> NDArray[np.int64]:
    """Levels `[n, fields]` to patterns `[n]`."""
    return np.asarray(((levels.astype(np.int64) + 1) << _SHIFTS).sum(axis=1))


def unpack(patterns: NDArray[np.int64]) -> NDArray[np.int8]:
    """Patterns `[n]` to levels `[n, fields]`."""
    return np.asarray(((patterns[:, None] >> _SHIFTS) & (2**BITS - 1)) - 1, dtype=np.int8)
