"""Bringing the published index up to date without building it anew, where few tracks came, went or changed.

Rows number the records of one delivery and change with the next, so tracks are known again by their ids, and unchanged
by a digest of their vectors.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.errors import CatalogError
from catalog.store import Catalogue
from embeddings.index import TrackIndex
from embeddings.index_build import digests
from jobs.audio_pairs import stacked

BATCH = 65_536


def updated_index(catalogue: Catalogue, published: TrackIndex, folder: Path) -> TrackIndex | None:
    """The published index with the changes of the table `embeddings`, in `folder`; None where they are too many."""
    before = catalogue.indexed("embeddings").to_table(columns=["row", "track_id"])
    rows = before.column("row").to_numpy()
    ids = before.column("track_id").combine_chunks()
    here = published.holds(rows)
    rows, ids = rows[here], ids.filter(pa.array(here))
    known = published.digests(rows)
    gone = np.ones(len(rows), bool)
    renumbered, fresh, vectors = [], [], []
    for batch in catalogue.dataset("embeddings").to_batches(["row", "track_id", "vector"], batch_size=BATCH):
        table = pa.Table.from_batches([batch]).filter(pc.field("vector").is_valid())
        if not len(table):
            continue
        now, block = table.column("row").to_numpy(), stacked(table.column("vector"))
        place = pc.fill_null(pc.index_in(table.column("track_id"), ids), -1).to_numpy()
        same = (place >= 0) & (known[np.maximum(place, 0)] == digests(block)) if len(ids) else np.zeros(len(now), bool)
        gone[place[same]] = False
        renumbered.append(np.column_stack([rows[place[same]], now[same]]))
        fresh.append(now[~same])
        vectors.append(block[~same])
        if not published.worth_updating(sum(map(len, fresh)), 0):
            return None
    if not fresh or not published.worth_updating(sum(map(len, fresh)), int(gone.sum())):
        return None
    return published.update(
        folder,
        add=(np.concatenate(fresh), np.concatenate(vectors)),
        remove=rows[gone],
        renumber=np.concatenate(renumbered),
    )


def published_index(catalogue: Catalogue, parameters: dict[str, object]) -> TrackIndex | None:
    """The published index, if it was built as this one is to be, and is whole."""
    try:
        made = catalogue.manifest("index").parameters
        return TrackIndex.open(catalogue.index_path()) if made == parameters else None
    except CatalogError:
        return None
