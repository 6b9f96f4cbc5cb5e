"""Shuffling arrays through Spark: packed, so that the cost is per block of bytes and not per row.

A worker splits a NumPy structured array by bucket and hands Spark one row a bucket, the array's bytes. Spark brings the
rows of a bucket together, and the next worker joins the bytes again. Tasks are numbers: what they work on lies in
mapped files (`dedup.records`), so nothing travels to them.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.columns import map_batches

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Array = NDArray[Any]
PACKED = pa.schema([("bucket", pa.int32()), ("packed", pa.binary())])


def tasks(spark: "SparkSession", count: int) -> "DataFrame":
    """One partition for each number from 0 to count - 1, in the column `id`."""
    return spark.range(0, count, 1, count)


def numbers(batches: Iterator[pa.RecordBatch]) -> Iterator[int]:
    """The task numbers that a worker is given."""
    for batch in batches:
        yield from batch.column("id").to_pylist()


def scattered(array: Array, bucket: Array) -> Iterator[pa.RecordBatch]:
    """PACKED: the parts of an array by bucket, `[n]`, below 65,536, in the order they had."""
    bucket = bucket.astype(np.uint16)  # which NumPy sorts by radix
    order = np.argsort(bucket, kind="stable")
    array, bucket = array[order], bucket[order]
    starts = np.flatnonzero(np.diff(bucket.astype(np.int32), prepend=-1))
    parts = [part.tobytes() for part in np.split(array, starts[1:])] if len(starts) else []
    yield pa.record_batch([pa.array(bucket[starts], pa.int32()), pa.array(parts, pa.binary())], schema=PACKED)


def gathered(batches: Iterator[pa.RecordBatch], dtype: np.dtype[Any]) -> Array:
    """All arrays of a partition of PACKED, joined."""
    parts = [part for batch in batches for part in batch.column("packed").to_pylist()]
    return np.frombuffer(b"".join(parts), dtype)


def exchange(
    packed: "DataFrame", function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]], schema: pa.Schema,
    *, partitions: int,
) -> "DataFrame":  # fmt: skip
    """Bring every bucket of PACKED together and run a function over each partition, which holds whole buckets."""
    return map_batches(packed.repartition(partitions, "bucket"), function, schema)
