"""Candidate pairs on Spark: signatures, blocks, pairs. The rules are in `dedup.candidates` and `dedup.blocks`."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.blocks import PAIRS, Expansion, expand
from dedup.candidates import SIGNATURES, Blocking, count_grams, signatures
from jobs.columns import map_batches

if TYPE_CHECKING:
    from pyspark.core.broadcast import Broadcast
    from pyspark.sql import DataFrame, SparkSession

COUNTS = pa.schema([("bucket", pa.int32()), ("count", pa.int64())])


def candidate_pairs(spark: "SparkSession", records: "DataFrame", blocking: Blocking) -> "DataFrame":
    """Distinct candidate pairs `row_a, row_b, generators` of `records` (tracks with `row` and `exclusive`)."""
    frequencies = spark.sparkContext.broadcast(gram_frequencies(records, blocking))
    keys = map_batches(records, partial(sign_batches, frequencies=frequencies, blocking=blocking), SIGNATURES)
    blocks = _blocks(keys, records)
    pairs = map_batches(blocks, partial(expand_batches, expansion=Expansion(cap=blocking.cap)), PAIRS)
    return distinct_pairs(pairs)


def distinct_pairs(pairs: "DataFrame") -> "DataFrame":
    """Each pair once, with every generator that proposed it."""
    from pyspark.sql import functions as f

    return pairs.groupBy("row_a", "row_b").agg(f.bit_or("generators").alias("generators"))


def gram_frequencies(records: "DataFrame", blocking: Blocking) -> NDArray[np.int32]:
    """Document frequency of every hashed n-gram, `[buckets]`."""
    from pyspark.sql import functions as f

    counted = map_batches(records, partial(count_batches, blocking=blocking), COUNTS)
    table = counted.groupBy("bucket").agg(f.sum("count").alias("count")).where("count > 1").toArrow()
    frequencies = np.ones(blocking.buckets, dtype=np.int32)
    frequencies[table.column("bucket").to_numpy()] = np.minimum(
        table.column("count").to_numpy(), np.iinfo(np.int32).max
    )
    return frequencies


def count_batches(batches: Iterator[pa.RecordBatch], *, blocking: Blocking) -> Iterator[pa.RecordBatch]:
    """TRACKS batches to document counts."""
    for batch in batches:
        yield count_grams(batch, blocking).cast(COUNTS)


def sign_batches(
    batches: Iterator[pa.RecordBatch], *, frequencies: "Broadcast[NDArray[np.int32]]", blocking: Blocking
) -> Iterator[pa.RecordBatch]:
    """TRACKS batches to signatures."""
    for batch in batches:
        yield signatures(batch, frequencies.value, blocking)


def expand_batches(batches: Iterator[pa.RecordBatch], *, expansion: Expansion) -> Iterator[pa.RecordBatch]:
    """Blocks to pairs."""
    for batch in batches:
        yield expand(batch, expansion)


def _blocks(keys: "DataFrame", records: "DataFrame") -> "DataFrame":
    """One row a key that several records share: their rows, promises and durations."""
    from pyspark.sql import functions as f

    sides = records.select("row", "exclusive", f.coalesce("duration_s", f.lit(float("nan"))).alias("seconds"))
    grouped = keys.join(sides, "row").groupBy("key").agg(
        f.collect_list(f.struct("row", "exclusive", "seconds")).alias("members"), f.min("generator").alias("generator")
    )  # fmt: skip
    return grouped.where(f.size("members") > 1).select(
        f.col("members.row").alias("rows"), f.col("members.exclusive").alias("exclusive"),
        f.col("members.seconds").alias("seconds"), "generator",
    )  # fmt: skip
