"""Runs of equal neighbours in sorted arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def starts(values: NDArray[Any]) -> NDArray[np.int64]:
    """Where every run of equal values begins, in an array `[n]`."""
    return np.flatnonzero(differs(values))


def differs(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which values are not what stands before them, `[n]`; the first is not."""
    first = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first
