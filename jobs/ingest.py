"""`unisono ingest`: sources become the tables `tracks` and `problems`.

Sources are first copied, as delivered, into Parquet parts (the driver streams them in bounded memory, so a source that
changes meanwhile does no harm, and says what unit its durations are in and how its titles are laid out); Spark, which
starts meanwhile, then hands out the parts, and each task writes its own files of the tables.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pyarrow as pa

from catalog.cleaning import clean_part
from catalog.delivery import Delivered, Delivery
from catalog.earlier_ids import Earlier
from catalog.fingerprint import fingerprint, rules
from catalog.runs import Run
from catalog.sources import SourceSpec, read_source
from catalog.store import Catalogue
from jobs.columns import map_batches
from jobs.options import IngestOptions, SparkOptions, recorded
from jobs.spark import session, warm_up
from jobs.summary import print_stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

AHEAD_S = 1.0
"""How long reading goes on alone: what is wrong with the sources is mostly found at once, and needs no Spark."""

_PART = pa.schema([("id", pa.int64())])


def ingest(catalogue_dir: Path, sources: Sequence[Path], options: IngestOptions, spark: SparkOptions) -> None:
    """Read `sources` into a catalogue, replacing its tracks. Raises SourceError and CatalogError."""
    catalogue = Catalogue.create(catalogue_dir)
    with catalogue.lock(), catalogue.run("ingest", recorded(sources, options, spark)) as run:
        ingest_stage(catalogue, run, sources, options, spark)
    print_stages(run)


def ingest_stage(
    catalogue: Catalogue, run: Run, sources: Sequence[Path], options: IngestOptions, spark: SparkOptions
) -> None:
    """The stage `ingest` of a run; skipped where the published tracks were made from the same files and options."""
    with run.stage("ingest") as stage:
        inputs = {"sources": [fingerprint(path) for path in sources], "rules": rules("catalog")}
        parameters = asdict(options)
        if catalogue.is_current("tracks", inputs=inputs, parameters=parameters):
            return stage.skip("the sources have not changed")
        names = _names(sources, options.source_name)
        alone = len(sources) == 1
        specs = [_spec(path, name, options, alone=alone) for path, name in zip(sources, names, strict=True)]
        catalogue.clear_work("ingest")  # what a killed run left
        with _delivering(specs, catalogue.work("ingest", run.run), Earlier.of(catalogue)) as delivering:
            with suppress(TimeoutError):
                delivering.result(AHEAD_S)
            with session(master=spark.master, memory=spark.memory) as active:
                warm_up(active)  # while the sources are read
                delivered = delivering.result()
                tables = {name: catalogue.stage(name) for name in ("tracks", "problems")}
                _clean(active, delivered, **tables, audio=options.audio)
        made = {
            name: catalogue.seal(name, folder, inputs=inputs, parameters=parameters) for name, folder in tables.items()
        }
        stage.count("delivered", delivered.rows)
        for name, snapshot in made.items():
            stage.count(name, catalogue.sealed(name, snapshot).rows)
        catalogue.publish(made)
        catalogue.clear_work("ingest", run.run)


def _spec(path: Path, name: str | None, options: IngestOptions, *, alone: bool) -> SourceSpec:
    """What to read and how; a folder beside tables has tags, to which the mapping of their columns does not apply."""
    return SourceSpec(path, name, {} if path.is_dir() and not alone else options.columns)


def _names(sources: Sequence[Path], given: str | None) -> list[str | None]:
    """The name of each source: the given one, else its file's, with folders' before it until no two are alike."""
    paths = [path.absolute() for path in sources]
    stems = Counter(path.stem for path in paths)
    if given is not None or len(stems) == len(paths):
        return [given] * len(paths)
    beside = Counter((path.parent, path.stem) for path in set(paths))
    names = {path: path.name if beside[path.parent, path.stem] > 1 else path.stem for path in paths}
    for above in range(max(len(path.parents) for path in paths) - 1):
        again = Counter(names.values())
        names = {
            path: f"{path.parents[above].name}-{name}" if again[name] > 1 and above + 1 < len(path.parents) else name
            for path, name in names.items()
        }
    return [names[path] if stems[path.stem] > 1 else None for path in paths]


@contextmanager
def _delivering(specs: Sequence[SourceSpec], folder: Path, earlier: Earlier) -> Iterator[Future[Delivered]]:
    """Read the sources in the background while the body runs; its end, and so an interruption, ends the reading."""
    stopped = Event()
    with ThreadPoolExecutor(1) as thread:
        try:
            yield thread.submit(deliver, specs, folder, stopped, earlier)
        finally:
            stopped.set()


def deliver(specs: Sequence[SourceSpec], folder: Path, stopped: Event, earlier: Earlier | None = None) -> Delivered:
    """Copy the sources into `folder`, and note what is wrong with their records."""
    delivery = Delivery(folder, earlier)
    for spec in specs:
        for batch in read_source(spec, on_problem=delivery.note):
            if stopped.is_set():
                raise InterruptedError("the reading of the sources was stopped")
            delivery.add(batch)
    return delivery.finish()


def _clean(spark: "SparkSession", delivered: Delivered, tracks: Path, problems: Path, *, audio: bool) -> None:
    """One task a part: files of the tables in the folders `tracks` and `problems`, and `former.arrow` beside them."""
    numbers = spark.range(0, len(delivered.parts), 1, len(delivered.parts))
    delivered.problems.replace(problems / delivered.problems.name)
    delivered.former.replace(tracks / delivered.former.name)
    work = partial(clean_parts, delivered=delivered, tracks=tracks, problems=problems, audio=audio)
    map_batches(numbers, work, _PART).collect()


def clean_parts(
    batches: Iterator[pa.RecordBatch], *, delivered: Delivered, tracks: Path, problems: Path, audio: bool
) -> Iterator[pa.RecordBatch]:
    """Clean the parts whose numbers come; they are handed on when they are done."""
    for batch in batches:
        for number in batch.column(0).to_pylist():
            part, known = delivered.parts[number], delivered.known
            clean_part(part, tracks, problems, delivered.profiles, known=known, audio=audio)
        yield batch
