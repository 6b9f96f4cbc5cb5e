"""Proposals of compressed codes, ranked again by the vectors themselves; and how much of exact search that finds.

Recall is measured at every build, as a user meets it: queries are tracks of the index and find others, never
themselves. How many lists are searched is settled on one sample of them, and recall is stated for another.
"""

import logging
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.errors import CatalogError
from embeddings.index_choice import REFINED, Goal, Plan
from embeddings.index_files import SAMPLE, IndexFacts, Rows, Vectors, drawn, floats

RERANKED = 64
"""Queries ranked again at a time."""

LOOKED_AT = 8192
"""Vectors that exact search looks at together: as many scores a query stay near the processor."""

DEEPEST = 10
"""Recall is of so many."""

MARGIN = 0.2
"""Share of what may be missed by which the goal is overshot on the first sample, so that the second reaches it."""

GAIN = 0.001
"""More lists, or more proposals, must find at least so much more."""


def proposed(index: Any, queries: Vectors, count: int, probed: int, lists: int) -> Rows:
    """Positions [q, count] by the codes alone, of at least `count` where there are so many; -1 where not.

    Lists too short to hold so many do not leave a query short: more of them are searched.
    """
    while True:
        _, positions = index.search(queries, count, params=_searching(index, probed))
        if probed >= lists or (positions >= 0).all():
            break
        probed = min(lists, 4 * probed)
    if positions.size and positions.max() >= index.ntotal:
        raise CatalogError("the index names tracks that it does not hold; build it again with `unisono index`")
    return np.asarray(positions)


def _searching(index: Any, probed: int) -> Any:
    """So many lists, for this call alone, as others may search the same index meanwhile."""
    import faiss

    inside: Any = faiss.SearchParametersIVF
    outside: Any = faiss.SearchParametersPreTransform
    parameters = inside(nprobe=probed)
    return outside(index_params=parameters) if isinstance(index, faiss.IndexPreTransform) else parameters


def reranked(queries: Vectors, positions: Rows, vectors: NDArray[Any], k: int) -> tuple[Vectors, Rows]:
    """The `k` best (scores, positions) of the proposed positions [q, m], -1 where none, by the vectors themselves."""
    best = [np.zeros((0, k), np.float32)], [np.zeros((0, k), np.int64)]
    for start in range(0, len(queries), RERANKED):
        some = positions[start : start + RERANKED]
        found = floats(vectors[np.maximum(some, 0).ravel()]).reshape(*some.shape, -1)
        scores = np.einsum("qmd,qd->qm", found, queries[start : start + RERANKED])
        scores = np.where(some >= 0, scores, -np.inf)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        best[0].append(np.take_along_axis(scores, order, 1))
        best[1].append(np.take_along_axis(some, order, 1))
    return np.concatenate(best[0]).astype(np.float32), np.concatenate(best[1])


def exact(queries: Vectors, vectors: NDArray[Any], k: int) -> Rows:
    """Positions [q, k] of the nearest, best first, by looking at all in blocks."""
    best = np.full((len(queries), k), -np.inf, np.float32)
    where = np.full((len(queries), k), -1)
    for start in range(0, len(vectors), LOOKED_AT):
        scores = queries @ floats(vectors[start : start + LOOKED_AT]).T  # [q, LOOKED_AT]
        likely = np.flatnonzero((scores.max(axis=1) > best[:, -1]) | (where[:, -1] < 0))
        top = np.argpartition(-scores[likely], min(k, scores.shape[1]) - 1, axis=1)[:, :k]
        both = np.hstack([best[likely], np.take_along_axis(scores[likely], top, 1)])
        order = np.argsort(-both, axis=1, kind="stable")[:, :k]
        best[likely] = np.take_along_axis(both, order, 1)
        where[likely] = np.take_along_axis(np.hstack([where[likely], top + start]), order, 1)
    return where


def measured(index: Any, chosen: Plan, vectors: NDArray[Any], goal: Goal) -> IndexFacts:
    """Search twice as many lists until recall at 10 is what is wanted; says what was reached."""
    n, d = vectors.shape
    facts = IndexFacts("exact", n, 1.0, min(n, SAMPLE), structure="Flat", dimension=d)
    if not chosen.lists:
        return facts
    own = np.random.default_rng(0).permutation(drawn(n, 2 * SAMPLE))
    queries = floats(vectors[own])
    true = _others(exact(queries, vectors, DEEPEST + 1), own)
    half = len(own) // 2
    probed, refined = _settled(index, chosen, vectors, goal, (queries[:half], own[:half], true[:half]))
    found = _found(index, queries[half:], own[half:], vectors, (probed, refined, chosen.lists))
    facts = replace(facts, kind="compressed", structure=chosen.structure, lists=chosen.lists, probed=probed)
    at_1, at_10 = (recall(true[half:, :k], found[:, :k]) for k in (1, DEEPEST))
    if at_10 < goal.recall:
        logging.getLogger(__name__).warning(
            "recall at 10 is %.3f, not the wanted %.3f; give the index more --memory", at_10, goal.recall
        )
    return replace(facts, refined=refined, recall_at_1=at_1, recall_at_10=at_10, sample=len(own) - half)


def recall(true: Rows, found: Rows) -> float:
    """Share of the true positions [q, k] that were found."""
    return float(np.mean([np.isin(a[a >= 0], b).mean() for a, b in zip(true, found, strict=True) if (a >= 0).any()]))


def _settled(
    index: Any, chosen: Plan, vectors: NDArray[Any], goal: Goal, sample: tuple[Vectors, Rows, Rows]
) -> tuple[int, int]:
    """The fewest lists and proposals that reach the goal; the best there are where none do."""
    queries, own, true = sample
    wanted = min(1.0, goal.recall + MARGIN * (1 - goal.recall))
    best = (-1.0, 1, REFINED)
    for refined in (REFINED, 4 * REFINED):
        before = -1.0
        for probed in (2**i for i in range(chosen.lists.bit_length())):
            found = _found(index, queries, own, vectors, (probed, refined, chosen.lists))
            reached = recall(true, found)
            best = max(best, (reached, probed, refined), key=lambda one: one[0])
            if reached >= wanted:
                return probed, refined
            if reached - before < GAIN and probed > 8:
                break
            before = reached
    return best[1:]


def _found(index: Any, queries: Vectors, own: Rows, vectors: NDArray[Any], how: tuple[int, int, int]) -> Rows:
    probed, refined, lists = how
    _, found = reranked(queries, proposed(index, queries, refined, probed, lists), vectors, DEEPEST + 1)
    return _others(found, own)


def _others(positions: Rows, own: Rows) -> Rows:
    """Less a query's own position, or its last where that is not among them: one column fewer."""
    order = np.argsort(positions == own[:, None], axis=1, kind="stable")
    return np.take_along_axis(positions, order, 1)[:, :-1]
