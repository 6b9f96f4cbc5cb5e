"""Candidate pairs on Spark: counts of n-grams, keys, blocks, pairs. Rules: `dedup.candidates`, `dedup.blocks`.

Three exchanges of packed arrays: grams by gram, keys by key, pairs by owner. Every task reads a slice of the record
files.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.blocks import PAIRS, bounded, expand, unite
from dedup.candidates import KEYS, Blocking, record_keys
from dedup.grams import SPACE, commonness, count_grams
from dedup.records import open_records
from jobs.columns import map_batches
from jobs.exchange import PACKED, exchange, gathered, numbers, scattered, tasks

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SLICE = 1 << 16
"""Records of a task."""

RANGES = 64
"""Parts of the grams; each is counted in one piece."""

COMMON = "common.npy"
_GRAMS = np.dtype([("gram", "<u4"), ("count", "<u4")])
_COMMON = np.dtype([("gram", "<u4"), ("common", "u1")])
_WIDTH = -(-SPACE // RANGES)
_COLUMNS = ("title_core", "artist_core", "album_core", "isrc_code", "exclusive", "duration_s", "position")


def candidate_pairs(
    spark: "SparkSession", folder: Path, count: int, blocking: Blocking, heard: "DataFrame | None"
) -> "DataFrame":
    """United pairs as PACKED, by range of owners.

    folder: the record files of `count` tracks; heard: more such pairs.
    """
    parts = partitions(spark, count)
    _write_common(spark, folder, slices(count), parts)
    keys = map_batches(
        tasks(spark, slices(count)), partial(key_batches, folder=folder, blocking=blocking, parts=parts), PACKED
    )
    expanded = partial(expand_batches, blocking=blocking, count=count, parts=parts)
    pairs = exchange(keys, expanded, PACKED, partitions=parts)
    return pairs if heard is None else pairs.unionByName(heard)


def slices(count: int) -> int:
    """Tasks that work through the record files."""
    return max(1, -(-count // SLICE))


def partitions(spark: "SparkSession", count: int) -> int:
    """Partitions of an exchange: a slice each, and enough to keep every core busy."""
    return max(slices(count), 2 * spark.sparkContext.defaultParallelism) if count > SLICE else 2


def part_of(records: pa.Table, number: int) -> pa.Table:
    """The slice of a task."""
    return records.slice(number * SLICE, SLICE)


def _write_common(spark: "SparkSession", folder: Path, count: int, parts: int) -> None:
    """Write how common every gram is, one byte each."""
    counted = map_batches(tasks(spark, count), partial(count_batches, folder=folder), PACKED)
    summed = exchange(counted, sum_batches, PACKED, partitions=min(parts, RANGES)).toArrow()
    common = np.zeros(SPACE, np.uint8)
    for packed in summed.column("packed").to_pylist():
        known = np.frombuffer(packed, _COMMON)
        common[known["gram"]] = known["common"]
    np.save(folder / COMMON, common)


def count_batches(batches: Iterator[pa.RecordBatch], *, folder: Path) -> Iterator[pa.RecordBatch]:
    """Tasks to counts of the grams of their records, by range of grams."""
    records = open_records(folder, _COLUMNS)
    for number in numbers(batches):
        gram, count = count_grams(part_of(records, number))
        counted = np.empty(len(gram), _GRAMS)
        counted["gram"], counted["count"] = gram, count
        yield from scattered(counted, gram // _WIDTH)


def sum_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Counts to how common the grams are."""
    counted = gathered(batches, _GRAMS)
    counted = counted[np.argsort(counted["gram"], kind="stable")]
    first = np.flatnonzero(np.diff(counted["gram"], prepend=~counted["gram"][:1]))
    known = np.empty(len(first), _COMMON)
    known["gram"] = counted["gram"][first]
    known["common"] = commonness(np.add.reduceat(counted["count"].astype(np.int64), first)) if len(first) else 0
    yield pa.record_batch([[0], [known.tobytes()]], schema=PACKED)


def key_batches(
    batches: Iterator[pa.RecordBatch], *, folder: Path, blocking: Blocking, parts: int
) -> Iterator[pa.RecordBatch]:
    """Tasks to keys of their records, by key."""
    records, common = open_records(folder, _COLUMNS), np.load(folder / COMMON, mmap_mode="r")
    for number in numbers(batches):
        keys = record_keys(part_of(records, number), number * SLICE, common, blocking)
        yield from scattered(keys, (keys["key"] >> np.uint64(32)) % np.uint64(4 * parts))


def expand_batches(
    batches: Iterator[pa.RecordBatch], *, blocking: Blocking, count: int, parts: int
) -> Iterator[pa.RecordBatch]:
    """Keys to pairs, by range of owners."""
    pairs = expand(gathered(batches, KEYS), blocking, tracks=count)
    yield from scattered(pairs, owner_range(pairs, count, parts))


def owner_range(pairs: NDArray[np.void], count: int, parts: int) -> NDArray[np.int64]:
    """Bucket of every pair: owners that lie together stay together, so that their records are read once."""
    return np.asarray(pairs["owner"].astype(np.int64) * (4 * parts) // max(count, 1))


def united(batches: Iterator[pa.RecordBatch], blocking: Blocking) -> NDArray[np.void]:
    """PACKED pairs of a partition to what is to be compared of them."""
    return bounded(unite(gathered(batches, PAIRS)), blocking)
