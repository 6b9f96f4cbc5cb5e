"""Namesakes under one name, told apart by clustering what its releases have.

Average-linkage agglomerative clustering (UPGMA; Sokal and Michener, "A statistical method for evaluating systematic
relationships", 1958) on the log2 odds that two releases are one artist's. Two clusters join while the mean of the
odds between them is above zero, so a name stays whole unless its tracks speak louder for two artists than the prior
for one.

The work is bounded: of a name with more than `RELEASES_CLUSTERED` releases, those with most tracks are clustered,
and each other one joins the cluster with the highest mean odds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.artist_model import ArtistModel
from dedup.artist_releases import Release

RELEASES_CLUSTERED = 200
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Per release: the artist's number, 0 for the one with most tracks, and the probability that it belongs there."""

    labels: Ints  # [releases]
    confidence: Floats  # [releases]


def split(found: list[Release], model: ArtistModel) -> Split:
    """Tell apart the artists behind the releases of one name. Deterministic in the order of `found`."""
    if len(found) == 1:
        return whole(found)
    tracks = np.array([len(release.rows) for release in found], dtype=np.int64)
    core = np.sort(np.argsort(-tracks, kind="stable")[:RELEASES_CLUSTERED])
    clustered = [found[i] for i in core]
    odds = pair_odds(clustered, model)
    labels, confidence = np.zeros(len(found), dtype=np.int64), np.ones(len(found))
    labels[core] = average_linkage(odds, _one_recording(clustered))
    confidence[core] = _confidence(odds, labels[core])
    if labels.any():
        for i in np.setdiff1d(np.arange(len(found)), core).tolist():
            labels[i], confidence[i] = _nearest(found[i], clustered, labels[core], model)
    return Split(_by_size(labels, tracks), confidence)


def whole(found: list[Release]) -> Split:
    """The releases of one artist, whatever they have."""
    return Split(np.zeros(len(found), dtype=np.int64), np.ones(len(found)))


def pair_odds(found: list[Release], model: ArtistModel) -> Floats:
    """Log2 odds [n, n], symmetric, zero on the diagonal, that two releases under one name are one artist's."""
    odds = np.zeros((len(found), len(found)))
    rows, columns = np.triu_indices(len(found), k=1)
    pairs = [(found[i], found[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]
    odds[rows, columns] = model.weights(pairs).sum(axis=1) + model.prior()
    return odds + odds.T


def average_linkage(odds: Floats, tied: NDArray[np.bool_] | None = None) -> Ints:
    """Labels [n] of the clusters left when no two have mean odds above zero.

    `odds` and `tied` [n, n] are symmetric; what is tied ends in one cluster whatever its odds.
    """
    labels = np.arange(len(odds), dtype=np.int64)
    between, sizes = odds.astype(np.float64), np.ones(len(odds))
    bound = np.zeros(odds.shape, dtype=bool) if tied is None else tied & ~np.eye(len(odds), dtype=bool)
    np.fill_diagonal(between, -np.inf)
    while len(odds) > 1:
        a, b = sorted(divmod(int(np.argmax(bound if bound.any() else between)), len(odds)))
        if not (bound[a, b] or between[a, b] > 0):
            break
        bound[a] |= bound[b]
        bound[:, a] |= bound[:, b]
        bound[a, a], bound[b], bound[:, b] = False, False, False
        mean = (sizes[a] * between[a] + sizes[b] * between[b]) / (sizes[a] + sizes[b])
        between[a], between[:, a], between[a, a] = mean, mean, -np.inf
        between[b], between[:, b] = -np.inf, -np.inf
        sizes[a] += sizes[b]
        labels[labels == b] = a
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _one_recording(found: list[Release]) -> NDArray[np.bool_]:
    """Which releases [n, n] hold one recording: under one name it is one artist's, whatever else they have."""
    recordings = [release.get("recording") for release in found]
    return np.array([[bool(a & b) for b in recordings] for a in recordings], dtype=bool).reshape(len(found), -1)


def _nearest(release: Release, clustered: list[Release], labels: Ints, model: ArtistModel) -> tuple[int, float]:
    """The cluster with the highest mean odds for a release, and how probable it is."""
    odds = model.weights([(release, other) for other in clustered]).sum(axis=1) + model.prior()
    means = np.bincount(labels, weights=odds) / np.bincount(labels)
    return int(np.argmax(means)), _probability(float(means.max()))


def _by_size(labels: Ints, tracks: Ints) -> Ints:
    """Renumber so that 0 is the label with most tracks (of equals, the one that was numbered first)."""
    totals = np.bincount(labels, weights=tracks)
    rank = np.empty(len(totals), dtype=np.int64)
    rank[np.argsort(-totals, kind="stable")] = np.arange(len(totals))
    return rank[labels]


def _confidence(odds: Floats, labels: Ints) -> Floats:
    """From a release's mean odds to its own cluster's others, or, alone, from those to the nearest other cluster."""
    confidence = np.ones(len(odds))
    for i in range(len(odds)):
        others = np.arange(len(odds)) != i
        means = {label: float(odds[i, others & (labels == label)].mean()) for label in set(labels[others].tolist())}
        if labels[i] in means:
            confidence[i] = _probability(means[labels[i]])
        elif means:
            confidence[i] = 1 - _probability(max(means.values()))
    return confidence


def _probability(odds: float) -> float:
    return float(1 / (1 + np.exp2(-np.clip(odds, -60, 60))))
