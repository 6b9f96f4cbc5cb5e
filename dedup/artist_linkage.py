"""Average-linkage agglomerative clustering (UPGMA; Sokal and Michener, "A statistical method for evaluating systematic
relationships", 1958) on log2 odds, which may be above zero (together) or below (apart)."""

import numpy as np
from numpy.typing import NDArray

from dedup.artist_values import Ints

Floats = NDArray[np.float64]
TIED = 1e9  # log2 odds of what must come together: not outweighed by any mean, nor lost in one


def average_linkage(odds: Floats, tied: NDArray[np.bool_] | None = None) -> Ints:
    """Labels [n] of the clusters left when no two have mean odds above zero.

    `odds` and `tied` [n, n] are symmetric; what is tied ends in one cluster whatever its odds.
    """
    labels = np.arange(len(odds), dtype=np.int64)
    between, sizes = odds.astype(np.float64), np.ones(len(odds))
    if tied is not None:
        between[tied] = TIED
    np.fill_diagonal(between, -np.inf)
    while len(odds) > 1:
        a, b = sorted(divmod(int(between.argmax()), len(odds)))
        if between[a, b] <= 0:
            break
        mean = (sizes[a] * between[a] + sizes[b] * between[b]) / (sizes[a] + sizes[b])
        mean[[a, b]] = -np.inf
        between[a], between[:, a] = mean, mean
        between[b], between[:, b] = -np.inf, -np.inf
        sizes[a] += sizes[b]
        labels[labels == b] = a
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def by_size(labels: Ints, tracks: Ints) -> Ints:
    """Renumber so that 0 is the label with most tracks (of equals, the one that was numbered first)."""
    totals = np.bincount(labels, weights=tracks)
    rank = np.empty(len(totals), dtype=np.int64)
    rank[np.argsort(-totals, kind="stable")] = np.arange(len(totals))
    return rank[labels]


def confidences(odds: Floats, labels: Ints) -> Floats:
    """How sure each label is [n], 0..1, from symmetric `odds` [n, n], zero on the diagonal.

    From a release's mean odds to its own cluster's others, or, alone, from those to the nearest other cluster.
    """
    member = np.eye(labels.max() + 1)[labels]  # [n, clusters]
    others = member.sum(axis=0) - member  # how many of each cluster a release is compared with
    means = np.divide(odds @ member, others, out=np.full(member.shape, -np.inf), where=others > 0)
    own = means[np.arange(len(odds)), labels]
    return np.where(np.isfinite(own), probability(own), 1 - probability(means.max(axis=1)))


def probability(odds: Floats | float) -> Floats:
    """The probability that log2 odds stand for."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(odds, -60, 60))))
