"""One part of what was delivered becomes one part of the tables `tracks` and `problems`: files in, files out.

A file appears under its name only when it is whole, so a part may be done again, or twice at once, and nothing is lost
or doubled.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog.atomic import replacing
from catalog.normalise import normalise
from catalog.profile import SourceProfile
from catalog.schema import DELIVERED, TRACKS

FLAWS = pa.field("flaws", pa.list_(pa.struct([(name, pa.string()) for name in ("field", "code", "message")])))
NORMALISED = TRACKS.append(FLAWS)  # a track keeps what normalisation found wrong with it
BATCH_ROWS = 8192


def clean_part(
    part: Path,
    tracks: Path,
    problems: Path,
    profiles: Mapping[str, SourceProfile],
    *,
    known: frozenset[str] = frozenset(),
    audio: bool = True,
) -> None:
    """Normalise a part of numbered DELIVERED records into a file of the folder `tracks` and, if need be, `problems`.

    See `catalog.normalise` for `profiles` and `known`.
    """
    with _no_garbage():
        made = [normalise_batch(batch, profiles, known=known, audio=audio) for batch in _batches(part)]
    _write(pa.Table.from_batches([rows for rows, _ in made], NORMALISED), tracks / f"part-{part.name}")
    if found := [wrong for _, wrong in made if wrong.num_rows]:
        _write(pa.Table.from_batches(found), problems / f"part-{part.name}")


def normalise_batch(
    batch: pa.RecordBatch,
    profiles: Mapping[str, SourceProfile],
    *,
    known: frozenset[str] = frozenset(),
    audio: bool = True,
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Numbered DELIVERED to NORMALISED and PROBLEMS; without `audio` no file is named."""
    tracks, problems = normalise(batch.select(DELIVERED.names), profiles, 0, known)
    given = {"row": batch.column("row")} | ({} if audio else {"audio_file": pa.nulls(batch.num_rows, pa.string())})
    columns = [given.get(name, tracks.column(name)) for name in TRACKS.names]
    return pa.record_batch([*columns, _flaws_of(tracks, problems)], schema=NORMALISED), problems


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Collect no garbage: nothing here refers to itself, and looking through the parsers' caches costs a fifth."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _batches(part: Path) -> list[pa.RecordBatch]:
    batches: list[pa.RecordBatch] = pq.read_table(part).combine_chunks().to_batches(max_chunksize=BATCH_ROWS)
    return batches


def _flaws_of(tracks: pa.RecordBatch, problems: pa.RecordBatch) -> pa.Array:
    """The problems of a batch, as one list a track (ids are distinct by now)."""
    rows = pc.index_in(problems.column("track_id"), tracks.column("track_id")).to_numpy(zero_copy_only=False)
    flaw = FLAWS.type.value_type
    flaws = problems.take(pa.array(np.argsort(rows, kind="stable"), pa.int64()))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows.astype(np.int64), minlength=tracks.num_rows))])
    values = pa.StructArray.from_arrays([flaws.column(field.name) for field in flaw], fields=list(flaw))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _write(table: pa.Table, path: Path) -> None:
    with replacing(path) as unfinished:
        pq.write_table(table, unfinished, compression="zstd", compression_level=1)
