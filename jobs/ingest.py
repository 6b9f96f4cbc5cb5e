"""`unisono ingest`: sources become the tables `tracks` and `problems`.

Sources are first copied, as delivered, into Parquet (the driver streams them in bounded memory, so a source that
changes meanwhile does no harm); Spark then profiles every source (what unit are its durations in, how are its titles
laid out) and normalises with those profiles. A second record with a track id that is taken becomes a problem.
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.fingerprint import fingerprint
from catalog.normalise import normalise
from catalog.problems import Problem, problem_batch
from catalog.profile import SourceProfile, merge_profiles, profile_sources
from catalog.runs import Run, Stage
from catalog.schema import DELIVERED, PROBLEMS, TRACKS
from catalog.sources import SourceSpec, read_source
from catalog.store import Catalogue
from jobs.columns import map_batches, spark_schema
from jobs.options import IngestOptions, SparkOptions
from jobs.spark import session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NUMBERED = DELIVERED.append(pa.field("row", pa.int64()))
FLAWS = pa.field("flaws", pa.list_(pa.struct([(name, pa.string()) for name in ("field", "code", "message")])))
NORMALISED = TRACKS.append(FLAWS)  # a track keeps what normalisation found wrong with it
PROFILES = pa.schema([("source", pa.string()), ("profile", pa.string())])


def ingest(catalogue_dir: Path, sources: Sequence[Path], options: IngestOptions, spark: SparkOptions) -> None:
    """Read `sources` into a catalogue, replacing its tracks. Raises SourceError and CatalogError."""
    catalogue = Catalogue.create(catalogue_dir)
    with catalogue.lock(), catalogue.run("ingest", {"sources": [str(path) for path in sources]}) as run:
        ingest_stage(catalogue, run, sources, options, spark)


def ingest_stage(
    catalogue: Catalogue, run: Run, sources: Sequence[Path], options: IngestOptions, spark: SparkOptions
) -> None:
    """The stage `ingest` of a run; skipped where the published tracks were made from the same files and options."""
    with run.stage("ingest") as stage:
        inputs = {"sources": [fingerprint(path) for path in sources]}
        parameters = {"columns": options.columns, "source_name": options.source_name}
        if catalogue.is_current("tracks", inputs=inputs, parameters=parameters):
            return stage.skip("the sources have not changed")
        specs = [SourceSpec(path, name=options.source_name, columns=options.columns) for path in sources]
        delivered = catalogue.work("ingest", run.run)
        stage.count("delivered", _deliver(specs, delivered))
        with session(master=spark.master, memory=spark.memory) as active:
            made = _normalise(active, catalogue, delivered, inputs, parameters, stage)
        catalogue.publish(made)
        catalogue.clear_work("ingest", run.run)


def _deliver(specs: Sequence[SourceSpec], folder: Path) -> int:
    """Copy the sources into `folder`/tracks and what was wrong with them into `folder`/problems; returns the rows."""
    problems: list[Problem] = []
    row = 0
    (folder / "tracks").mkdir(exist_ok=True)
    for number, spec in enumerate(specs):
        with pq.ParquetWriter(folder / "tracks" / f"{number:05d}.parquet", NUMBERED) as writer:
            for batch in read_source(spec, on_problem=problems.append):
                rows = pa.array(range(row, row + batch.num_rows), pa.int64())
                writer.write_batch(batch.append_column("row", rows))
                row += batch.num_rows
    (folder / "problems").mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_batches([problem_batch(problems)], PROBLEMS), folder / "problems" / "0.parquet")
    return row


def _normalise(
    spark: "SparkSession",
    catalogue: Catalogue,
    delivered: Path,
    inputs: dict[str, Any],
    parameters: dict[str, Any],
    stage: Stage,
) -> dict[str, str]:
    records = spark.read.schema(spark_schema(NUMBERED)).parquet(str(delivered / "tracks"))
    profiles = _profiles(records)
    accepted, refused = _distinct(records)
    tracks_folder, problems_folder = catalogue.stage("tracks"), catalogue.stage("problems")
    tracks = map_batches(accepted, partial(normalise_batches, profiles=profiles), NORMALISED)
    tracks.write.mode("overwrite").parquet(str(tracks_folder))
    known = spark.read.schema(spark_schema(PROBLEMS)).parquet(str(delivered / "problems"))
    found = _flaws(spark.read.schema(spark_schema(NORMALISED)).parquet(str(tracks_folder)))
    known.unionByName(found).unionByName(refused).coalesce(1).write.mode("overwrite").parquet(str(problems_folder))
    made = {
        name: catalogue.seal(name, folder, inputs=inputs, parameters=parameters)
        for name, folder in (("tracks", tracks_folder), ("problems", problems_folder))
    }
    stage.count("tracks", catalogue.sealed("tracks", made["tracks"]).rows)
    stage.count("problems", catalogue.sealed("problems", made["problems"]).rows)
    return made


def _profiles(records: "DataFrame") -> dict[str, SourceProfile]:
    """The profile of every source, merged over its partitions."""
    merged: dict[str, SourceProfile] = {}
    for found in map_batches(records, profile_batches, PROFILES).toLocalIterator():
        merged = merge_profiles(merged, {found["source"]: SourceProfile.from_json(found["profile"])})
    return merged


def profile_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """One row (source, profile as JSON) for every source of a partition."""
    merged: dict[str, SourceProfile] = {}
    for batch in batches:
        merged = merge_profiles(merged, profile_sources(batch))
    columns = [list(merged), [profile.to_json() for profile in merged.values()]]
    yield pa.record_batch([pa.array(column, pa.string()) for column in columns], schema=PROFILES)


def normalise_batches(
    batches: Iterator[pa.RecordBatch], *, profiles: dict[str, SourceProfile]
) -> Iterator[pa.RecordBatch]:
    """Numbered DELIVERED batches to NORMALISED."""
    for batch in batches:
        rows = batch.column("row")
        tracks, problems = normalise(batch.select(DELIVERED.names), profiles, 0)
        columns = [rows if name == "row" else tracks.column(name) for name in TRACKS.names]
        yield pa.record_batch([*columns, _flaws_of(tracks, problems)], schema=NORMALISED)


def _flaws_of(tracks: pa.RecordBatch, problems: pa.RecordBatch) -> pa.Array:
    """The problems of a batch, as one list a track (ids are distinct by now)."""
    found: dict[str, list[dict[str, str]]] = {}
    for problem in problems.select(["track_id", "field", "code", "message"]).to_pylist():
        found.setdefault(problem.pop("track_id"), []).append(problem)
    return pa.array([found.get(track, []) for track in tracks.column("track_id").to_pylist()], FLAWS.type)


def _distinct(records: "DataFrame") -> tuple["DataFrame", "DataFrame"]:
    """The records to take, and a problem for each whose track id an earlier record has."""
    from pyspark.sql import functions as f

    first = records.groupBy("track_id").agg(f.min("row").alias("first"), f.count("*").alias("times"))
    repeated = f.broadcast(first.where("times > 1").drop("times"))
    joined = records.join(repeated, "track_id", "left")
    accepted = joined.where("first is null or row = first").select(*NUMBERED.names)
    message = f.concat(f.col("place"), f.lit(": track_id "), f.col("track_id"), f.lit(" is taken by an earlier record; "
                       "this one was left out; give it an id of its own"))  # fmt: skip
    refused = joined.where("row > first").select(
        "track_id", "source", f.lit("ingest").alias("stage"), f.lit("track_id").alias("field"),
        f.lit("duplicate_id").alias("code"), message.alias("message"),
    )  # fmt: skip
    return accepted, refused


def _flaws(tracks: "DataFrame") -> "DataFrame":
    """Problems of normalisation, one row each."""
    from pyspark.sql import functions as f

    flaws = tracks.select("track_id", "source", f.explode("flaws").alias("flaw"))
    return flaws.select("track_id", "source", f.lit("ingest").alias("stage"), "flaw.field", "flaw.code", "flaw.message")


def describe_profiles(profiles: dict[str, SourceProfile]) -> str:
    """What was inferred about every source, as JSON for the run's record."""
    return json.dumps({source: json.loads(profile.to_json()) for source, profile in profiles.items()})
