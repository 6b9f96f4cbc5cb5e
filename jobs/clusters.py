"""Clusters on the driver, ids and canonical tracks on Spark: the table `recordings`.

Only numbers of pairs that could matter come to the driver: 20 bytes a pair, about 600 MB at 30 million tracks.
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
from jobs.columns import read_table
from jobs.stable_ids import with_ids

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TOLD = -12.0
"""Least weight of a pair that the clustering is told; what it is not told counts as mildly against."""

VETO = -200.0
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
    labels = _labels(records, scored, chosen, stage)
    pq.write_table(labels, work / "labels.parquet")
    same = spark.read.parquet(str(work / "labels.parquet"))
    staging = catalogue.stage("recordings")
    _recordings(spark, catalogue, records.join(same, "row")).write.mode("overwrite").parquet(str(staging))
    return catalogue.seal("recordings", staging, **origin), same


def _labels(records: "DataFrame", scored: "DataFrame", chosen: Policy, stage: Stage) -> pa.Table:
    """`row, cluster, song, confidence` of every track."""
    from pyspark.sql import functions as f

    numbers = records.select("row", "exclusive").orderBy("row").toArrow()
    row = numbers.column("row").to_numpy()
    told = scored.where((f.col("weight") >= TOLD) | f.col("vetoed")).select(
        "row_a", "row_b", "weight", "vetoed", "decision", "relation"
    ).toArrow()  # fmt: skip
    a, b = (np.searchsorted(row, told.column(name).to_numpy()) for name in ("row_a", "row_b"))
    bits = _effective(told, chosen)
    linkage = Linkage(threshold=min(chosen.merge, 60.0))
    label = cluster(len(row), a, b, bits, linkage, exclusive=numbers.column("exclusive").to_numpy())
    versions = np.asarray(told.column("relation").to_numpy(zero_copy_only=False) == VERSION)
    song = linked(len(row), np.concatenate([a[versions], np.arange(len(row))]), np.concatenate([b[versions], label]))
    stage.count("recordings", len(np.unique(label)))
    stage.count("songs", len(np.unique(song)))
    columns = {"row": row, "cluster": row[label], "song": row[song], "confidence": confidence(label, a, b, bits)}
    return pa.table(columns)


def _effective(told: pa.Table, chosen: Policy) -> NDArray[np.float64]:
    """Weights for clustering: a veto outweighs all, and a pair that is held back for review does not pull."""
    bits: NDArray[np.float64] = told.column("weight").to_numpy().astype(np.float64).copy()
    held = (bits >= chosen.merge) & (told.column("decision").to_numpy(zero_copy_only=False) != MERGE)
    bits[held] = 0.0
    bits[told.column("vetoed").to_numpy(zero_copy_only=False).astype(bool)] = VETO
    return bits


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
