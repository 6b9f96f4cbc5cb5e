"""The table `matches`: pairs worth keeping, each with its evidence and with what the clusters made of it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from catalog.runs import Stage
from catalog.schema import MATCHES
from catalog.store import Catalogue
from dedup.candidates import GENERATORS
from dedup.decide import DISTINCT, MERGE, REVIEW, SAME, Policy
from dedup.explain import itemise
from dedup.weights import Weights
from jobs.columns import map_batches
from jobs.pairs import both_sides, unpack

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

REMARKABLE = -3.0
"""Least weight of a distinct pair that is kept: odds of 1 to 8."""

WEIGHTS_FILE = "weights.json"
POLICY_FILE = "policy.json"
COMPARED = ("versions", "duration_s", "release_year", "medium", "position", "isrc_code")
SHOWN = ("track_id", "title", "artist", "album", *COMPARED)


def write_matches(
    catalogue: Catalogue,
    scored: "DataFrame",
    records: "DataFrame",
    same: "DataFrame",
    weights: Weights,
    chosen: Policy,
    stage: Stage,
    origin: dict[str, Any],
) -> str:
    """Write the pairs worth keeping with their evidence; a pair's decision follows where the clusters put it."""
    from pyspark.sql import functions as f

    cluster_a = same.select(f.col("row").alias("row_a"), f.col("cluster").alias("cluster_a"))
    cluster_b = same.select(f.col("row").alias("row_b"), f.col("cluster").alias("cluster_b"))
    together = f.col("cluster_a") == f.col("cluster_b")  # kept whatever its weight: what speaks against is shown too
    remarkable = (f.col("weight") >= REMARKABLE) | (f.col("decision") != DISTINCT)
    kept = scored.join(cluster_a, "row_a").join(cluster_b, "row_b").where(remarkable | together)
    settled = kept.withColumn(
        "decision",
        f.when(together, MERGE)
        .when(f.col("decision") == MERGE, REVIEW).otherwise(f.col("decision")),
    ).withColumn("relation", f.when(f.col("decision") == MERGE, SAME).otherwise(f.col("relation")))  # fmt: skip
    staging = catalogue.stage("matches")
    explained = map_batches(both_sides(settled, records, SHOWN), partial(explain_batches, weights=weights), MATCHES)
    explained.write.mode("overwrite").parquet(str(staging))
    (staging / WEIGHTS_FILE).write_text(weights.to_json())
    (staging / POLICY_FILE).write_text(_policy_json(chosen))
    snapshot = catalogue.seal("matches", staging, **origin)
    stage.count("matches", catalogue.sealed("matches", snapshot).rows)
    return snapshot


def _policy_json(chosen: Policy) -> str:
    """The thresholds; null for one that nothing reaches."""
    return json.dumps({name: value if np.isfinite(value) else None for name, value in asdict(chosen).items()})


def explain_batches(batches: Iterator[pa.RecordBatch], *, weights: Weights) -> Iterator[pa.RecordBatch]:
    """Settled pairs with both sides to MATCHES."""
    for batch in batches:
        table = pa.Table.from_batches([batch])
        evidence = itemise(unpack(table.column("levels")), weights, table)
        generators = [
            [name for n, name in enumerate(GENERATORS) if bits >> n & 1]
            for bits in table.column("generators").to_pylist()
        ]
        names = ("track_id_a", "track_id_b", "weight", "probability", "relation", "decision")
        columns = [batch.column(name) for name in names]
        last = [pa.array(evidence, MATCHES.field("evidence").type), pa.array(generators, pa.list_(pa.string()))]
        yield pa.record_batch([*columns, *last], schema=MATCHES)
