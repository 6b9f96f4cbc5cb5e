"""`unisono analyze`: audio files become the tables `segments` and `embeddings`.

The unit of work is a file, by path, size and time of change: one that several tracks name is analysed once, one that
was analysed by an earlier run or before a crash is not analysed again. Workers store what they have every few files as
a shard in the catalogue's work folder (`jobs.analysis`); the tables are assembled from the shards and from what is
published, and published together.
"""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio.decode import DecodeLimits
from catalog.runs import Run, Stage
from catalog.schema import EMBEDDINGS, SEGMENTS
from catalog.store import Catalogue
from jobs.analysis import ANALYSED, FILES, STATUS, analyse_batches
from jobs.columns import map_batches, read_table, spark_schema
from jobs.options import AnalyzeOptions, SparkOptions
from jobs.progress import watch_shards
from jobs.spark import session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FILES_PER_TASK = 100
LEAST_TASKS = 8
STAMP = ("file_size", "file_mtime_ns")


def analyze(catalogue_dir: Path, options: AnalyzeOptions, spark: SparkOptions) -> None:
    """Analyse the audio of the ingested tracks. Raises CatalogError without tracks, ModelError without a model."""
    catalogue = Catalogue.open(catalogue_dir)
    parameters = {name: str(value) for name, value in asdict(options).items()}
    with catalogue.lock(), catalogue.run("analyze", parameters) as run:
        analyze_stage(catalogue, run, options, spark)


def analyze_stage(catalogue: Catalogue, run: Run, options: AnalyzeOptions, spark: SparkOptions) -> None:
    """The stage `analyze`; skipped where no track has audio, or tracks, model and limits are those of the published."""
    from embeddings.encode import released_model

    model = (options.model or released_model()).absolute()
    limits = DecodeLimits(max_seconds=options.max_seconds, timeout_s=options.timeout_s)
    inputs = {"tracks": catalogue.path("tracks").name}
    parameters = {"model": model.name, "max_seconds": options.max_seconds}
    with run.stage("analyze") as stage:
        if all(catalogue.is_current(name, inputs=inputs, parameters=parameters) for name in ("segments", "embeddings")):
            return stage.skip("tracks and model have not changed")
        with session(master=spark.master, memory=spark.memory) as active:
            made = _analyze(active, catalogue, model, limits, stage, {"inputs": inputs, "parameters": parameters})
        catalogue.publish(made, model=model.name)
        catalogue.clear_work("analyze")


def _analyze(
    spark: "SparkSession",
    catalogue: Catalogue,
    model: Path,
    limits: DecodeLimits,
    stage: Stage,
    origin: dict[str, Any],
) -> dict[str, str]:
    from pyspark.sql import functions as f

    tracks = read_table(spark, catalogue, "tracks").where("audio_file is not null")
    tracks = tracks.select("track_id", "row", "source", "audio_file")
    work = catalogue.work("analyze", model.name)
    stored = _stored(spark, catalogue, work, model.name)
    stamps = stored.groupBy("audio_file").agg(f.collect_list(f.struct(*STAMP)).alias("stamps"))
    files = tracks.select("audio_file").distinct()
    total = files.count()
    tasks = max(LEAST_TASKS, total // FILES_PER_TASK)
    todo = files.join(stamps, "audio_file", "left").repartition(tasks).select(*FILES.names)
    analyse = partial(analyse_batches, folder=str(work), model=str(model), limits=limits)
    with watch_shards(work, total):
        status = spark.createDataFrame(map_batches(todo, analyse, STATUS).toArrow(), spark_schema(STATUS))
    stage.count("files", total)
    stage.count("reused", status.where("reused").count())
    results = _stored(spark, catalogue, work, model.name).join(
        f.broadcast(status.drop("reused")), ["audio_file", *STAMP]
    )
    return _assemble(spark, catalogue, tracks.join(results.dropDuplicates(["audio_file"]), "audio_file"), stage, origin)


def _stored(spark: "SparkSession", catalogue: Catalogue, work: Path, model: str) -> "DataFrame":
    """Analyses by this model that need not be made again, ANALYSED: the shards', then the published ones."""
    from pyspark.sql import functions as f

    shards = spark.read.schema(spark_schema(ANALYSED)).parquet(str(work))
    if not catalogue.has("segments") or not catalogue.has("embeddings"):
        return shards
    vectors = read_table(spark, catalogue, "embeddings").select("track_id", "vector")
    published = read_table(spark, catalogue, "segments").where(f.col("model") == model)
    return shards.unionByName(published.join(vectors, "track_id").select(*ANALYSED.names))


def _assemble(
    spark: "SparkSession", catalogue: Catalogue, analysed: "DataFrame", stage: Stage, origin: dict[str, Any]
) -> dict[str, str]:
    """Write `segments`, `embeddings` and the renewed `problems`; returns their sealed snapshots."""
    from pyspark.sql import functions as f

    fault = f.explode("faults").alias("fault")
    problems = analysed.select("track_id", "source", fault).select(
        "track_id", "source", f.lit("analyze").alias("stage"), f.lit("audio_path").alias("field"),
        f.col("fault.code").alias("code"), f.col("fault.message").alias("message"),
    )  # fmt: skip
    others = read_table(spark, catalogue, "problems").where("stage != 'analyze'")
    tables = {
        "segments": analysed.select(*SEGMENTS.names, "faults"),  # files that failed are kept too, and not tried again
        "embeddings": analysed.select(*EMBEDDINGS.names),
        "problems": others.unionByName(problems).coalesce(1),
    }
    made = {}
    for name, frame in tables.items():
        staging = catalogue.stage(name)
        frame.write.mode("overwrite").parquet(str(staging))
        made[name] = catalogue.seal(name, staging, **origin)
    stage.count("tracks_with_audio", catalogue.sealed("segments", made["segments"]).rows)
    stage.count("without_sound", analysed.where(f.length("codes") == 0).count())
    return made
