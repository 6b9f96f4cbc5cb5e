"""Commands that build a catalogue: `run`, and the stages that it consists of."""

from typing import Annotated

import typer

from jobs import cli_options as given
from jobs.cli_options import BUILD, column_names, examples
from jobs.options import AnalyzeOptions, DedupOptions, IndexOptions, IngestOptions, SparkOptions


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `app`."""
    for command, lines in (
        (run, ["unisono run tracks.csv --catalog cat", "unisono run label.csv songs/ --catalog cat --map Song=title"]),
        (ingest, ["unisono ingest tracks.csv --catalog cat --source label", "unisono ingest songs/ --catalog cat"]),
        (analyze, ["unisono analyze --catalog cat", "unisono analyze --catalog cat --master spark://host:7077"]),
        (dedup, ["unisono dedup --catalog cat", "unisono dedup --catalog cat --unique-within source"]),
        (index, ["unisono index --catalog cat", "unisono index --catalog cat --recall 0.99 --memory 4GB"]),
    ):
        app.command(rich_help_panel=BUILD, epilog=examples(*lines))(command)


def run(
    sources: given.Sources,
    catalog: given.Catalog,
    renamed: given.Renamed = None,
    source: given.SourceName = None,
    unique_within: given.UniqueWithin = None,
    audio: given.Audio = True,
    model: given.Model = None,
    max_seconds: given.MaxSeconds = AnalyzeOptions.max_seconds,
    timeout: given.Timeout = AnalyzeOptions.timeout_s,
    false_merge_rate: given.FalseMergeRate = DedupOptions.false_merge_rate,
    labels: given.Labels = None,
    artists: given.Artists = DedupOptions.artists,
    recall: given.IndexRecall = IndexOptions.recall,
    index_memory: given.IndexMemory = IndexOptions.memory,
    master: given.Master = SparkOptions.master,
    memory: given.Memory = None,
) -> None:
    """Read sources, analyse their audio, find duplicates and build the index: all stages, resuming what was killed."""
    from jobs.run import run as run_all

    reading = IngestOptions(column_names(renamed), source, unique_within, audio)
    hearing = AnalyzeOptions(model=model, max_seconds=max_seconds, timeout_s=timeout)
    deciding = DedupOptions(
        unique_within=unique_within, false_merge_rate=false_merge_rate, labels=labels, artists=artists
    )
    indexing = IndexOptions(recall=recall, memory=index_memory)
    run_all(catalog, sources, reading, hearing, deciding, SparkOptions(master=master, memory=memory), indexing)


def ingest(
    sources: given.Sources,
    catalog: given.Catalog,
    renamed: given.Renamed = None,
    source: given.SourceName = None,
    unique_within: given.UniqueWithin = None,
    audio: given.Audio = True,
    master: given.Master = SparkOptions.master,
    memory: given.Memory = None,
) -> None:
    """Read sources into the tables tracks and problems: every value as delivered, beside what it means."""
    from jobs.ingest import ingest as read_sources

    options = IngestOptions(column_names(renamed), source, unique_within, audio)
    read_sources(catalog, sources, options, SparkOptions(master=master, memory=memory))


def analyze(
    catalog: given.Catalog,
    model: given.Model = None,
    max_seconds: given.MaxSeconds = AnalyzeOptions.max_seconds,
    timeout: given.Timeout = AnalyzeOptions.timeout_s,
    master: given.Master = SparkOptions.master,
    memory: given.Memory = None,
) -> None:
    """Listen to the audio: tables segments (what identifies a recording) and embeddings (what it sounds like)."""
    from jobs.analyze import analyze as analyze_audio

    options = AnalyzeOptions(model=model, max_seconds=max_seconds, timeout_s=timeout)
    analyze_audio(catalog, options, SparkOptions(master=master, memory=memory))


def dedup(
    catalog: given.Catalog,
    unique_within: given.UniqueWithin = None,
    false_merge_rate: given.FalseMergeRate = DedupOptions.false_merge_rate,
    artists: given.Artists = DedupOptions.artists,
    labels: given.Labels = None,
    truth: given.Truth = None,
    master: given.Master = SparkOptions.master,
    memory: given.Memory = None,
) -> None:
    """Decide what is the same: the tables matches (pairs and evidence), recordings and artists."""
    from jobs.dedup import dedup as find_duplicates

    options = DedupOptions(
        unique_within=unique_within, false_merge_rate=false_merge_rate, artists=artists, truth=truth, labels=labels
    )
    find_duplicates(catalog, options, SparkOptions(master=master, memory=memory))


def index(
    catalog: given.Catalog,
    recall: given.IndexRecall = IndexOptions.recall,
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help="Memory that the index may take, such as 2GB.")
    ] = IndexOptions.memory,
) -> None:
    """Build the search index that similar and identify look things up in."""
    from jobs.index import index as build_index

    build_index(catalog, IndexOptions(recall=recall, memory=memory))
