"""A map of tracks in two dimensions: what sounds alike lies together, as far as two dimensions allow.

Similarity vectors are reduced to their principal components and laid out by t-SNE (van der Maaten and Hinton 2008; its
Barnes-Hut form, 2014). Above some thousands of tracks a sample of them is laid out, the landmarks, and every other
track is put among the landmarks that it is most similar to, as in Landmark MDS (de Silva and Tenenbaum 2004), but by
a local mean: cost grows with the catalogue and not with its square. Neighbourhoods can be trusted, distances between
far groups cannot; `trust` says how far (Venna and Kaski 2001).

One processor lays out, so that equal vectors give equal maps: sums over threads differ in their last bits, and t-SNE
makes other pictures of them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Vectors = NDArray[np.float32]
Places = NDArray[np.float32]

BLOCK = 4096


@dataclass(frozen=True)
class Layout:
    """How vectors become places. `jitter` is a share of the spread of the landmarks that place a track."""

    components: int = 50
    landmarks: int = 5000
    perplexity: float = 30.0
    iterations: int = 750
    among: int = 8  # landmarks that place a track
    jitter: float = 0.35
    seed: int = 0


def lay_out(vectors: Vectors, settings: Layout = Layout()) -> Places:
    """Places [n, 2] of `vectors` [n, d], in order; either axis from -1 to 1."""
    n = len(vectors)
    with threadpool_limits(1):
        if n < 4:
            return _few(n)
        points = _components(vectors, settings)
        if n <= settings.landmarks:
            return _framed(_tsne(points, settings))
        chosen = np.sort(np.random.default_rng(settings.seed).choice(n, settings.landmarks, replace=False))
        places = np.empty((n, 2), np.float32)
        places[chosen] = _tsne(points[chosen], settings)
        others = np.setdiff1d(np.arange(n), chosen, assume_unique=True)
        places[others] = _among(points[others], points[chosen], places[chosen], settings)
    return _framed(places)


def trust(vectors: Vectors, places: Places, *, sample: int = 2000, neighbours: int = 10, seed: int = 0) -> float:
    """Trustworthiness 0..1 on a sample of tracks: how far neighbours on the map are alike.

    nan where there are fewer than four.
    """
    from sklearn.manifold import trustworthiness

    n = min(sample, len(vectors))
    if n < 4:
        return float("nan")
    chosen = np.random.default_rng(seed).choice(len(vectors), n, replace=False)
    near = max(1, min(neighbours, (n - 1) // 2))
    return float(trustworthiness(vectors[chosen], places[chosen], n_neighbors=near, metric="cosine"))


def groups(vectors: Vectors, count: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Label 0..`count`-1 of each of `vectors` [n, d]: k-means, the largest group first; fewer where there are fewer."""
    from sklearn.cluster import MiniBatchKMeans

    distinct = min(count, len(np.unique(vectors[: 100 * count], axis=0))) if len(vectors) else 0
    if distinct < 2:
        return np.zeros(len(vectors), np.int64)
    with threadpool_limits(1):
        means = MiniBatchKMeans(distinct, random_state=seed, n_init=3, batch_size=BLOCK).fit(vectors)
    sizes = np.bincount(means.labels_, minlength=distinct)
    place = np.empty(distinct, np.int64)
    place[np.argsort(-sizes, kind="stable")] = np.arange(distinct)
    return np.asarray(place[means.labels_])


def _components(vectors: Vectors, settings: Layout) -> Vectors:
    """Principal components [n, c] of `vectors`, estimated from as many as there are landmarks, four times."""
    from sklearn.decomposition import PCA

    random = np.random.default_rng(settings.seed)
    seen = random.choice(len(vectors), min(len(vectors), 4 * settings.landmarks), replace=False)
    count = min(settings.components, vectors.shape[1], len(seen) - 1)
    analysis = PCA(count, svd_solver="full").fit(vectors[np.sort(seen)])
    blocks = [analysis.transform(vectors[i : i + BLOCK]) for i in range(0, len(vectors), BLOCK)]
    return np.concatenate(blocks).astype(np.float32)


def _tsne(points: Vectors, settings: Layout) -> Places:
    from sklearn.manifold import TSNE

    if not points.std(axis=0).any():  # all alike: no direction to start along
        return np.random.default_rng(settings.seed).normal(size=(len(points), 2)).astype(np.float32)
    perplexity = min(settings.perplexity, (len(points) - 1) / 3)
    solver = TSNE(
        perplexity=perplexity, max_iter=settings.iterations, init=_start(points), random_state=settings.seed, n_jobs=1
    )
    return np.asarray(solver.fit_transform(points), np.float32)


def _start(points: Vectors) -> Places:
    """The first two components, small, as t-SNE likes to start from (Kobak and Berens 2019)."""
    two = np.zeros((len(points), 2), np.float32)
    two[:, : min(2, points.shape[1])] = points[:, :2]
    return np.asarray(two / two[:, 0].std() * 1e-4, np.float32)


def _among(points: Vectors, landmarks: Vectors, places: Places, settings: Layout) -> Places:
    """Places of `points`, each the mean of its nearest landmarks' places, the nearer the heavier, and a little off."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=min(settings.among, len(landmarks)), algorithm="brute").fit(landmarks)
    random = np.random.default_rng(settings.seed + 1)
    laid = np.empty((len(points), 2), np.float32)
    for start in range(0, len(points), BLOCK):
        far, which = search.kneighbors(points[start : start + BLOCK])
        laid[start : start + BLOCK] = _weighted(far, places[which], random, settings.jitter)
    return laid


def _weighted(
    far: NDArray[np.floating], near: NDArray[np.floating], random: np.random.Generator, jitter: float
) -> NDArray[np.floating]:
    """Means [n, 2] of the places `near` [n, k, 2] at distances `far` [n, k], the nearest first.

    Weights fall as a Gaussian whose width is the distance of the middle neighbour. Neighbours on two sides of the map
    have their mean in between, beside neither: only those around the most central one count.
    """
    width = np.maximum(np.median(far, axis=1, keepdims=True), 1e-9)
    weight = np.exp(-((far / width) ** 2))
    apart = np.linalg.norm(near[:, :, None] - near[:, None], axis=3)  # [n, k, k]
    centre = np.argmin((weight[:, None] * apart).sum(2), axis=1)
    off = np.take_along_axis(apart, centre[:, None, None], axis=1)[:, 0]  # [n, k]
    weight = weight * (off <= 2 * np.median(off, axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    spread = np.sqrt((weight * off**2).sum(axis=1, keepdims=True))
    return np.asarray((weight[:, :, None] * near).sum(axis=1) + jitter * spread * random.normal(size=(len(far), 2)))


def _few(n: int) -> Places:
    return np.array([(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0)], np.float32)[:n]


def _framed(places: Places) -> Places:
    centred = places - (places.max(0) + places.min(0)) / 2
    return np.asarray(centred / np.maximum(np.abs(centred).max(0), 1e-12), np.float32)
