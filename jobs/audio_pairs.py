"""Neighbours by sound as candidates. They are found on the driver, which holds all vectors: 512 bytes a track."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.store import Catalogue
from dedup.candidates import GENERATORS
from dedup.proposals import Proposals, propose
from dedup.records import mapped_numbers
from jobs.columns import read_table
from jobs.records import rows_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NEIGHBOURS = 12
"""Nearest tracks by similarity vector that become candidates."""

LEAST_COSINE = 0.5
QUERY_BLOCK = 4096


def audio_candidates(spark: "SparkSession", catalogue: Catalogue, folder: Path) -> Proposals | None:
    """Pairs of near neighbours by sound; None where no audio was analysed. folder: the record files."""
    if not catalogue.has("embeddings"):
        return None
    tracks = read_table(spark, catalogue, "tracks").select("track_id", "row")
    current = read_table(spark, catalogue, "embeddings").drop("row").join(tracks, "track_id")
    table = current.where("vector is not null").select("row", "vector").orderBy("row").toArrow()
    if len(table) < 2:
        return None
    rows = rows_of(folder)
    place = np.searchsorted(rows, table.column("row").to_numpy())
    a, b = neighbour_pairs(stacked(table.column("vector")), place)
    exclusive = mapped_numbers(folder, "exclusive").to_numpy()
    free = (exclusive[a] < 0) | (exclusive[a] != exclusive[b])
    return propose(a[free].astype(np.int32), b[free].astype(np.int32), 0, GENERATORS.index("audio"))


def stacked(vectors: pa.ChunkedArray) -> NDArray[np.float32]:
    """A column of equally long lists as `[n, d]`."""
    flat = pa.concat_arrays([chunk.flatten() for chunk in vectors.chunks]).to_numpy()
    return np.ascontiguousarray(flat.reshape(len(vectors), -1), dtype=np.float32)


def neighbour_pairs(
    vectors: NDArray[np.float32], places: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each track with its nearest by cosine, each pair once. vectors: `[n, d]`, unit length; places: `[n]`."""
    from embeddings.index import TrackIndex

    with tempfile.TemporaryDirectory() as folder:
        index = TrackIndex.build(vectors, places, Path(folder))
        left, right = [], []
        for start in range(0, len(vectors), QUERY_BLOCK):
            scores, found = index.search(vectors[start : start + QUERY_BLOCK], NEIGHBOURS + 1)
            own = np.broadcast_to(places[start : start + QUERY_BLOCK, None], found.shape)
            keep = (found >= 0) & (found != own) & (scores >= LEAST_COSINE)
            left.append(own[keep])
            right.append(found[keep])
    a, b = np.concatenate(left), np.concatenate(right)
    pairs = np.unique(np.column_stack([np.minimum(a, b), np.maximum(a, b)]), axis=0)
    return pairs[:, 0], pairs[:, 1]
