"""Building the index of tracks from blocks of vectors, which are never all in memory.

Blocks go to a file of 16-bit numbers first. From it are drawn the sample that trains the lists and codes, the blocks
that fill them, the sample that queries' scores are compared with, and how crowded it is around each track. Recall is
measured against exact search over the same file (`embeddings.index_ranking`).
"""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.index_choice import ENERGY, Goal, Plan, plan
from embeddings.index_files import Vectors, drawn, floats, plain, store
from embeddings.index_ranking import measured
from embeddings.index_vectors import BLOCK, Blocks, Halves, blocks_of, density, digests, open_vectors, write_vectors

TRAINED_A_LIST = 64
"""Vectors that train each list, and at least `LEAST_TRAINED` in all."""

LEAST_TRAINED = 50_000
ITERATIONS = 8
COMPARED = 20_000
"""Vectors drawn at random that queries' scores are ranked among, in random order."""


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
        "digest": np.concatenate([np.zeros(0, np.uint64), *map(digests, blocks_of(vectors))]),
    }
    store(folder, "tracks", plain(facts), arrays)


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
