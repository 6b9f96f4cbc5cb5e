"""Shares and means with their uncertainty."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest

DRAWS = 2000  # of the bootstrap


def share(hits: int, count: int) -> list[float]:
    """[share, low, high, count]: a proportion and its 95% interval (Wilson 1927); zeros where nothing was counted."""
    if not count:
        return [0.0, 0.0, 1.0, 0]
    interval = binomtest(hits, count).proportion_ci(method="wilson")
    return [hits / count, float(interval.low), float(interval.high), count]


def shown(cell: list[float]) -> str:
    """`97.3% (94.1-98.8, 118)`."""
    value, low, high, count = cell
    return f"{100 * value:5.1f}% ({100 * low:.1f}-{100 * high:.1f}, {count:.0f})"


def mean(values: ArrayLike, groups: Sequence[str], *, seed: int = 0) -> list[float]:
    """[mean, low, high, count] of `values` [n] and its 95% interval, by bootstrap over whole `groups` [n].

    Values of one group (an artist's tracks) are drawn together, as they depend on one another (Davison and Hinkley
    1997, section 3.8). nan are left out; zeros where nothing is left.
    """
    value = np.asarray(values, float)
    known = np.isfinite(value)
    if not known.any():
        return [0.0, 0.0, 1.0, 0]
    group = np.unique(np.asarray(groups, str)[known], return_inverse=True)[1]
    count, total = np.bincount(group), np.bincount(group, weights=value[known])
    drawn = np.random.default_rng(seed).integers(len(count), size=(DRAWS, len(count)))
    low, high = np.quantile(total[drawn].sum(1) / count[drawn].sum(1), [0.025, 0.975])
    return [float(total.sum() / count.sum()), float(low), float(high), int(count.sum())]
