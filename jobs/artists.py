"""The artist stage of `unisono dedup`: the table `artists`. The rules are in `dedup.artists`.

Credits are divided into buckets of whole names, so that a worker holds one bucket. The model is fitted on a sample of
whole names. One row per distinct name comes to the driver for merging: about 1 kB a name, 2 GB at two million names.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from catalog.runs import Stage
from catalog.schema import ARTISTS
from catalog.store import Catalogue
from dedup.artist_credits import CREDITS, credits_of
from dedup.artist_fit import fit
from dedup.artist_merge import NAMES, merge_names, summarise_names
from dedup.artist_model import ArtistModel
from dedup.artist_names import name_key
from dedup.artists import resolve_block
from jobs.columns import map_batches, read_table, spark_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

KEYED_CREDITS = CREDITS.append(pa.field("name_key", pa.string()))
FROM_TRACKS = (
    "track_id", "source", "title", "title_core", "album_core", "label", "country", "genre", "language", "release_year",
    "upc_code", "artist_names", "extra",
)  # fmt: skip
BUCKET_CREDITS = 20_000
SAMPLED_CREDITS = 200_000


def artists_stage(
    spark: "SparkSession",
    catalogue: Catalogue,
    tracks: "DataFrame",
    labels: "DataFrame",
    stage: Stage,
    origin: dict[str, Any],
) -> str:
    """Resolve every credit to an artist; returns the sealed snapshot. labels: `row, cluster` of every track."""
    credits = _credits(spark, catalogue, tracks, labels)
    total = credits.count()
    buckets = max(1, total // BUCKET_CREDITS)
    model = _fit(credits, total)
    names = _grouped(credits, "name_key", buckets, summarise_names, NAMES).orderBy("name_key").toArrow()
    merged = merge_names(names.cast(NAMES), model)
    keys = _merged_keys(spark, merged)
    keyed = credits.drop("artist_key", "key_confidence").join(keys, "name_key")
    resolve = partial(resolve_block, model=model)
    resolved = _grouped(keyed.select(*KEYED_CREDITS.names), "artist_key", buckets, resolve, ARTISTS)
    staging = catalogue.stage("artists")
    resolved.sortWithinPartitions("track_id", "position").write.mode("overwrite").parquet(str(staging))
    snapshot = catalogue.seal("artists", staging, **origin)
    stage.count("credits", total)
    stage.count("names", len(names))
    stage.count(
        "names_merged", sum(a != b for a, b in zip(*(merged.column(i).to_pylist() for i in (0, 1)), strict=True))
    )
    return snapshot


def _merged_keys(spark: "SparkSession", merged: pa.Table) -> "DataFrame":
    """`name_key, artist_key, key_confidence` of every name."""
    keys = merged.select(["name_key", "artist_key", "confidence"]).rename_columns(
        ["name_key", "artist_key", "key_confidence"]
    )
    return spark.createDataFrame(keys)


def _credits(spark: "SparkSession", catalogue: Catalogue, tracks: "DataFrame", labels: "DataFrame") -> "DataFrame":
    from pyspark.sql import functions as f

    wide = tracks.join(labels.select("row", f.col("cluster").cast("string").alias("recording_id")), "row", "left")
    if catalogue.has("embeddings"):
        vectors = read_table(spark, catalogue, "embeddings").select("track_id", "vector")
        wide = wide.join(vectors, "track_id", "left")
    else:
        wide = wide.withColumn("vector", f.lit(None).cast("array<float>"))
    credits = map_batches(wide.select(*FROM_TRACKS, "recording_id", "vector"), credit_batches, KEYED_CREDITS).cache()
    crowd = credits.where("position = 0 and album_core is not null").groupBy("source", "album_core").agg(
        f.countDistinct("name_key").cast("int").alias("album_artists")
    )  # fmt: skip
    return credits.drop("album_artists").join(crowd, ["source", "album_core"], "left").select(*KEYED_CREDITS.names)


def credit_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Tracks to KEYED_CREDITS."""
    for batch in batches:
        credits = credits_of(batch)
        keys = pa.array([name_key(name) for name in credits.column("name").to_pylist()], pa.string())
        yield from credits.append_column("name_key", keys).cast(KEYED_CREDITS).combine_chunks().to_batches()


def _fit(credits: "DataFrame", total: int) -> ArtistModel:
    """The model of this catalogue, from all credits or from a sample of whole names."""
    from pyspark.sql import functions as f

    parts = 1 + total // SAMPLED_CREDITS
    sample = credits.where(f.pmod(f.xxhash64("name_key"), f.lit(parts)) == 0) if parts > 1 else credits
    return fit(sample.select(*CREDITS.names).orderBy("track_id", "position").toArrow().cast(CREDITS))


def _grouped(
    credits: "DataFrame", key: str, buckets: int, function: Callable[[pa.Table], pa.Table], schema: pa.Schema
) -> "DataFrame":
    """Run a function over buckets that hold whole values of `key`."""
    from pyspark.sql import functions as f

    def in_bucket(table: pa.Table) -> pa.Table:  # Spark reads the annotations, which a partial does not have
        return bucket_table(table, function)

    bucket = f.pmod(f.xxhash64(key), f.lit(buckets))
    return credits.withColumn("bucket", bucket).groupBy("bucket").applyInArrow(in_bucket, spark_schema(schema))


def bucket_table(table: pa.Table, function: Callable[[pa.Table], pa.Table]) -> pa.Table:
    """One bucket through `function`, in an order that does not depend on Spark's."""
    ordered = table.sort_by([("track_id", "ascending"), ("position", "ascending")])
    return function(ordered.select(CREDITS.names).cast(CREDITS))
