"""From example vectors to a query, and from near vectors to a list with variety. All vectors have unit length.

Several examples are one query, their mean on the sphere. Unwanted ones are taken away from it as by Rocchio (1971). A
varied list is chosen by maximal marginal relevance (Carbonell & Goldstein 1998), with a distance kept between items of
one group, as radio does between songs of an artist.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

UNWANTED = 0.5
"""Weight of the unwanted beside 1 for the wanted. Text search takes 0.15 to 0.25, as what it calls unwanted was merely
not chosen; here somebody named it. Below 1 the two can never cancel, and the wanted stays the larger part."""

RELEVANCE = 0.7
"""Share of nearness, against difference from what is chosen, in marginal relevance; the paper's own example."""

Vectors = NDArray[np.float32]


def mean_direction(vectors: Vectors) -> Vectors | None:
    """The mean `[d]` of vectors `[n, d]`, of unit length; None where they cancel."""
    total = np.asarray(vectors, np.float64).sum(0)
    norm = float(np.linalg.norm(total))
    return (total / norm).astype(np.float32) if norm > 1e-6 else None


def without(wanted: Vectors, unwanted: Vectors, *, weight: float = UNWANTED) -> Vectors:
    """`wanted` `[d]` turned away from `unwanted` `[d]`: their weighted difference, of unit length (Rocchio)."""
    turned = wanted.astype(np.float64) - weight * unwanted.astype(np.float64)
    return (turned / np.linalg.norm(turned)).astype(np.float32)


def marginal_relevance(
    scores: NDArray[np.floating],
    vectors: Vectors,
    count: int,
    *,
    relevance: float = RELEVANCE,
    groups: Sequence[NDArray[np.integer]] = (),
    gaps: Sequence[int] = (),
) -> list[int]:
    """Positions of up to `count` of the candidates, in the order in which they are chosen.

    Each is the one with the greatest `relevance * score - (1 - relevance) * cosine to the nearest chosen`. scores [n]:
    cosine to the query. groups: arrays [n] of codes (-1: none), such as the artist; of each, two of the same code stand
    more than `gap` apart as long as another candidate is left; where none is, the later groups give way first.
    """
    chosen: list[int] = []
    nearest = np.full(len(scores), -np.inf)
    left = np.ones(len(scores), bool)
    while left.any() and len(chosen) < count:
        worth = relevance * scores - (1 - relevance) * (nearest if chosen else 0.0)
        best = int(np.argmax(np.where(_allowed(left, chosen, groups, gaps), worth, -np.inf)))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return chosen


def _allowed(
    left: NDArray[np.bool_], chosen: list[int], groups: Sequence[NDArray[np.integer]], gaps: Sequence[int]
) -> NDArray[np.bool_]:
    """Candidates that are left and of no group that is among the last chosen, as far as there are such."""
    allowed = left
    for codes, gap in zip(groups, gaps, strict=True):
        recent = codes[chosen[-gap:]] if gap and chosen else codes[:0]
        fewer = allowed & ~np.isin(codes, recent[recent >= 0])
        if not fewer.any():
            break
        allowed = fewer
    return allowed
