"""`unisono index`: embeddings and segments become the search index that `similar` and `identify` open."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.runs import Run
from catalog.store import Catalogue
from dedup.sound import CODE_BYTES
from jobs.audio_pairs import stacked
from jobs.options import SparkOptions

BATCH = 1024


def index(catalogue_dir: Path, spark: SparkOptions) -> None:
    """Build the index of the analysed tracks. Raises CatalogError where no audio was analysed."""
    catalogue = Catalogue.open(catalogue_dir)
    catalogue.path("embeddings")
    with catalogue.lock(), catalogue.run("index", {"master": spark.master}) as run:
        index_stage(catalogue, run)


def index_stage(catalogue: Catalogue, run: Run) -> None:
    """The stage `index`; skipped where nothing was analysed or the index is of the published tables."""
    from embeddings.index import SegmentIndex, TrackIndex

    with run.stage("index") as stage:
        if not catalogue.has("embeddings"):
            return stage.skip("no audio was analysed")
        inputs = {name: catalogue.path(name).name for name in ("embeddings", "segments")}
        if catalogue.is_current("index", inputs=inputs, parameters={}):
            return stage.skip("segments and embeddings have not changed")
        vectors, rows = _vectors(catalogue)
        if not len(rows):
            return stage.skip("no audio could be analysed; see the table problems")
        staging = catalogue.stage_index()
        tracks = TrackIndex.build(vectors, rows, staging)
        segments = SegmentIndex.build(_codes(catalogue), staging)
        catalogue.publish(index=catalogue.seal_index(staging, inputs=inputs, parameters={}))
        stage.count("tracks", tracks.facts.entries)
        stage.count("segments", segments.facts.entries)
        stage.count("recall_at_10", tracks.facts.recall_at_10)
        stage.count("segment_recall_at_10", segments.facts.recall_at_10)


def _vectors(catalogue: Catalogue) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Similarity vectors `[n, d]` of the tracks that have one, and their rows `[n]`."""
    table = catalogue.read("embeddings", columns=["row", "vector"])
    table = table.filter(table.column("vector").is_valid())
    if not len(table):
        return np.empty((0, 0), np.float32), np.empty(0, np.int64)
    return stacked(table.column("vector")), table.column("row").to_numpy()


def _codes(catalogue: Catalogue) -> Iterator[tuple[int, NDArray[np.uint8], NDArray[np.bool_]]]:
    """Row, codes and audible marks of every analysed track, streamed."""
    for batch in catalogue.dataset("segments").to_batches(columns=["row", "codes", "audible"], batch_size=BATCH):
        for row, codes, audible in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if codes:
                marks = np.frombuffer(audible, np.uint8).astype(bool)
                yield row, np.frombuffer(codes, np.uint8).reshape(-1, CODE_BYTES), marks
