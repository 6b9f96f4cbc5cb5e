"""Clusters on the driver, ids and canonical tracks on Spark: the table `recordings`.

The driver gets numbers only: the pairs strong enough to merge, whose connected components are found there, then all
scored pairs inside one component, 17 bytes each. That is a few pairs a track, about 1 GB at 30 million tracks.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from catalog.runs import Stage
from catalog.snapshots import new_id
from catalog.store import Catalogue
from dedup.cluster import Linkage, cluster, confidence, linked
from dedup.decide import MERGE, VERSION, Policy
from jobs.columns import read_parquet, read_table
from jobs.stable_ids import with_ids

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

VETO = -np.inf
"""Weight of a vetoed pair in the clustering: outweighs any number of good ones."""

COMPLETE = ("title", "artist", "album", "duration_s", "release_year", "isrc_code", "audio_file")
"""The track of a recording that has most of these is canonical."""


def cluster_stage(
    spark: "SparkSession",
    catalogue: Catalogue,
    stage: Stage,
    records: "DataFrame",
    scored: "DataFrame",
    chosen: Policy,
    origin: dict[str, Any],
    work: Path,
) -> tuple[str, "DataFrame"]:
    """Cluster the scored pairs; returns the sealed snapshot of `recordings` and `row, cluster` of every track."""
    labels = _labels(spark, records, scored, chosen, stage)
    pq.write_table(labels, work / "labels.parquet")
    same = read_parquet(spark, work, labels.schema)
    staging = catalogue.stage("recordings")
    _recordings(spark, catalogue, records.join(same, "row")).write.mode("overwrite").parquet(str(staging))
    return catalogue.seal("recordings", staging, **origin), same


def _labels(spark: "SparkSession", records: "DataFrame", scored: "DataFrame", chosen: Policy, stage: Stage) -> pa.Table:
    """`row, cluster, song, confidence` of every track."""
    numbers = records.select("row", "exclusive").orderBy("row").toArrow()
    row = numbers.column("row").to_numpy()
    a, b, bits = _told(spark, row, scored, chosen)
    exclusive = numbers.column("exclusive").to_numpy()
    label = cluster(len(row), a, b, bits, Linkage(threshold=chosen.merge), exclusive=exclusive)
    version_a, version_b = _places(row, scored.where(scored["relation"] == VERSION))
    everyone = np.arange(len(row))
    song = linked(len(row), np.concatenate([version_a, everyone]), np.concatenate([version_b, label]))
    stage.count("recordings", len(np.unique(label)))
    stage.count("songs", len(np.unique(song)))
    columns = {"row": row, "cluster": row[label], "song": row[song], "confidence": confidence(label, a, b, bits)}
    return pa.table(columns)


def _told(
    spark: "SparkSession", row: NDArray[np.int64], scored: "DataFrame", chosen: Policy
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Every scored pair whose tracks may come together, as places in `row` and the weight that the clustering uses."""
    from pyspark.sql import functions as f

    a, b = _places(row, scored.where(f.col("decision") == MERGE))
    component = linked(len(row), a, b)
    joined = np.flatnonzero(np.bincount(component, minlength=len(row))[component] > 1)
    if not len(joined):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    parts = spark.createDataFrame(pa.table({"row": row[joined], "component": component[joined]}))
    inside = scored
    for side in "ab":
        inside = inside.join(
            parts.withColumnsRenamed({"row": f"row_{side}", "component": f"part_{side}"}), f"row_{side}"
        )
    held_back = (f.col("weight") >= chosen.merge) & (f.col("decision") != MERGE)
    weight = f.when(f.col("vetoed"), VETO).when(held_back, 0.0).otherwise(f.col("weight")).alias("weight")
    pairs = inside.where("part_a = part_b").select("row_a", "row_b", weight).orderBy("row_a", "row_b").toArrow()
    places = (np.searchsorted(row, pairs.column(name).to_numpy()) for name in ("row_a", "row_b"))
    first, second = places
    return first, second, pairs.column("weight").to_numpy()


def _places(row: NDArray[np.int64], pairs: "DataFrame") -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places in `row` of both sides of some pairs."""
    table = pairs.select("row_a", "row_b").toArrow()
    first, second = (np.searchsorted(row, table.column(name).to_numpy()) for name in ("row_a", "row_b"))
    return first, second


def _recordings(spark: "SparkSession", catalogue: Catalogue, tracks: "DataFrame") -> "DataFrame":
    """Rows of the table `recordings`, with the ids of the published one kept where they can be."""
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    before = read_table(spark, catalogue, "recordings") if catalogue.has("recordings") else None
    named = with_ids(tracks, before, label="cluster", id_column="recording_id", prefix="rec-", now=new_id())
    named = with_ids(named, before, label="song", id_column="song_id", prefix="song-", now=new_id())
    complete = sum((f.col(name).isNotNull().cast("int") for name in COMPLETE), start=f.lit(0))
    best = Window.partitionBy("cluster").orderBy(complete.desc(), f.size("versions"), "row")
    canonical = (f.row_number().over(best) == 1).alias("is_canonical")
    kept = ("recording_id_since", "song_id_since")
    return named.select("track_id", "recording_id", "song_id", canonical, "confidence", *kept)
