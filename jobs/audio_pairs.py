"""Audio in deduplication: neighbours by sound as candidates, and codes joined to pairs for comparison.

Sound belongs to a track id and its file: what was analysed for an earlier delivery counts where both are still the
same. The neighbours are found on the driver, which holds all vectors: 512 bytes a track.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.store import Catalogue
from dedup.blocks import PAIRS
from dedup.candidates import GENERATORS
from jobs.columns import read_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NEIGHBOURS = 12
"""Nearest tracks by similarity vector that become candidates."""

LEAST_COSINE = 0.5
QUERY_BLOCK = 4096


def audio_candidates(spark: "SparkSession", catalogue: Catalogue, records: "DataFrame") -> "DataFrame | None":
    """Pairs of near neighbours by sound, `dedup.blocks.PAIRS`; None where no audio was analysed."""
    if not catalogue.has("embeddings"):
        return None
    current = read_table(spark, catalogue, "embeddings").drop("row").join(records.select("track_id", "row"), "track_id")
    table = current.where("vector is not null").select("row", "vector").orderBy("row").toArrow()
    if len(table) < 2:
        return None
    pairs = spark.createDataFrame(neighbour_pairs(stacked(table.column("vector")), table.column("row").to_numpy()))
    promised = records.select("row", "exclusive")
    for side in "ab":
        pairs = pairs.join(
            promised.withColumnsRenamed({"row": f"row_{side}", "exclusive": f"exclusive_{side}"}), f"row_{side}"
        )
    return pairs.where("exclusive_a < 0 or exclusive_a != exclusive_b").select(*PAIRS.names)


def stacked(vectors: pa.ChunkedArray) -> NDArray[np.float32]:
    """A column of equally long lists as `[n, d]`."""
    flat = pa.concat_arrays([chunk.flatten() for chunk in vectors.chunks]).to_numpy()
    return np.ascontiguousarray(flat.reshape(len(vectors), -1), dtype=np.float32)


def neighbour_pairs(vectors: NDArray[np.float32], rows: NDArray[np.int64]) -> pa.Table:
    """Each track with its nearest by cosine, PAIRS, each pair once. vectors: `[n, d]`, unit length; rows: `[n]`."""
    from embeddings.index import TrackIndex

    with tempfile.TemporaryDirectory() as folder:
        index = TrackIndex.build(vectors, rows, Path(folder))
        left, right = [], []
        for start in range(0, len(vectors), QUERY_BLOCK):
            scores, found = index.search(vectors[start : start + QUERY_BLOCK], NEIGHBOURS + 1)
            own = np.broadcast_to(rows[start : start + QUERY_BLOCK, None], found.shape)
            keep = (found >= 0) & (found != own) & (scores >= LEAST_COSINE)
            left.append(own[keep])
            right.append(found[keep])
    a, b = np.concatenate(left), np.concatenate(right)
    pairs = np.unique(np.column_stack([np.minimum(a, b), np.maximum(a, b)]), axis=0)
    bit = np.full(len(pairs), 1 << GENERATORS.index("audio"), np.int32)
    return pa.table({"row_a": pairs[:, 0], "row_b": pairs[:, 1], "generators": bit}, schema=PAIRS)


def with_audio(spark: "SparkSession", catalogue: Catalogue, records: "DataFrame", pairs: "DataFrame") -> "DataFrame":
    """Pairs with the identity codes of both sides (`codes_a`, `audible_a` ...), where audio was analysed."""
    if not catalogue.has("segments"):
        return pairs
    segments = read_table(spark, catalogue, "segments").select("track_id", "audio_file", "codes", "audible")
    segments = records.select("row", "track_id", "audio_file").join(segments, ["track_id", "audio_file"])
    for side in "ab":
        one = segments.select(*(segments[name].alias(f"{name}_{side}") for name in ("row", "codes", "audible")))
        pairs = pairs.join(one, f"row_{side}", "left")
    return pairs
