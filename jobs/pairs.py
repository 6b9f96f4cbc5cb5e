"""Candidate pairs compared: both sides taken from the record files, the agreement levels packed into one number."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from catalog.atomic import replacing
from catalog.runs import Stage
from dedup.candidates import GENERATORS
from dedup.compare import SIDE_COLUMNS, compare
from dedup.fields import MISSING
from dedup.patterns import pack
from dedup.records import open_records
from dedup.sound import Hearing, hear
from jobs.candidates import Candidates
from jobs.exchange import numbers, run_tasks
from jobs.records import LISTED_FILE
from jobs.sound_files import SoundFiles

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

COMPARED = pa.schema(
    [
        ("place_a", pa.int32()),  # the smaller place
        ("place_b", pa.int32()),
        ("generators", pa.int32()),  # bit set over dedup.candidates.GENERATORS
        ("pattern", pa.int64()),  # dedup.patterns
        ("audio_detail", pa.string()),
    ]
)
DONE = pa.schema([("pairs", pa.int64()), *((name, pa.int64()) for name in GENERATORS)])
"""What a task of the comparison made: pairs in all, and of each generator."""

HOP_S = 1.0
"""Seconds between stored segments (`embeddings.config.ModelConfig.hop_s`)."""

CHUNK = 1 << 15
"""Pairs that are compared at once."""


def compared_pairs(spark: "SparkSession", job: Candidates, compared: Path) -> pa.Table:
    """Compare the candidates into files of COMPARED, in the folder `compared`; returns DONE.

    Beside the record files lie the sound files where there are any.
    """
    compared.mkdir(parents=True, exist_ok=True)
    pq.write_table(COMPARED.empty_table(), compared / "part-none.parquet")  # for a catalogue without any pair
    return run_tasks(spark, job.parts, partial(compare_batches, job=job, compared=compared), DONE)


def compare_batches(batches: Iterator[pa.RecordBatch], *, job: Candidates, compared: Path) -> Iterator[pa.RecordBatch]:
    """Tasks, each a bucket of candidates, to a file of COMPARED; nothing where there is no pair."""
    for number in numbers(batches):
        pairs = job.united(number)
        if len(pairs):
            _write_part(pairs, job.records, compared / f"part-{number:05d}.parquet")
            yield _counts(pairs)


def _write_part(pairs: NDArray[np.void], records: Path, target: Path) -> None:
    with replacing(target) as part, pq.ParquetWriter(part, COMPARED, compression="zstd", compression_level=1) as file:
        for batch in compare_pairs(pairs, records):
            file.write_batch(batch)


def _counts(pairs: NDArray[np.void]) -> pa.RecordBatch:
    """DONE of a bucket."""
    counts = [
        np.array([len(pairs)]),
        *((pairs["generators"] >> n & 1).sum(keepdims=True) for n in range(len(GENERATORS))),
    ]
    return pa.record_batch([pa.array(count, pa.int64()) for count in counts], schema=DONE)


def compare_pairs(pairs: NDArray[np.void], folder: Path) -> Iterator[pa.RecordBatch]:
    """United pairs to COMPARED, in their order."""
    records, sound = open_records(folder, ("row", *SIDE_COLUMNS)), SoundFiles.open(folder)
    listed = np.load(folder / LISTED_FILE, mmap_mode="r")
    for start in range(0, len(pairs), CHUNK):
        chunk = pairs[start : start + CHUNK]
        a, b = np.minimum(chunk["owner"], chunk["other"]), np.maximum(chunk["owner"], chunk["other"])
        heard, detail = _hear(sound, a, b)
        sides = both_sides(records, a, b, SIDE_COLUMNS).append_column("audio_level", pa.array(heard))
        levels = compare(sides, listed)
        columns = [a, b, chunk["generators"].astype(np.int32), pack(levels), pa.array(detail, pa.string())]
        yield pa.record_batch(columns, schema=COMPARED)


def both_sides(records: pa.Table, a: NDArray[Any], b: NDArray[Any], columns: Sequence[str]) -> pa.Table:
    """Pairs of places with `columns` of both tracks, suffixed `_a` and `_b`."""
    sides = {"a": pa.array(a), "b": pa.array(b)}
    return pa.table({f"{name}_{side}": records.column(name).take(at) for side, at in sides.items() for name in columns})


def _hear(
    sound: SoundFiles | None, a: NDArray[np.int32], b: NDArray[np.int32]
) -> tuple[NDArray[np.int8], list[str | None]]:
    """Audio level and detail of every pair; missing where no audio was analysed."""
    if sound is None:
        return np.full(len(a), MISSING, np.int8), [None] * len(a)
    return hear((*sound.sides(a), *sound.sides(b)), HOP_S, Hearing())


def count_pairs(stage: Stage, done: pa.Table, tracks: int) -> None:
    """Pairs in all, per track, and per generator (a pair may come from several), from DONE."""
    found = {name: int(sum(done.column(name).to_pylist())) for name in DONE.names}
    stage.count("pairs", found["pairs"])
    stage.count("pairs_per_track", round(found["pairs"] / max(tracks, 1), 2))
    for name in GENERATORS:
        stage.count(f"pairs_{name}", found[name])
