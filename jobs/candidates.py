"""Candidate pairs on Spark: counts of n-grams, keys, blocks, pairs. Rules: `dedup.candidates`, `dedup.blocks`.

Three exchanges of arrays: grams by gram, keys by key, pairs by owner. Every task reads a slice of the record files, or
one bucket.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.blocks import Tracks, bounded, expand, sampled
from dedup.candidates import KEYS, Blocking, record_keys
from dedup.grams import SPACE, commonness, count_grams
from dedup.proposals import Proposals, unite
from dedup.records import mapped_numbers, open_records
from dedup.runs import starts
from jobs.exchange import done, gather, numbers, run_tasks, scatter

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SLICE = 1 << 16
"""Records of a task."""

STEP = 1 << 13
"""Records that are looked at at once; what belongs to them stays near the processor."""

COMMON = "common.npy"
_COUNT_BITS = np.uint64(32)  # of a counted gram, which stands above them
_COLUMNS = (
    "title_core", "artist_core", "album_core", "isrc_code", "duration_s", "position", "performers", "versions",
)  # fmt: skip


@dataclass(frozen=True)
class Candidates:
    """Where candidates are found. records: the record files of `count` tracks; scratch: a folder; parts: buckets."""

    records: Path
    scratch: Path
    count: int
    parts: int
    blocking: Blocking

    @property
    def slices(self) -> int:
        """Tasks that work through the record files."""
        return slices(self.count)

    @property
    def grams(self) -> Path:
        """Folder of the counted grams."""
        return self.scratch / "grams"

    @property
    def keys(self) -> Path:
        """Folder of the keys."""
        return self.scratch / "keys"

    @property
    def pairs(self) -> Path:
        """Folder of the pairs, by range of owners."""
        return self.scratch / "pairs"

    @property
    def owners(self) -> int:
        """Owners whose pairs are one bucket."""
        return -(-max(self.count, 1) // self.parts)

    def scatter_pairs(self, name: str, proposals: Proposals) -> None:
        """Write pairs; owners that lie together stay together, so that their records are read once."""
        bucket, inside = proposals.by_range(self.owners)
        scatter(self.pairs, name, inside, bucket, self.parts)

    def united(self, part: int) -> NDArray[np.void]:
        """What is to be compared of the pairs of one bucket."""
        proposals = gather(self.pairs, part, self.parts, np.dtype(np.uint64))
        pairs = bounded(unite(proposals, part * self.owners), self.blocking)
        return sampled(pairs, self.tracks(), self.blocking)

    def tracks(self) -> Tracks:
        """What blocks ask of the tracks, mapped."""
        return Tracks(*(mapped_numbers(self.records, name).to_numpy() for name in Tracks._fields))

    def clear(self) -> None:
        """Remove what the tasks have handed on."""
        for folder in (self.grams, self.keys, self.pairs):
            shutil.rmtree(folder, ignore_errors=True)


def slices(count: int) -> int:
    """Tasks that work through record files of so many tracks."""
    return max(1, -(-count // SLICE))


def partitions(spark: "SparkSession", count: int) -> int:
    """Buckets of an exchange: a slice each, and enough to keep every core busy."""
    return max(slices(count), 2 * spark.sparkContext.defaultParallelism) if count > SLICE else 2


def find_candidates(spark: "SparkSession", job: Candidates) -> None:
    """Write the pairs that keys propose."""
    np.lib.format.open_memmap(job.records / COMMON, "w+", np.uint8, (SPACE,)).flush()
    run_tasks(spark, job.slices, partial(count_batches, job=job))
    run_tasks(spark, job.parts, partial(sum_batches, job=job))
    run_tasks(spark, job.slices, partial(key_batches, job=job))
    run_tasks(spark, job.parts, partial(expand_batches, job=job))


def steps_of(records: pa.Table, number: int) -> Iterator[tuple[int, pa.Table]]:
    """The slice of a task in steps: the place of a step's first record, and its records."""
    for start in range(number * SLICE, min((number + 1) * SLICE, records.num_rows), STEP):
        yield start, records.slice(start, min(STEP, (number + 1) * SLICE - start))


def count_batches(batches: Iterator[pa.RecordBatch], *, job: Candidates) -> Iterator[pa.RecordBatch]:
    """Tasks to counts of the grams of their records, by range of grams."""
    records, width = open_records(job.records, _COLUMNS), -(-SPACE // job.parts)
    for number in numbers(batches):
        gram, count = count_grams(records.slice(number * SLICE, SLICE))
        counted = (gram.astype(np.uint64) << _COUNT_BITS) | count.astype(np.uint64)
        scatter(job.grams, f"{number:05d}", counted, gram // width, job.parts)
        yield done(number, len(gram))


def sum_batches(batches: Iterator[pa.RecordBatch], *, job: Candidates) -> Iterator[pa.RecordBatch]:
    """Tasks, each a range of the grams, to how common these are, one byte each."""
    common = np.lib.format.open_memmap(job.records / COMMON, "r+")
    for number in numbers(batches):
        counted = np.sort(gather(job.grams, number, job.parts, np.dtype(np.uint64)))
        gram, count = counted >> _COUNT_BITS, counted & np.uint64(0xFFFFFFFF)
        first = starts(gram)
        if len(first):
            common[gram.take(first)] = commonness(np.add.reduceat(count.astype(np.int64), first))
        yield done(number, len(first))
    common.flush()


def key_batches(batches: Iterator[pa.RecordBatch], *, job: Candidates) -> Iterator[pa.RecordBatch]:
    """Tasks to keys of their records, by key."""
    records, common = open_records(job.records, _COLUMNS), np.asarray(np.load(job.records / COMMON, mmap_mode="r"))
    for number in numbers(batches):
        steps = [record_keys(part, start, common, job.blocking) for start, part in steps_of(records, number)]
        keys = np.concatenate([np.empty(0, KEYS), *steps])
        scatter(job.keys, f"{number:05d}", keys, (keys["key"] >> np.uint64(32)) % np.uint64(job.parts), job.parts)
        yield done(number, len(keys))


def expand_batches(batches: Iterator[pa.RecordBatch], *, job: Candidates) -> Iterator[pa.RecordBatch]:
    """Tasks, each a bucket of keys, to pairs, by range of owners."""
    tracks = job.tracks()
    for number in numbers(batches):
        proposals = expand(gather(job.keys, number, job.parts, KEYS), tracks, job.blocking)
        job.scatter_pairs(f"{number:05d}", proposals)
        yield done(number, len(proposals.owner))
