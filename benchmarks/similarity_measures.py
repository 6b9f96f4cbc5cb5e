"""Measures of a ranking by similarity, a value a query, so that intervals can be told by drawing anew (bootstrap).

Items are asked for against all others: `scores` [n, n] of each query (row) and item; pairs in `excluded` bool [n, n]
are no answers and count nowhere. A query that has no right answer is nan.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.hubs import csls, occurrences, sampled_density
from embeddings.metrics import ranked_relevance

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

K = 10
DRAWS = 2000


def precision(scores: Floats, labels: Sequence[str], excluded: Marks) -> Floats:
    """Precision at 10 [n] of the same label: of as many as could be found."""
    relevant, total = ranked_relevance(scores, labels, k=K, excluded=excluded)
    return np.where(total > 0, relevant.sum(1) / np.maximum(np.minimum(K, total), 1), np.nan)


def chance_precision(labels: Sequence[str], excluded: Marks) -> Floats:
    """Expected precision at 10 [n] of a random order."""
    _, total = ranked_relevance(np.zeros(excluded.shape), labels, k=K, excluded=excluded)
    asked = (~(excluded | np.eye(len(labels), dtype=bool))).sum(1)
    found = np.minimum(K, asked) * total / np.maximum(asked, 1)
    return np.where(total > 0, found / np.maximum(np.minimum(K, total), 1), np.nan)


def triplets(scores: Floats, artists: Sequence[str], excluded: Marks) -> Floats:
    """Share [n] of the (same artist, other artist) pairs of answers where the same artist scores higher; ties half."""
    names = np.array(artists)
    known = (names != "")[:, None] & (names != "") & ~excluded & ~np.eye(len(names), dtype=bool)
    same = names[:, None] == names
    shares = np.full(len(names), np.nan)
    for query in range(len(names)):
        near, far = scores[query, known[query] & same[query]], scores[query, known[query] & ~same[query]]
        if len(near) and len(far):
            above = near[:, None] - far
            shares[query] = (above > 0).mean() + (above == 0).mean() / 2
    return shares


def lists(scores: Floats, excluded: Marks) -> NDArray[np.int64]:
    """The 10 best items [n, 10] of every query, -1 where there are fewer."""
    barred = np.where(excluded | np.eye(len(scores), dtype=bool), -np.inf, scores)
    best = np.argsort(-barred, axis=1, kind="stable")[:, :K]
    return np.where(np.isfinite(np.take_along_axis(barred, best, axis=1)), best, -1)


def scaled(vectors: NDArray[np.floating]) -> Floats:
    """CSLS scores [n, n] of vectors [n, d] of unit length."""
    around = sampled_density(np.asarray(vectors, np.float32))
    return csls(vectors @ vectors.T, around, around)


def hubness(found: NDArray[np.int64], measure: Callable[[NDArray[np.int64]], float], *, seed: int = 0) -> list[float]:
    """[value, low, high, lists] of `measure` of N_10 [n], with the 95% interval over redrawn queries."""
    random = np.random.default_rng(seed)
    count = len(found)
    redrawn = (found[random.integers(0, count, count)] for _ in range(DRAWS))
    drawn = [measure(occurrences(lines, count)) for lines in redrawn]
    return [float(measure(occurrences(found, count))), *map(float, np.quantile(drawn, (0.025, 0.975))), count]
