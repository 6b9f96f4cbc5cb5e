"""What a worker does with audio files: analyse them, and store the results in shards as it goes.

A shard is a Parquet file that appears under its final name only when it is whole, so a worker that is killed loses at
most the files since its last shard. Its name ends in how many files it holds.
"""

import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from audio.decode import DecodeLimits
from catalog.errors import AudioError
from dedup.sound import LEAST_AUDIBLE

FAULT = pa.struct([("code", pa.string()), ("message", pa.string())])
STAMP = pa.struct([("file_size", pa.int64()), ("file_mtime_ns", pa.int64())])
FILES = pa.schema([("audio_file", pa.string()), ("stamps", pa.list_(STAMP))])
"""Files to look at, each with the stamps under which an analysis is already stored."""

STATUS = pa.schema(
    [
        ("audio_file", pa.string()),
        ("file_size", pa.int64()),
        ("file_mtime_ns", pa.int64()),
        ("reused", pa.bool_()),
    ]
)
ANALYSED = pa.schema(
    [
        ("audio_file", pa.string()),
        ("file_size", pa.int64()),
        ("file_mtime_ns", pa.int64()),
        ("model", pa.string()),
        ("seconds", pa.float64()),
        ("hop_s", pa.float32()),
        ("codes", pa.binary()),
        ("audible", pa.binary()),
        ("vector", pa.list_(pa.float32())),
        ("faults", pa.list_(FAULT)),
    ]
)

SHARD_FILES = 16
SHARD_SECONDS = 10.0
ABSENT = -1
"""File size of a file that is not there, or may not be read."""

GONE = {"file_size": ABSENT, "file_mtime_ns": ABSENT}


@dataclass
class ShardWriter:
    """Collects analyses and writes them to `folder` every few files or seconds."""

    folder: Path
    rows: list[dict[str, Any]] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def add(self, row: dict[str, Any]) -> None:
        """Keep one row of ANALYSED; the shard is written when it is large or old enough."""
        self.rows.append(row)
        if len(self.rows) >= SHARD_FILES or time.monotonic() - self.since > SHARD_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what is kept, if anything."""
        if self.rows:
            name = f"shard-{uuid.uuid4().hex}-{len(self.rows)}.parquet"
            unfinished = self.folder / f"_{name}"  # names with an underscore are no data to Spark and Arrow
            pq.write_table(pa.Table.from_pylist(self.rows, schema=ANALYSED), unfinished)
            unfinished.rename(self.folder / name)
        self.rows, self.since = [], time.monotonic()


def analyse_batches(
    batches: Iterator[pa.RecordBatch], *, folder: str, model: str, limits: DecodeLimits
) -> Iterator[pa.RecordBatch]:
    """FILES batches to STATUS; new analyses go to shards in `folder`, whose results are then no row here."""
    writer = ShardWriter(Path(folder))
    for batch in batches:
        statuses = [_status(file["audio_file"], file["stamps"], model, limits, writer) for file in batch.to_pylist()]
        writer.flush()
        yield pa.RecordBatch.from_pylist(statuses, schema=STATUS)


def _status(
    path: str, stamps: list[dict[str, int]], model: str, limits: DecodeLimits, writer: ShardWriter
) -> dict[str, Any]:
    stamp = stamp_of(Path(path))
    reused = stamp in (stamps or [])
    if not reused:
        analysed = analyse_file(path, model, limits)
        if any(fault["code"] == "audio_missing" for fault in analysed["faults"]):
            stamp = GONE  # since it was looked at; it may come back unchanged
        writer.add({"audio_file": path, **stamp, **analysed})
    return {"audio_file": path, **stamp, "reused": reused}


def stamp_of(path: Path) -> dict[str, int]:
    """Size in bytes and time of change in ns; both `ABSENT` where there is no such file, or none that may be read.

    Whoever gives the permission changes neither size nor time, and the file is then to be heard.
    """
    try:
        stat = path.stat()
    except OSError:
        return GONE
    if not os.access(path, os.R_OK):
        return GONE
    return {"file_size": stat.st_size, "file_mtime_ns": stat.st_mtime_ns}


def analyse_file(path: str, model: str, limits: DecodeLimits) -> dict[str, Any]:
    """The remaining columns of ANALYSED for one file; what is wrong with it becomes `faults`, not an exception."""
    empty = {"model": Path(model).name, "seconds": 0.0, "codes": b"", "audible": b"", "vector": None}
    try:
        encoder = _encoder(model)
        analysis = encoder.analyse(Path(path), limits)
    except AudioError as error:
        return empty | {"hop_s": 1.0, "faults": [{"code": f"audio_{error.code}", "message": str(error)}]}
    faults = [{"code": f"audio_{code}", "message": message} for code, message in analysis.notes.items()]
    faults += _unusable(path, analysis)
    return {
        "model": Path(model).name,
        "seconds": analysis.seconds,
        "hop_s": encoder.config.hop_s,
        "codes": analysis.codes.tobytes(),
        "audible": analysis.audible.astype("uint8").tobytes(),
        "vector": None if analysis.vector is None else analysis.vector.tolist(),
        "faults": faults,
    }


def _unusable(path: str, analysis: Any) -> list[dict[str, str]]:
    """Why a decodable file will never match by sound."""
    if len(analysis.codes) < LEAST_AUDIBLE:
        length = f"{path}: {analysis.seconds:.1f} s of audio is too short to be compared by sound (5 s are needed)"
        return [{"code": "audio_too_short", "message": f"{length}; only its metadata count"}]
    if not analysis.audible.any():
        nothing = "nothing in it can be recognised: silence, a steady tone or noise"
        return [{"code": "audio_silent", "message": f"{path}: {nothing}; deliver the right file"}]
    return []


@lru_cache(maxsize=1)
def _encoder(model: str) -> Any:
    """One encoder a worker process, on one thread: Spark already uses every core."""
    from embeddings.encode import Encoder

    return Encoder.load(Path(model), threads=1)
