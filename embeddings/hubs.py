"""Hubs: tracks that stand in everybody's list, whatever is asked for (Radovanovic, Nanopoulos and Ivanovic 2010).

In many dimensions some vectors lie near the middle and so near to most. Cross-domain similarity local scaling (CSLS;
Conneau et al. 2018) takes from a similarity how densely both sides are surrounded: 2 cos(q, t) - r(q) - r(t), where r
is the mean cosine to the nearest neighbours. Here r(t), the density of a track, comes from a sample of the catalogue
(`density`) and can be stored, where the paper searches all of it. For one query r(q) is a constant: it leaves the
order as it is, and makes scores of different queries comparable.

Copies of a track say nothing about how crowded it is, and would push a much copied track out of all lists: neighbours
above `COPY` are left out of a density. With them, the densities of the 450 development files of 299 recordings take
nothing from the hubs (skewness of N_10 0.80 for 0.82, against 0.41 without copies), and precision falls.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]

NEIGHBOURS = 10
COPY = 0.98  # cosine; copies of the development audio reach 0.978 to 1, the nearest other recording 0.89 at the median
SAMPLE = 2048
BLOCK = 4096


def csls(scores: ArrayLike, query_density: ArrayLike, density: ArrayLike) -> Floats:
    """Scores [..., n] for ranking: cosines [..., n] less the density [...] of queries and [n] or [..., n] of tracks.

    Between -4 and 4. A cosine of -inf, no answer, stays -inf.
    """
    around = np.asarray(query_density, float)[..., None]
    return np.asarray(2 * np.asarray(scores, float) - around - np.asarray(density, float))


def density(
    vectors: Vectors,
    sample: Vectors,
    *,
    own: ArrayLike | None = None,
    neighbours: int = NEIGHBOURS,
    copy: float = COPY,
) -> NDArray[np.float32]:
    """Mean cosine [n] of each of `vectors` [n, d] to its `neighbours` nearest in `sample` [s, d]; all of unit length.

    `own` [n]: the place in the sample that is the track itself and does not count, -1 where it is not in there. Those
    nearer than `copy` do not count either. 0 where the sample holds no other track.
    """
    places = np.full(len(vectors), -1) if own is None else np.asarray(own, np.int64)
    found = np.zeros(len(vectors), np.float32)
    for start in range(0, len(vectors), BLOCK):
        cosines = vectors[start : start + BLOCK] @ sample.T
        inside = np.flatnonzero(places[start : start + BLOCK] >= 0)
        cosines[inside, places[start : start + BLOCK][inside]] = -np.inf
        found[start : start + BLOCK] = crowding(cosines, neighbours=neighbours, copy=copy)
    return found


def sampled_density(vectors: Vectors, *, size: int = SAMPLE, seed: int = 0) -> NDArray[np.float32]:
    """Density [n] of each of `vectors` [n, d] within a sample of at most `size` of the others, drawn by `seed`."""
    chosen = np.sort(np.random.default_rng(seed).choice(len(vectors), min(size, len(vectors)), replace=False))
    own = np.full(len(vectors), -1)
    own[chosen] = np.arange(len(chosen))
    return density(vectors, vectors[chosen], own=own)


def occurrences(ranked: ArrayLike, count: int) -> NDArray[np.int64]:
    """N_k [count]: in how many of the lists `ranked` [queries, k] each of `count` items stands; -1 is no item."""
    items = np.asarray(ranked, np.int64).ravel()
    return np.bincount(items[items >= 0], minlength=count)


def skewness(counts: ArrayLike) -> float:
    """Third standardised moment of N_k: about 0 without hubs, above 1 with marked ones; 0 where all are equal."""
    values = np.asarray(counts, float)
    spread = values.std() if len(values) else 0.0
    return float((((values - values.mean()) / spread) ** 3).mean()) if spread else 0.0


def crowding(cosines: Vectors, *, neighbours: int = NEIGHBOURS, copy: float = COPY) -> Vectors:
    """Mean [n] of the `neighbours` largest of each row of cosines [n, m], of those that are no copies."""
    if not cosines.shape[1]:
        return np.zeros(len(cosines), np.float32)
    others = np.where(cosines > copy, -np.inf, cosines)
    count = min(neighbours, others.shape[1])
    best = np.partition(others, others.shape[1] - count, axis=1)[:, -count:]
    there = np.isfinite(best)
    return np.asarray(np.where(there, best, 0).sum(1) / np.maximum(there.sum(1), 1), np.float32)
