"""Building the index of tracks from blocks of vectors, which are never all in memory.

Blocks go to a file of 16-bit numbers first. From it are drawn the sample that trains the lists and codes, the blocks
that fill them, the sample that queries' scores are compared with, and how crowded it is around each track. Recall is
measured against exact search over the same file (`embeddings.index_ranking`).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from catalog.errors import CatalogError
from embeddings.hubs import crowding
from embeddings.index_choice import ENERGY, Goal, Plan, plan
from embeddings.index_files import Rows, Vectors, drawn, floats, plain, store
from embeddings.index_ranking import BLOCK, measured

TRAINED_A_LIST = 64
"""Vectors that train each list, and at least `LEAST_TRAINED` in all."""

LEAST_TRAINED = 50_000
ITERATIONS = 8
COMPARED = 20_000
"""Vectors drawn at random that queries' scores are ranked among, in random order."""

AROUND_OF = 2_048
"""Density: mean cosine to so many nearest of so many drawn at random; of fewer where there are many tracks."""

COSINES = 4e9
"""So many are computed for all densities, about a minute."""

Blocks = Iterable[tuple[Rows, Vectors]]
Halves = NDArray[np.float16]


def write_vectors(blocks: Blocks, folder: Path) -> tuple[Rows, int]:
    """Append blocks (rows [b], vectors [b, d] of unit length) to `tracks.vectors`; returns rows [n] and d."""
    rows, dimension = [np.zeros(0, np.int64)], 0
    with (folder / "tracks.vectors").open("wb") as file:
        for numbers, vectors in blocks:
            if not np.isfinite(vectors).all():
                row = np.asarray(numbers)[~np.isfinite(vectors).all(axis=1)][0]
                raise CatalogError(f"row {row}: its vector holds numbers that are none; analyse the track again")
            np.ascontiguousarray(vectors, np.float16).tofile(file)
            rows.append(np.asarray(numbers, np.int64))
            dimension = vectors.shape[1]
    return np.concatenate(rows), dimension


def open_vectors(folder: Path, n: int, d: int) -> Halves:
    """The file that `write_vectors` wrote, memory-mapped: [n, d]."""
    path = folder / "tracks.vectors"
    if n * d and path.stat().st_size != 2 * n * d:
        raise CatalogError(f"{path}: is no {n:,} vectors of {d} numbers; build the index again with `unisono index`")
    return np.memmap(path, np.float16, "r", shape=(n, d)) if n * d else np.zeros((n, d), np.float16)


def build(blocks: Blocks, folder: Path, goal: Goal) -> None:
    """Write the index of tracks into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, d = write_vectors(blocks, folder)
    vectors = open_vectors(folder, len(rows), d)
    chosen = plan(len(rows), d, goal, axes=_axes_needed(vectors))
    index = _filled(chosen, vectors)
    facts = measured(index, chosen, vectors, goal)
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


def around_of(n: int) -> int:
    """How many drawn at random the density around each of `n` tracks is taken among."""
    return int(np.clip(COSINES / max(n, 1), AROUND_OF // 4, AROUND_OF))


def density(vectors: NDArray[Any], sample: Rows) -> Halves:
    """How crowded it is around each vector [n]: its mean cosine to the nearest of the sample (`hubs.crowding`).

    `sample` holds positions; the first `around_of(n)` are taken.
    """
    taken = sample[: around_of(len(vectors))]
    found = np.zeros(len(vectors), np.float16)
    if len(taken) < 2:
        return found
    others = floats(vectors[np.sort(taken)]).T
    number = {int(position): column for column, position in enumerate(np.sort(taken))}
    for start in range(0, len(vectors), BLOCK // 8):
        scores = floats(vectors[start : start + BLOCK // 8]) @ others
        for position in taken[(taken >= start) & (taken < start + len(scores))]:
            scores[position - start, number[int(position)]] = -np.inf
        found[start : start + len(scores)] = crowding(scores)
    return found


def _filled(chosen: Plan, vectors: Halves) -> Any:
    n, d = vectors.shape
    index: Any = faiss.IndexFlatIP(d)
    if chosen.factory:
        size = max(LEAST_TRAINED, TRAINED_A_LIST * chosen.lists)
        index = _trained(chosen, floats(vectors[drawn(n, size, seed=2)]))
    for start in range(0, n, BLOCK):
        index.add(floats(vectors[start : start + BLOCK]))
    return index


def _axes_needed(vectors: Halves) -> int:
    """On how many principal axes a sample of the vectors has nearly all of its length."""
    sample = floats(vectors[drawn(len(vectors), LEAST_TRAINED, seed=2)])
    squares = np.linalg.eigvalsh(sample.T @ sample)[::-1]
    return int(np.searchsorted(np.cumsum(squares), ENERGY * squares.sum())) + 1


def _trained(chosen: Plan, sample: Vectors) -> Any:
    """Lists and codes, behind a projection on the principal axes where fewer numbers are coded than there are.

    The axes are those of the second moment about zero, not of the covariance, since inner products are to be kept.
    """
    d = sample.shape[1]
    index: Any = faiss.index_factory(chosen.numbers, chosen.factory, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = ITERATIONS
    if chosen.numbers == d:
        index.train(sample)
        return index
    axes = np.linalg.eigh(sample.T @ sample)[1][:, ::-1][:, : chosen.numbers].T  # [numbers, d], the longest first
    projection = faiss.LinearTransform(d, chosen.numbers, False)
    faiss.copy_array_to_vector(floats(axes).ravel(), projection.A)
    projection.set_is_orthonormal()
    projection.is_trained = True
    index.train(projection.apply(sample))
    return faiss.IndexPreTransform(projection, index)
