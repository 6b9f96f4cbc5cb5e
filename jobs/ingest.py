"""`unisono ingest`: sources become the tables `tracks` and `problems`.

Sources are first copied, as delivered, into Parquet (the driver streams them in bounded memory, so a source that
changes meanwhile does no harm); Spark then profiles every source (what unit are its durations in, how are its titles
laid out) and normalises with those profiles.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.fingerprint import fingerprint
from catalog.normalise import normalise
from catalog.problems import ProblemLog
from catalog.profile import SourceProfile, merge_profiles, profile_sources
from catalog.runs import Run, Stage
from catalog.schema import DELIVERED, PROBLEMS, TRACKS
from catalog.sources import SourceSpec, read_source
from catalog.store import Catalogue
from jobs.columns import map_batches, read_parquet
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
        parameters = asdict(options)
        if catalogue.is_current("tracks", inputs=inputs, parameters=parameters):
            return stage.skip("the sources have not changed")
        names = _names(sources, options.source_name)
        alone = len(sources) == 1
        specs = [_spec(path, name, options, alone=alone) for path, name in zip(sources, names, strict=True)]
        catalogue.clear_work("ingest")  # what a killed run left
        delivered = catalogue.work("ingest", run.run)
        stage.count("delivered", _deliver(specs, delivered))
        with session(master=spark.master, memory=spark.memory) as active:
            made = _normalise(active, catalogue, delivered, inputs, parameters, stage)
        catalogue.publish(made)
        catalogue.clear_work("ingest", run.run)


def _spec(path: Path, name: str | None, options: IngestOptions, *, alone: bool) -> SourceSpec:
    """What to read and how; a folder beside tables has tags, to which the mapping of their columns does not apply."""
    return SourceSpec(path, name, {} if path.is_dir() and not alone else options.columns)


def _names(sources: Sequence[Path], given: str | None) -> list[str | None]:
    """The name of each source: the given one, else its file's, with the folder's before it where two are alike."""
    stems = [path.absolute().stem for path in sources]
    return [
        f"{path.absolute().parent.name}-{stem}" if given is None and stems.count(stem) > 1 else given
        for path, stem in zip(sources, stems, strict=True)
    ]


def _deliver(specs: Sequence[SourceSpec], folder: Path) -> int:
    """Copy the sources into `folder`/tracks and what was wrong with them into `folder`/problems; returns the rows."""
    (folder / "tracks").mkdir(exist_ok=True)
    (folder / "problems").mkdir(exist_ok=True)
    log, row = ProblemLog(), 0
    with pq.ParquetWriter(folder / "problems" / "0.parquet", PROBLEMS) as problems:
        for number, spec in enumerate(specs):
            with pq.ParquetWriter(folder / "tracks" / f"{number:05d}.parquet", NUMBERED) as tracks:
                for batch in read_source(spec, on_problem=log.add):
                    rows = pa.array(range(row, row + batch.num_rows), pa.int64())
                    tracks.write_batch(batch.append_column("row", rows))
                    problems.write_batch(log.drain())
                    row += batch.num_rows
            problems.write_batch(log.drain())
    return row


def _normalise(
    spark: "SparkSession",
    catalogue: Catalogue,
    delivered: Path,
    inputs: dict[str, Any],
    parameters: dict[str, Any],
    stage: Stage,
) -> dict[str, str]:
    records = read_parquet(spark, delivered / "tracks", NUMBERED)
    profiles = _profiles(records)
    accepted, refused = _distinct(records)
    tracks_folder, problems_folder = catalogue.stage("tracks"), catalogue.stage("problems")
    tracks = map_batches(accepted, partial(normalise_batches, profiles=profiles, audio=parameters["audio"]), NORMALISED)
    tracks.write.mode("overwrite").parquet(str(tracks_folder))
    known = read_parquet(spark, delivered / "problems", PROBLEMS)
    found = _flaws(read_parquet(spark, tracks_folder, NORMALISED))
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
    for found in map_batches(records, profile_batches, PROFILES).collect():
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
    batches: Iterator[pa.RecordBatch], *, profiles: dict[str, SourceProfile], audio: bool = True
) -> Iterator[pa.RecordBatch]:
    """Numbered DELIVERED batches to NORMALISED; without `audio` no file is named."""
    for batch in batches:
        rows = batch.column("row")
        tracks, problems = normalise(batch.select(DELIVERED.names), profiles, 0)
        given = {"row": rows} | ({} if audio else {"audio_file": pa.nulls(batch.num_rows, pa.string())})
        columns = [given.get(name, tracks.column(name)) for name in TRACKS.names]
        yield pa.record_batch([*columns, _flaws_of(tracks, problems)], schema=NORMALISED)


def _flaws_of(tracks: pa.RecordBatch, problems: pa.RecordBatch) -> pa.Array:
    """The problems of a batch, as one list a track (ids are distinct by now)."""
    found: dict[str, list[dict[str, str]]] = {}
    for problem in problems.select(["track_id", "field", "code", "message"]).to_pylist():
        found.setdefault(problem.pop("track_id"), []).append(problem)
    return pa.array([found.get(track, []) for track in tracks.column("track_id").to_pylist()], FLAWS.type)


def _distinct(records: "DataFrame") -> tuple["DataFrame", "DataFrame"]:
    """The records to take, and a problem for each that is not, or not under its own id.

    A second record with the id of an earlier one is left out where the same source delivered both. Where another source
    did, its numbering is its own: the record is taken with the source's name before its id.
    """
    from pyspark.sql import functions as f

    held = records.groupBy("track_id", "source").agg(f.min("row").alias("own_row"))
    ids = records.groupBy("track_id").agg(f.min("row").alias("id_row"), f.count("*").alias("times")).where("times > 1")
    joined = records.join(f.broadcast(held.join(ids, "track_id")), ["track_id", "source"], "left")
    named = f.concat("source", f.lit(":"), "track_id")
    accepted = joined.where("own_row is null or row = own_row")
    renamed = accepted.withColumn(
        "track_id", f.when(f.col("row") > f.col("id_row"), named).otherwise(f.col("track_id"))
    )
    refused = _told(
        joined.where("row > own_row"), "duplicate_id", "is taken by an earlier record; this one was left out"
    )
    shared = _told(
        accepted.where("row > id_row"), "shared_id", "is taken by another source; this one has its source before it"
    )
    return renamed.select(*NUMBERED.names), refused.unionByName(shared)


def _told(records: "DataFrame", code: str, what: str) -> "DataFrame":
    """A problem with its track id for every record."""
    from pyspark.sql import functions as f

    message = f.concat("place", f.lit(": track_id "), "track_id", f.lit(f" {what}; give it an id of its own"))
    return records.select(
        "track_id", "source", f.lit("ingest").alias("stage"), f.lit("track_id").alias("field"),
        f.lit(code).alias("code"), message.alias("message"),
    )  # fmt: skip


def _flaws(tracks: "DataFrame") -> "DataFrame":
    """Problems of normalisation, one row each."""
    from pyspark.sql import functions as f

    flaws = tracks.select("track_id", "source", f.explode("flaws").alias("flaw"))
    return flaws.select("track_id", "source", f.lit("ingest").alias("stage"), "flaw.field", "flaw.code", "flaw.message")
