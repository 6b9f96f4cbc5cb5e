"""Pairs of tracks on Spark: joined with what both sides have, and compared."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.runs import Stage
from dedup.candidates import GENERATORS
from dedup.compare import compare
from dedup.fields import FIELDS, MISSING
from dedup.sound import Hearing, hear

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

COMPARED = pa.schema(
    [
        ("row_a", pa.int64()),
        ("row_b", pa.int64()),
        ("generators", pa.int32()),
        ("levels", pa.binary()),  # int8 per field of dedup.fields
        ("audio_detail", pa.string()),
    ]
)
HOP_S = 1.0
"""Seconds between stored segments (`embeddings.config.ModelConfig.hop_s`)."""


def both_sides(pairs: "DataFrame", records: "DataFrame", columns: Sequence[str]) -> "DataFrame":
    """Pairs with `columns` of both tracks, suffixed `_a` and `_b`."""
    for side in "ab":
        one = records.select(*(records[name].alias(f"{name}_{side}") for name in ("row", *columns)))
        pairs = pairs.join(one, f"row_{side}")
    return pairs


def compare_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Pairs with both sides to COMPARED."""
    for batch in batches:
        heard, detail = _hear(batch)
        levels = compare(batch.append_column("audio_level", pa.array(heard)))
        packed = pa.array([row.tobytes() for row in levels], pa.binary())
        columns = [batch.column(name) for name in ("row_a", "row_b", "generators")]
        yield pa.record_batch([*columns, packed, pa.array(detail, pa.string())], schema=COMPARED)


def _hear(batch: pa.RecordBatch) -> tuple[Any, list[str | None]]:
    """Audio level and detail of every pair; missing where no audio was analysed."""
    if "codes_a" not in batch.schema.names:
        return np.full(batch.num_rows, MISSING, np.int8), [None] * batch.num_rows
    codes_a, audible_a, codes_b, audible_b = (
        batch.column(name).to_pylist() for name in ("codes_a", "audible_a", "codes_b", "audible_b")
    )
    return hear((codes_a, audible_a, codes_b, audible_b), HOP_S, Hearing())


def unpack(levels: pa.ChunkedArray | pa.Array) -> NDArray[np.int8]:
    """Binary levels to `[n, fields]` int8."""
    return np.frombuffer(b"".join(levels.to_pylist()), np.int8).reshape(-1, len(FIELDS))


def count_pairs(stage: Stage, pairs: "DataFrame", tracks: int) -> None:
    """Pairs in all, per track, and per generator (a pair may come from several)."""
    from pyspark.sql import functions as f

    bits = [f.sum(f.shiftright("generators", n).bitwiseAND(1)).alias(name) for n, name in enumerate(GENERATORS)]
    found = pairs.agg(f.count("*").alias("pairs"), *bits).collect()[0]
    stage.count("pairs", found["pairs"])
    stage.count("pairs_per_track", round(found["pairs"] / max(tracks, 1), 2))
    for name in GENERATORS:
        stage.count(f"pairs_{name}", found[name] or 0)
