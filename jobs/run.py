"""`unisono run`: ingest, analyze, dedup and index in one Spark session and one run record; each stage resumes."""

from collections.abc import Sequence
from pathlib import Path

from catalog.store import Catalogue
from jobs.analyze import analyze_stage
from jobs.cards import Cards
from jobs.dedup import dedup_stages
from jobs.index import index_stage
from jobs.ingest import ingest_stage
from jobs.options import AnalyzeOptions, DedupOptions, IndexOptions, IngestOptions, SparkOptions, recorded
from jobs.spark import keep_session
from jobs.summary import print_summary


def run(
    catalogue_dir: Path,
    sources: Sequence[Path],
    ingest: IngestOptions,
    analyze: AnalyzeOptions,
    dedup: DedupOptions,
    spark: SparkOptions,
    index: IndexOptions | None = None,
) -> None:
    """Bring the catalogue up to date with `sources`. Raises SourceError, CatalogError, ModelError, SetupError."""
    catalogue = Catalogue.create(catalogue_dir)
    index = index or IndexOptions()
    parameters = recorded(sources, ingest, analyze, dedup, spark, index)
    with catalogue.lock(), catalogue.run("run", parameters) as record, keep_session():
        catalogue.prune()  # what crashed runs left may fill the disk
        ingest_stage(catalogue, record, sources, ingest, spark)
        if ingest.audio:
            analyze_stage(catalogue, record, analyze, spark)
        dedup_stages(catalogue, record, dedup, spark)
        index_stage(catalogue, record, index)
        Cards.open(catalogue.root, catalogue.state)  # so that the first question need not wait for them
        catalogue.prune()
    print_summary(catalogue, record)
