"""Handing arrays from one set of tasks to the next, through files of the scratch folder.

A task splits a NumPy structured array by bucket into one file, its parts one after another behind a list of where each
begins. The task of a bucket reads its part of every file. Spark hands out the tasks, which are numbers, and collects
counts; the arrays cross neither the JVM nor a socket, and every task has one bucket, so that tasks are of one size.
What tasks work on lies in mapped files (`dedup.records`), so nothing travels to them.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.atomic import replacing
from jobs.columns import BatchFunction, map_batches

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Array = NDArray[Any]
DONE = pa.schema([("task", pa.int64()), ("rows", pa.int64())])
_SUFFIX = ".parts"


def run_tasks(spark: "SparkSession", count: int, function: BatchFunction, schema: pa.Schema = DONE) -> pa.Table:
    """Run a function once for each number from 0 to count - 1, which it finds in the column `id`; what it yields."""
    return map_batches(spark.range(0, count, 1, count), function, schema).toArrow()


def numbers(batches: Iterator[pa.RecordBatch]) -> Iterator[int]:
    """The task numbers that a worker is given."""
    for batch in batches:
        yield from batch.column("id").to_pylist()


def done(number: int, rows: int) -> pa.RecordBatch:
    """DONE of one task."""
    return pa.record_batch([[number], [rows]], schema=DONE)


def scatter(folder: Path, name: str, array: Array, bucket: Array, buckets: int) -> None:
    """Write a structured array by bucket, `[n]`, below 65,536, in the order it has; a task tried again replaces it."""
    folder.mkdir(parents=True, exist_ok=True)
    small = bucket.astype(np.uint16)  # which NumPy sorts by radix
    ends = np.cumsum(np.bincount(small, minlength=buckets), dtype=np.int64)
    with replacing(folder / f"{name}{_SUFFIX}") as path, path.open("wb") as file:
        file.write(np.concatenate([[0], ends]).astype(np.int64).tobytes())
        file.write(array.take(np.argsort(small, kind="stable")).tobytes())


def gather(folder: Path, bucket: int, buckets: int, dtype: np.dtype[Any]) -> Array:
    """What all tasks have written for one bucket, joined."""
    read = partial(_part, bucket=bucket, buckets=buckets, dtype=dtype)
    return np.concatenate([np.empty(0, dtype), *map(read, sorted(folder.glob(f"*{_SUFFIX}")))])


def _part(path: Path, *, bucket: int, buckets: int, dtype: np.dtype[Any]) -> Array:
    start, stop = np.fromfile(path, np.int64, 2, offset=8 * bucket)
    return np.fromfile(path, dtype, stop - start, offset=8 * (buckets + 1) + int(start) * dtype.itemsize)
