"""Bringing the published index up to date without building it anew, where few tracks came, went or changed.

Rows number the records of one delivery and change with the next, so tracks are known again by their ids, and unchanged
by a digest of their vectors.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.errors import CatalogError
from catalog.published import INDEX
from catalog.store import Catalogue
from embeddings.index import TrackIndex
from embeddings.index_segments import SegmentIndex
from embeddings.index_vectors import digests
from jobs.audio_pairs import stacked

BATCH = 65_536

Rows = NDArray[np.int64]


def updated_index(catalogue: Catalogue, published: TrackIndex, folder: Path) -> TrackIndex | None:
    """The published index with the changes of the table `embeddings`, in `folder`.

    None where they are too many, or where the table that the index was built from is gone or damaged.
    """
    try:
        before = catalogue.indexed("embeddings").to_table(columns=["row", "track_id"])
    except (CatalogError, OSError, pa.ArrowInvalid):
        return None
    before = before.filter(pa.array(published.holds(before.column("row").to_numpy())))
    rows = before.column("row").to_numpy()
    now, ids, told = _heard(catalogue)
    if not len(rows) or not len(now):
        return None
    place = pc.fill_null(pc.index_in(ids, before.column("track_id")), -1).to_numpy()
    same = (place >= 0) & (published.digests(rows)[np.maximum(place, 0)] == told)
    gone = np.ones(len(rows), bool)
    gone[place[same]] = False
    if not published.worth_updating(int((~same).sum()), int(gone.sum())) or catalogue.damage(INDEX):
        return None  # a damaged file would be shared, and sealed as it is
    renumber = np.column_stack([rows[place[same]], now[same]])
    return published.update(folder, add=_vectors_of(catalogue, now[~same]), remove=rows[gone], renumber=renumber)


def _heard(catalogue: Catalogue) -> tuple[Rows, pa.ChunkedArray, NDArray[np.uint64]]:
    """Row, id and digest of the vector of every track that has one; the vectors go by in blocks."""
    rows, ids, told = [np.empty(0, np.int64)], [], [np.empty(0, np.uint64)]
    for table in _tables(catalogue, ["row", "track_id", "vector"]):
        rows.append(table.column("row").to_numpy())
        ids += table.column("track_id").chunks
        told.append(digests(stacked(table.column("vector"))))
    return np.concatenate(rows), pa.chunked_array(ids, pa.string()), np.concatenate(told)


def _vectors_of(catalogue: Catalogue, rows: Rows) -> tuple[Rows, NDArray[np.float32]]:
    """These rows and their vectors `[n, d]`, in the order of the table."""
    found: list[Rows] = []
    vectors: list[NDArray[np.float32]] = []
    for table in _tables(catalogue, ["row", "vector"]):
        mine = np.isin(table.column("row").to_numpy(), rows)
        if mine.any() or not vectors:
            found.append(table.column("row").to_numpy()[mine])
            vectors.append(stacked(table.column("vector"))[mine])
    return np.concatenate(found), np.concatenate(vectors)


def _tables(catalogue: Catalogue, columns: list[str]) -> Iterator[pa.Table]:
    """Tracks of the table `embeddings` that have a vector, a block at a time."""
    for batch in catalogue.dataset("embeddings").to_batches(columns, batch_size=BATCH):
        table = pa.Table.from_batches([batch]).filter(pc.field("vector").is_valid())
        if len(table):
            yield table


def published_index(catalogue: Catalogue, parameters: dict[str, object]) -> TrackIndex | None:
    """The published index, if it was built as this one is to be, and is whole."""
    try:
        if catalogue.manifest("index").parameters != parameters:
            return None
        SegmentIndex.open(catalogue.index_path())
        return TrackIndex.open(catalogue.index_path())
    except CatalogError:
        return None
