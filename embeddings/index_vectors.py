"""The vectors of an index as they lie on disk, 16-bit numbers one after another, and what is told from them alone."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.errors import CatalogError
from embeddings.hubs import crowding
from embeddings.index_files import Rows, Vectors, floats

BLOCK = 65_536
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
            require_finite(np.asarray(numbers), vectors)
            np.ascontiguousarray(vectors, np.float16).tofile(file)
            rows.append(np.asarray(numbers, np.int64))
            dimension = vectors.shape[1]
    return np.concatenate(rows), dimension


def require_finite(rows: Rows, vectors: Vectors) -> None:
    """Raise CatalogError naming the first of the rows [n] whose vector [n, d] holds nan or infinity."""
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise CatalogError(f"row {rows[~finite][0]}: its vector holds numbers that are none; analyse the track again")


def open_vectors(folder: Path, n: int, d: int) -> Halves:
    """The file that `write_vectors` wrote, memory-mapped: [n, d]."""
    path = folder / "tracks.vectors"
    if n * d and path.stat().st_size != 2 * n * d:
        raise CatalogError(f"{path}: is no {n:,} vectors of {d} numbers; build the index again with `unisono index`")
    return np.memmap(path, np.float16, "r", shape=(n, d)) if n * d else np.zeros((n, d), np.float16)


def digests(vectors: NDArray[Any]) -> NDArray[np.uint64]:
    """Eight bytes [n] that tell vectors [n, d] apart as they are kept: equal ones have equal bytes."""
    words = np.ascontiguousarray(vectors, np.float16).view(np.uint16).astype(np.uint64)
    odd = np.random.default_rng(5).integers(1, 2**63, words.shape[1], np.uint64) | np.uint64(1)
    return np.asarray(((words + np.uint64(1)) * odd).sum(axis=1, dtype=np.uint64))


def blocks_of(vectors: Halves) -> Iterable[Halves]:
    """The vectors in order, `BLOCK` at a time."""
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
