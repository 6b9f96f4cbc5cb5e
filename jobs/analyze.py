"""`unisono analyze`: audio files become the tables `segments` and `embeddings`.

The unit of work is a file, by path, size and time of change: one that several tracks name is analysed once, one that
was analysed by an earlier run or before a crash is not analysed again. Workers store what they have every few files as
a shard in the catalogue's work folder (`jobs.analysis`); the tables are assembled from the shards and from what is
published, and published together. What was heard of files that are gone, as they are while a disk is not there, stays
in the work folder until they are back; for some days where no track names them either, as of a folder that is a source.
"""

import hashlib
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from audio.decode import DecodeLimits
from catalog.errors import ModelError
from catalog.runs import Run, Stage
from catalog.schema import EMBEDDINGS, SEGMENTS
from catalog.store import Catalogue
from dedup.sound import CODE_BYTES
from jobs.analysis import ABSENT, ANALYSED, FILES, STATUS, analyse_batches, stamp_of
from jobs.columns import map_batches, read_parquet, read_table
from jobs.model_folder import model_digest
from jobs.options import AnalyzeOptions, SparkOptions, recorded
from jobs.progress import watch_shards
from jobs.spark import session
from jobs.summary import print_stages

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FILES_PER_TASK = 100
LEAST_TASKS = 8
STAMP = ("file_size", "file_mtime_ns")
AUDIO_TABLES = ("segments", "embeddings")
GONE = "gone"
DAY_S = 24 * 60 * 60.0
KEPT_DAYS = 30
"""How long an analysis outlives the last track that named its file."""

WAITING = ANALYSED.append(pa.field("left_s", pa.float64()))
"""Analyses in the work folder; where no track named the file any more, since when, in seconds since 1970."""

TRACK_ANALYSES = pa.schema([("track_id", pa.string()), ("row", pa.int64()), ("source", pa.string()), *ANALYSED])


def analyze(catalogue_dir: Path, options: AnalyzeOptions, spark: SparkOptions) -> None:
    """Analyse the audio of the ingested tracks. Raises CatalogError without tracks, ModelError without a model."""
    catalogue = Catalogue.open(catalogue_dir)
    with catalogue.lock(), catalogue.run("analyze", recorded([], options, spark)) as run:
        analyze_stage(catalogue, run, options, spark)
    print_stages(run)


def analyze_stage(catalogue: Catalogue, run: Run, options: AnalyzeOptions, spark: SparkOptions) -> None:
    """The stage `analyze`; skipped where tracks, their files, model and limits are those of the published tables."""
    from models import released_model

    model = (options.model or released_model()).absolute()
    limits = DecodeLimits(max_seconds=options.max_seconds, timeout_s=options.timeout_s)
    with run.stage("analyze") as stage:
        inputs: dict[str, Any] = {"tracks": catalogue.path("tracks").name, "audio": audio_stamps(catalogue)}
        parameters = {
            "model": model.name,
            "model_digest": model_digest(model),
            "model_folder": None if options.model is None else str(model),  # the released one is wherever we are
            **asdict(limits),
        }
        if all(catalogue.is_current(name, inputs=inputs, parameters=parameters) for name in AUDIO_TABLES):
            return stage.skip("tracks, their audio and the model have not changed")
        if not inputs["audio"]["files"] and not catalogue.has("segments"):
            return stage.skip("no track has audio")
        check_model(model)
        origin = {"inputs": inputs, "parameters": parameters}
        with session(master=spark.master, memory=spark.memory) as active:
            made = _analyze(active, catalogue, model, limits, stage, origin)
        catalogue.publish(made, model=model.name)
        catalogue.clear_work("analyze")
        key = _key(parameters)
        (catalogue.work("analyzed", key) / GONE).rename(catalogue.work("analyze", key))
        catalogue.clear_work("analyzed")


def audio_stamps(catalogue: Catalogue) -> dict[str, Any]:
    """How many audio files the tracks name, and a digest of their sizes and times of change."""
    digest, files = hashlib.sha256(), 0
    for batch in catalogue.dataset("tracks").to_batches(columns=["audio_file"]):
        for path in batch.column(0).drop_null().to_pylist():
            files += 1
            digest.update(f"{path}\0{stamp_of(Path(path))}\n".encode("utf-8", "surrogateescape"))
    return {"files": files, "digest": digest.hexdigest()}


def check_model(model: Path) -> None:
    """Raises ModelError where the model is damaged, which else each worker would find, and Spark tell at length.

    Likewise where its codes are of another size than those of catalogues.
    """
    from embeddings.encode import Encoder

    bits = Encoder.quick(model).config.identity
    if bits != 8 * CODE_BYTES:
        raise ModelError(
            f"{model} gives codes of {bits} bits, but catalogues hold codes of {8 * CODE_BYTES}; train it anew"
        )


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
    key = _key(origin["parameters"])
    work, statuses = catalogue.work("analyze", key), catalogue.work("analyzed", key)
    stamps = _stored(spark, catalogue, work, origin["parameters"]).groupBy("audio_file").agg(
        f.collect_list(f.struct(*STAMP)).alias("stamps")
    )  # fmt: skip
    files = tracks.select("audio_file").distinct()
    total = origin["inputs"]["audio"]["files"]
    tasks = max(LEAST_TASKS, total // FILES_PER_TASK)
    todo = files.join(stamps, "audio_file", "left").repartition(tasks).select(*FILES.names)
    analyse = partial(analyse_batches, folder=str(work), model=str(model), limits=limits)
    with watch_shards(work, total):
        map_batches(todo, analyse, STATUS).write.mode("overwrite").parquet(str(statuses / "status"))
    status = read_parquet(spark, statuses / "status", STATUS)
    stage.count("files", status.count())
    stage.count("reused", status.where("reused").count())
    stored = _stored(spark, catalogue, work, origin["parameters"])
    _waiting(stored, status).write.mode("overwrite").parquet(str(statuses / GONE))
    renamed = stored.drop("left_s").withColumn("model", f.lit(model.name))  # its folder may have another name by now
    results = renamed.join(status.drop("reused"), ["audio_file", *STAMP])
    analysed = tracks.join(results.dropDuplicates(["audio_file"]), "audio_file")
    analysed.write.mode("overwrite").parquet(str(statuses / "analysed"))
    return _assemble(spark, catalogue, read_parquet(spark, statuses / "analysed", TRACK_ANALYSES), stage, origin)


def _waiting(stored: "DataFrame", status: "DataFrame") -> "DataFrame":
    """The analyses of files that are gone, WAITING."""
    from pyspark.sql import functions as f

    now, found = time.time(), f.col("found")
    known = stored.join(status.select("audio_file", f.col("file_size").alias("found")), "audio_file", "left")
    left = f.when(found.isNull(), f.coalesce("left_s", f.lit(now)))
    lately = f.coalesce("left_s", f.lit(now)) > now - KEPT_DAYS * DAY_S
    waiting = known.withColumn("left_s", left).where((found == ABSENT) | (found.isNull() & lately))
    return waiting.where(f.col("file_size") != ABSENT).drop("found").dropDuplicates(["audio_file", *STAMP])


def _key(parameters: dict[str, Any]) -> str:
    """Names the work folders of what is analysed so, wherever the model lies."""
    return hashlib.sha256(repr(sorted((parameters | {"model_folder": None}).items())).encode()).hexdigest()[:16]


def _heard_with(parameters: dict[str, Any]) -> dict[str, Any]:
    """Without how the model's folder is called and where it lies: its digest says which one it is."""
    return {name: value for name, value in parameters.items() if name not in ("model", "model_folder")}


def _stored(spark: "SparkSession", catalogue: Catalogue, work: Path, parameters: dict[str, Any]) -> "DataFrame":
    """Analyses that need not be made again, WAITING: the shards', then those published from the same parameters."""
    shards = read_parquet(spark, work, WAITING)
    heard = _heard_with(parameters)
    published = [catalogue.has(name) and catalogue.manifest(name).parameters for name in AUDIO_TABLES]
    if not all(known and _heard_with(known) == heard for known in published):
        return shards
    vectors = read_table(spark, catalogue, "embeddings").select("track_id", "vector")
    segments = read_table(spark, catalogue, "segments").join(vectors, "track_id")
    return shards.unionByName(segments.select(*ANALYSED.names), allowMissingColumns=True)


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
