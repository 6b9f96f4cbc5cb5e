"""Any number of vectors that resemble real ones: real tracks' vectors mixed and jittered, block by block, seeded.

A made-up track is the weighted mean of two real ones that are near each other (one of ten nearest), which keeps it
where real music lies, plus noise of such a size that it is as far from its parents as they are from each other.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK = 65_536
NEAR = 10

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
        one = rng.integers(len(real), size=size)
        two = near[one, rng.integers(NEAR, size=size)]
        share = rng.random((size, 1)).astype(np.float32)
        noise = rng.standard_normal((size, real.shape[1])).astype(np.float32) * (apart / np.sqrt(2 * real.shape[1]))
        mixed = share * real[one] + (1 - share) * real[two] + noise
        yield np.arange(start, start + size), mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
