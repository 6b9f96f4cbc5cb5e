"""`unisono index`: embeddings and segments become the search index that `similar` and `identify` open."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.runs import Run
from catalog.store import Catalogue
from dedup.sound import CODE_BYTES
from jobs.audio_pairs import stacked
from jobs.cards import Cards
from jobs.options import IndexOptions, bytes_of, recorded
from jobs.summary import print_stages

BATCH = 1024
BLOCK = 65_536


def index(catalogue_dir: Path, options: IndexOptions) -> None:
    """Build the index of the analysed tracks. Raises CatalogError where no audio was analysed."""
    catalogue = Catalogue.open(catalogue_dir)
    catalogue.path("embeddings")
    with catalogue.lock(), catalogue.run("index", recorded([], options)) as run:
        index_stage(catalogue, run, options)
        if catalogue.has("tracks"):
            Cards.open(catalogue.root, catalogue.state)  # so that the first question need not wait for them
    print_stages(run)


def index_stage(catalogue: Catalogue, run: Run, options: IndexOptions) -> None:
    """The stage `index`; skipped where nothing was analysed or the index is of the published tables."""
    from embeddings.index import FORMAT, TrackIndex
    from embeddings.index_choice import Goal
    from embeddings.index_segments import SegmentIndex
    from jobs.index_update import published_index, updated_index

    goal = Goal(options.recall, bytes_of(options.memory))
    with run.stage("index") as stage:
        if not catalogue.has("embeddings"):
            return stage.skip("no audio was analysed")
        inputs = {name: catalogue.path(name).name for name in ("embeddings", "segments")}
        model = {"model": catalogue.state.model, "model_digest": _digest_of_model(catalogue)}
        parameters: dict[str, object] = {**model, "format": FORMAT, **asdict(options)}
        published = published_index(catalogue, parameters)
        if published and catalogue.is_current("index", inputs=inputs, parameters=parameters):
            return stage.skip("segments and embeddings have not changed")
        staging = catalogue.stage_index()
        tracks = updated_index(catalogue, published, staging) if published else None
        stage.count("updated", int(tracks is not None))
        if tracks is None:
            tracks = TrackIndex.build_blocks(_vectors(catalogue), staging, goal=goal)
        if not len(tracks):
            catalogue.withdraw_index()  # what was heard before is heard no more
            return stage.skip("no audio could be analysed; see the table problems")
        segments = SegmentIndex.build(_codes(catalogue), staging)
        catalogue.publish(index=catalogue.seal_index(staging, inputs=inputs, parameters=parameters))
        stage.count("tracks", len(tracks))
        stage.count("segments", segments.facts.entries)
        stage.count("recall_at_10", tracks.facts.recall_at_10)
        stage.count("segment_recall_at_10", segments.facts.recall_at_10)


def _digest_of_model(catalogue: Catalogue) -> object:
    """What tells two models of one name apart."""
    return catalogue.manifest("embeddings").parameters.get("model_digest")


def _vectors(catalogue: Catalogue) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Rows `[b]` and similarity vectors `[b, d]` of the tracks that have one, block by block."""
    for batch in catalogue.dataset("embeddings").to_batches(columns=["row", "vector"], batch_size=BLOCK):
        table = pa.Table.from_batches([batch]).filter(pc.field("vector").is_valid())
        if len(table):
            yield table.column("row").to_numpy(), stacked(table.column("vector"))


def _codes(catalogue: Catalogue) -> Iterator[tuple[int, NDArray[np.uint8], NDArray[np.bool_]]]:
    """Row, codes and audible marks of every analysed track, streamed."""
    for batch in catalogue.dataset("segments").to_batches(columns=["row", "codes", "audible"], batch_size=BATCH):
        for row, codes, audible in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if codes:
                marks = np.frombuffer(audible, np.uint8).astype(bool)
                yield row, np.frombuffer(codes, np.uint8).reshape(-1, CODE_BYTES), marks
