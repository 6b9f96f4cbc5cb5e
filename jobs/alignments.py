"""Collective evidence over all compared pairs: which releases align, and what that says about each pair.

The rules are in `dedup.releases`. The driver streams the pairs once for the anchors, 24 bytes each; the level is then
added to every pair's pattern, a file a task, and the patterns are counted on the way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from numpy.typing import NDArray

from catalog.atomic import replacing
from dedup.blocks import stands_for
from dedup.candidates import Blocking
from dedup.crowds import Crowds
from dedup.fields import FIELD_NAMES
from dedup.patterns import BITS, unpack
from dedup.records import mapped_numbers
from dedup.releases import FIELD, Alignments, anchors
from jobs.exchange import numbers, run_tasks

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

COUNTS = pa.schema([("pattern", pa.int64()), ("count", pa.int64())])
_PAIRS, _COUNTS = "release_pairs.npy", "release_anchors.npy"


@dataclass(frozen=True)
class Releases:
    """The release of every track by place, `[n]`, and how many tracks it has; 0 where there is none."""

    release: NDArray[np.uint64]
    size: NDArray[np.int32]

    @classmethod
    def open(cls, folder: Path) -> "Releases":
        """From the record files."""
        return cls(*(mapped_numbers(folder, name).to_numpy() for name in ("release", "release_size")))


def align_releases(
    spark: "SparkSession", folder: Path, compared: Path, aligned: Path, crowds: Crowds, blocking: Blocking
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Write the compared pairs with their release level into `aligned`.

    Returns the patterns and how many candidates that count in the model show each.
    """
    crowds.save(folder)
    found = count_anchors(Releases.open(folder), compared)
    np.save(folder / _PAIRS, found.pairs)
    np.save(folder / _COUNTS, found.counts)
    aligned.mkdir(parents=True, exist_ok=True)
    files = sorted(compared.glob("*.parquet"))
    job = partial(align_batches, folder=folder, files=files, aligned=aligned, blocking=blocking)
    counted = run_tasks(spark, len(files), job, COUNTS).group_by("pattern").aggregate([("count", "sum")])
    counted = counted.sort_by("pattern")
    return counted.column("pattern").to_numpy(), counted.column("count_sum").to_numpy().astype(np.float64)


def count_anchors(releases: Releases, compared: Path) -> Alignments:
    """The anchors of all pairs of releases."""
    parts = [(np.empty(0, np.uint64),) * 2 + (np.empty(0, np.int32),) * 2]
    for batch in ds.dataset(compared, format="parquet").to_batches(columns=["place_a", "place_b", "pattern"]):
        a, b, pattern = (column.to_numpy() for column in batch.columns)
        chosen = is_anchor(pattern)
        a, b = a[chosen], b[chosen]
        parts.append((releases.release[a], releases.release[b], a, b))
    return Alignments.count(*(np.concatenate(side) for side in zip(*parts, strict=True)))


def is_anchor(pattern: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which pairs, by pattern, are anchors; there are few different patterns."""
    distinct, place = np.unique(pattern, return_inverse=True)
    return np.asarray(anchors(unpack(distinct))[place])


def align_batches(
    batches: Iterator[pa.RecordBatch], *, folder: Path, files: list[Path], aligned: Path, blocking: Blocking
) -> Iterator[pa.RecordBatch]:
    """Tasks, each one file of compared pairs, to the counts of their patterns.

    Writes the file with its release levels.
    """
    releases = Releases.open(folder)
    found = Alignments(*(np.load(folder / name, mmap_mode="r") for name in (_PAIRS, _COUNTS)))
    crowds = Crowds.open(folder)
    for number in numbers(batches):
        table = pq.read_table(files[number])
        pattern = with_release(table, releases, found)
        written = table.set_column(table.schema.get_field_index("pattern"), "pattern", pa.array(pattern))
        with replacing(aligned / files[number].name) as part:
            pq.write_table(written, part, compression="zstd")
        patterns, at = np.unique(pattern, return_inverse=True)
        a, b = (table.column(name).to_numpy() for name in ("place_a", "place_b"))
        stand = stands_for(table.column("generators").to_numpy(), blocking) * crowds.counting(a, b, blocking)
        counts = np.bincount(at, stand, len(patterns))
        yield pa.record_batch([patterns, counts.astype(np.int64)], schema=COUNTS)


def with_release(table: pa.Table, releases: Releases, found: Alignments) -> NDArray[np.int64]:
    """Patterns of compared pairs with the level of their releases."""
    a, b, pattern = (table.column(name).to_numpy() for name in ("place_a", "place_b", "pattern"))
    alone = (releases.size[a] < 2) | (releases.size[b] < 2)
    level = found.levels(releases.release[a], releases.release[b], alone, is_anchor(pattern))
    return np.asarray(pattern + ((level.astype(np.int64) + 1) << (BITS * FIELD_NAMES.index(FIELD))))
