"""Building the index of tracks from blocks of vectors, which are never all in memory.

Blocks go to a file of 16-bit numbers first. From it are drawn the sample that trains the lists and codes, the blocks
that fill them, the sample that queries' scores are compared with, and how crowded it is around each track. Recall is
measured against exact search over the same file.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.index_choice import REFINED, Goal, Plan, plan
from embeddings.index_files import SAMPLE, IndexFacts, Rows, Vectors, drawn, floats, plain, probe, store

BLOCK = 65_536
TRAINED_A_LIST = 64
"""Vectors that train each list, and at least `LEAST_TRAINED` in all."""

LEAST_TRAINED = 50_000
ITERATIONS = 8
COMPARED = 20_000
"""Vectors drawn at random that queries' scores are ranked among, in random order."""

AROUND, AROUND_OF = 10, 2_048
"""Density: mean cosine to so many nearest of so many drawn at random."""

RERANKED = 64
"""Queries ranked again at a time."""

Blocks = Iterable[tuple[Rows, Vectors]]
Halves = NDArray[np.float16]


def write_vectors(blocks: Blocks, folder: Path) -> tuple[Rows, int]:
    """Append blocks (rows [b], vectors [b, d] of unit length) to `tracks.vectors`; returns rows [n] and d."""
    rows, dimension = [np.zeros(0, np.int64)], 0
    with (folder / "tracks.vectors").open("wb") as file:
        for numbers, vectors in blocks:
            np.ascontiguousarray(vectors, np.float16).tofile(file)
            rows.append(np.asarray(numbers, np.int64))
            dimension = vectors.shape[1]
    return np.concatenate(rows), dimension


def open_vectors(folder: Path, n: int, d: int) -> Halves:
    """The file that `write_vectors` wrote, memory-mapped: [n, d]."""
    path = folder / "tracks.vectors"
    return np.memmap(path, np.float16, "r", shape=(n, d)) if n * d else np.zeros((n, d), np.float16)


def build(blocks: Blocks, folder: Path, goal: Goal) -> None:
    """Write the index of tracks into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, d = write_vectors(blocks, folder)
    vectors = open_vectors(folder, len(rows), d)
    chosen = plan(len(rows), d, goal)
    index = _filled(chosen, vectors)
    facts = _measured(index, chosen, vectors, goal)
    faiss.write_index(index, str(folder / "tracks.faiss"))
    del index
    sample = np.random.default_rng(1).permutation(len(rows))[:COMPARED]
    arrays: dict[str, NDArray[Any]] = {
        "rows": rows,
        "order": np.argsort(rows, kind="stable"),
        "sample": floats(vectors[np.sort(sample)])[np.argsort(np.argsort(sample))],
        "density": density(vectors, sample),
        "digest": np.concatenate([np.zeros(0, np.uint64), *map(digests, _blocks(vectors))]),
    }
    store(folder, "tracks", plain(facts), arrays)


def digests(vectors: NDArray[Any]) -> NDArray[np.uint64]:
    """Eight bytes [n] that tell vectors [n, d] apart as they are kept: equal ones have equal bytes."""
    words = np.ascontiguousarray(vectors, np.float16).view(np.uint16).astype(np.uint64)
    odd = np.random.default_rng(5).integers(1, 2**63, words.shape[1], np.uint64) | np.uint64(1)
    return np.asarray(((words + np.uint64(1)) * odd).sum(axis=1, dtype=np.uint64))


def _blocks(vectors: Halves) -> Iterable[Halves]:
    return (vectors[start : start + BLOCK] for start in range(0, len(vectors), BLOCK))


def density(vectors: NDArray[Any], sample: Rows) -> Halves:
    """How crowded it is around each vector [n]: its mean cosine to the `AROUND` nearest of the sample, itself left out.

    `sample` holds positions; the first `AROUND_OF` are taken.
    """
    taken = sample[:AROUND_OF]
    found = np.zeros(len(vectors), np.float16)
    if len(taken) < 2:
        return found
    others = floats(vectors[np.sort(taken)]).T
    number = {int(position): column for column, position in enumerate(np.sort(taken))}
    for start in range(0, len(vectors), BLOCK // 8):
        scores = floats(vectors[start : start + BLOCK // 8]) @ others
        for position in taken[(taken >= start) & (taken < start + len(scores))]:
            scores[position - start, number[int(position)]] = -1.0
        found[start : start + len(scores)] = crowding(scores)
    return found


def crowding(scores: Vectors) -> Vectors:
    """Mean of the `AROUND` highest of each row."""
    count = min(AROUND, scores.shape[1])
    return np.asarray(np.partition(scores, -count, axis=1)[:, -count:].mean(axis=1))


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
    heap = faiss.ResultHeap(len(queries), k, keep_max=True)
    for start in range(0, len(vectors), BLOCK):
        block = floats(vectors[start : start + BLOCK])
        scores, positions = faiss.knn(queries, block, k, faiss.METRIC_INNER_PRODUCT)
        heap.add_result(scores, np.where(positions >= 0, positions + start, -1))
    heap.finalize()
    return np.asarray(heap.I)


def _filled(chosen: Plan, vectors: Halves) -> Any:
    n, d = vectors.shape
    index: Any = faiss.IndexFlatIP(d)
    if chosen.factory:
        index = faiss.index_factory(d, chosen.factory, faiss.METRIC_INNER_PRODUCT)
        index.cp.niter = ITERATIONS
        if "PQ" in chosen.factory:
            index.pq.cp.niter = ITERATIONS
        index.train(floats(vectors[drawn(n, max(LEAST_TRAINED, TRAINED_A_LIST * chosen.lists), seed=2)]))
    for start in range(0, n, BLOCK):
        index.add(floats(vectors[start : start + BLOCK]))
    return index


def _measured(index: Any, chosen: Plan, vectors: Halves, goal: Goal) -> IndexFacts:
    """Probe twice as many lists until recall at 10 is what is wanted; says what was reached."""
    n, d = vectors.shape
    facts = IndexFacts("exact", n, 1.0, min(n, SAMPLE), structure="Flat", dimension=d)
    if not chosen.lists:
        return facts
    queries = floats(vectors[drawn(n)])
    true = exact(queries, vectors, 10)
    facts = replace(facts, kind="compressed", structure=chosen.factory, lists=chosen.lists)
    for probed in (2**i for i in range(chosen.lists.bit_length())):
        probe(index, probed)
        _, found = reranked(queries, index.search(queries, REFINED)[1], vectors, 10)
        at_10 = float(np.mean([np.isin(a, b).mean() for a, b in zip(true, found, strict=True)]))
        at_1 = float(np.mean(true[:, 0] == found[:, 0]))
        facts = replace(facts, probed=probed, recall_at_10=at_10, recall_at_1=at_1)
        if at_10 >= goal.recall:
            break
    return facts
