"""From blocks (the rows that share a key) to candidate pairs, bounded.

A block of up to `cap` rows gives all its pairs. A larger one is refined instead of dropped: its rows are sorted by
duration and each is paired with its nearest neighbours in that order only (sorted neighbourhood method, Hernandez and
Stolfo 1995), so that a block costs at most `window` pairs per row whatever its size.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

PAIRS = pa.schema([("row_a", pa.int64()), ("row_b", pa.int64()), ("generators", pa.int32())])
"""row_a < row_b; `generators` is a bit set over `dedup.candidates.GENERATORS`."""


@dataclass(frozen=True)
class Expansion:
    """Bounds: rows of a block that are all paired, and neighbours of a row in larger blocks."""

    cap: int = 60
    window: int = 8


def expand(blocks: pa.RecordBatch, expansion: Expansion) -> pa.RecordBatch:
    """Pairs of a batch of blocks.

    blocks: columns `rows` (list of int64), `exclusive` (list of int32, same lengths: source number where a source
    promises one track a recording, else -1), `seconds` (list of float64, NaN where unknown), `generator` (int8).
    Returns PAIRS; pairs inside one promising source are left out; a pair may stand several times.
    """
    rows = blocks.column("rows")
    offsets = rows.offsets.to_numpy()
    sizes = np.diff(offsets)
    flat = rows.values.to_numpy(zero_copy_only=False)
    exclusive = blocks.column("exclusive").values.to_numpy(zero_copy_only=False)
    seconds = blocks.column("seconds").values.to_numpy(zero_copy_only=False)
    small = np.flatnonzero((sizes >= 2) & (sizes <= expansion.cap))
    parts = [_all_pairs(offsets[small], sizes[small], small)]
    for number in np.flatnonzero(sizes > expansion.cap):
        block = slice(offsets[number], offsets[number + 1])
        a, b = _neighbours(flat[block], seconds[block], expansion.window)
        parts.append((a + offsets[number], b + offsets[number], np.full(len(a), number)))
    left, right, block_of = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    bits = (1 << blocks.column("generator").to_numpy().astype(np.int32))[block_of]
    return _pairs(flat, exclusive, left, right, bits)


def _all_pairs(
    starts: NDArray[np.int64], sizes: NDArray[np.int64], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Positions of both sides of every pair, block size by block size, and the block each comes from."""
    left, right, block = [], [], []
    for size in np.unique(sizes):
        at = sizes == size
        i, j = np.triu_indices(size, 1)
        left.append((starts[at][:, None] + i).ravel())
        right.append((starts[at][:, None] + j).ravel())
        block.append(np.repeat(numbers[at], len(i)))
    empty = np.empty(0, np.int64)
    return tuple(np.concatenate([empty, *part]).astype(np.int64) for part in (left, right, block))  # type: ignore[return-value]


def _neighbours(
    rows: NDArray[np.int64], seconds: NDArray[np.float64], window: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions in the block of both sides; the order of the members in the block does not matter."""
    order = np.lexsort((rows, seconds))  # unknown durations (NaN) come last
    left = [order[:-step] for step in range(1, window + 1)]
    right = [order[step:] for step in range(1, window + 1)]
    return np.concatenate(left), np.concatenate(right)


def _pairs(
    rows: NDArray[np.int64],
    exclusive: NDArray[np.int32],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    bits: NDArray[np.int32],
) -> pa.RecordBatch:
    keep = (rows[left] != rows[right]) & ((exclusive[left] < 0) | (exclusive[left] != exclusive[right]))
    a, b = rows[left[keep]], rows[right[keep]]
    return pa.record_batch(
        {"row_a": np.minimum(a, b), "row_b": np.maximum(a, b), "generators": bits[keep]}, schema=PAIRS
    )
