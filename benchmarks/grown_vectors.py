"""Any number of vectors that resemble real ones: real tracks' vectors mixed and jittered, block by block, seeded.

A made-up track is the weighted mean of two real ones that are near each other (one of ten nearest), which keeps it
where real music lies, and is moved as far as real neighbours are apart: along the differences of two more pairs of near
tracks, drawn anywhere, each by a normal factor. So it varies along the axes along which real tracks do. Noise of equal
size in all directions would not: in 128 dimensions it makes all vectors equally far from each other. A twentieth of the
distance is such noise, so that no vector comes twice and none lies exactly in the span of the real ones.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK = 65_536
NEAR = 10
EVENLY = 0.05
"""Size of the noise in all directions, as a share of the mean distance of near tracks."""

Vectors = NDArray[np.float32]


def grown_vectors(real: Vectors, count: int, seed: int = 0) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
    """Blocks (rows [b], vectors [b, d] of unit length) of `count` made-up tracks out of real ones [n, d]."""
    cosines = real @ real.T
    np.fill_diagonal(cosines, -1)
    near = np.argsort(-cosines, axis=1)[:, :NEAR]  # [n, NEAR]
    apart = float(np.sqrt(2 - 2 * np.take_along_axis(cosines, near, 1).mean()))  # mean distance of near tracks
    for start in range(0, count, BLOCK):
        rng = np.random.default_rng([seed, start])
        size = min(BLOCK, count - start)
        one, two = _near_pairs(near, size, rng)
        share = rng.random((size, 1), np.float32)
        mixed = share * real[one] + (1 - share) * real[two]
        for _ in range(2):
            here, there = _near_pairs(near, size, rng)
            mixed += rng.standard_normal((size, 1), np.float32) / np.float32(np.sqrt(2)) * (real[here] - real[there])
        mixed += rng.standard_normal(mixed.shape, np.float32) * np.float32(EVENLY * apart / np.sqrt(real.shape[1]))
        yield np.arange(start, start + size), mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def _near_pairs(
    near: NDArray[np.int64], size: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of `size` tracks, and of one near each."""
    one = rng.integers(len(near), size=size)
    return one, near[one, rng.integers(near.shape[1], size=size)]
