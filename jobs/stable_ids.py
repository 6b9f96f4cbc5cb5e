"""Ids that outlive a run: a cluster keeps its id while most of it stays together.

When clusters merge, the older id survives; when one splits, the larger part keeps it. A run on unchanged input changes
no id. A new id is made from the track id of the cluster's first track, so a catalogue gets the same ids anywhere.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def with_ids(
    tracks: "DataFrame", before: "DataFrame | None", *, label: str, id_column: str, prefix: str, now: str
) -> "DataFrame":
    """`tracks` with `id_column` and `<id_column>_since` (the run that first gave the id).

    tracks: `row, track_id` and a column `label`, the row of the cluster's first track. before: the published table with
    `track_id`, `id_column` and its `_since`, or None.
    """
    from pyspark.sql import functions as f

    since = f"{id_column}_since"
    first = tracks.where(f.col("row") == f.col(label)).select(label, "track_id")
    new = f.concat(f.lit(prefix), f.substring(f.sha2("track_id", 256), 1, 16))
    fresh = first.select(label, new.alias("new_id"))
    if before is None:
        named = fresh.select(label, f.col("new_id").alias(id_column), f.lit(now).alias(since))
        return tracks.join(named, label)
    kept = _kept(tracks, before, label=label, id_column=id_column)
    taken = before.select(f.col(id_column).alias("new_id")).distinct().withColumn("taken", f.lit(True))
    # an id that once meant another cluster is never given to this one
    unused = f.concat("new_id", f.when(f.col("taken"), f.lit("-" + now[-4:])).otherwise(f.lit("")))
    named = fresh.join(taken, "new_id", "left").join(kept, label, "left").select(
        label, f.coalesce("old_id", unused).alias(id_column), f.coalesce("old_since", f.lit(now)).alias(since)
    )  # fmt: skip
    return tracks.join(named, label)


def _kept(tracks: "DataFrame", before: "DataFrame", *, label: str, id_column: str) -> "DataFrame":
    """`label, old_id, old_since` of the clusters that keep an id."""
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    old = before.select("track_id", f.col(id_column).alias("old_id"), f.col(f"{id_column}_since").alias("old_since"))
    shared = tracks.join(old, "track_id").groupBy(label, "old_id", "old_since").agg(f.count("*").alias("shared"))
    largest = Window.partitionBy("old_id").orderBy(f.desc("shared"), label)
    oldest = Window.partitionBy(label).orderBy("old_since", f.desc("shared"), "old_id")
    won = shared.withColumn("place", f.row_number().over(largest)).where("place = 1")
    return won.withColumn("place", f.row_number().over(oldest)).where("place = 1").select(label, "old_id", "old_since")
