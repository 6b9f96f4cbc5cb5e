"""The record files: what comparison needs of every track, column by column, mapped into memory by every worker.

A pair names its tracks by their *place*, 0 to n-1 in the order of `row`. Fetching both sides of many pairs is then an
Arrow `take` on mapped files, whose pages all workers of a machine share; nothing but numbers is shuffled. A text column
is two files, 64-bit offsets and UTF-8 bytes, which are an Arrow large string array as they lie; a number column is one.
A missing text is empty, a missing number NaN or -1.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from dedup.buffers import text_buffers
from dedup.listed import COLUMNS as LISTED
from dedup.sketches import COLUMNS as SKETCHES

READ_ALONG = ("title_native", "album_tags", "players", "performers")
"""Texts made from others of the track, for matching alone (`dedup.native`, `dedup.albums`, `dedup.players`,
`dedup.performers`)."""

TEXTS = (
    "track_id", "title", "artist", "album", "title_core", "artist_core", "album_core", "versions", "medium",
    "isrc_code", *READ_ALONG,
)  # fmt: skip
NUMBERS = {
    "row": np.int64, "exclusive": np.int32, "release": np.uint64, "duration_s": np.float32, "release_year": np.int32,
    "position": np.int32, **dict.fromkeys(SKETCHES, np.uint64),
}  # fmt: skip
ADDED = {
    "title_frequency": np.int32, "release_size": np.int32, "listing": np.uint64, "same_titles": np.int32,
    **dict.fromkeys(LISTED, np.uint64),
}  # fmt: skip
"""Columns that need all tracks, written once the others are there."""

SEPARATOR = "\n"
"""Joins the version tags of a track into one text."""


class RecordWriter:
    """Appends batches to the record files in a folder; get one by `writing`."""

    def __init__(self, folder: Path, files: ExitStack) -> None:
        self._text = {name: TextFile(folder, name, files) for name in TEXTS}
        self._numbers = {name: files.enter_context((folder / f"{name}.bin").open("wb")) for name in NUMBERS}
        self.count = 0

    def append(self, columns: dict[str, pa.Array]) -> None:
        """Add tracks; `columns` has every name of TEXTS (no nulls) and of NUMBERS."""
        for name, text in self._text.items():
            text.append(columns[name])
        for name, file in self._numbers.items():
            file.write(np.ascontiguousarray(columns[name], NUMBERS[name]).tobytes())
        self.count += len(columns["row"])


class TextFile:
    """One text or binary column that grows."""

    def __init__(self, folder: Path, name: str, files: ExitStack) -> None:
        self._offsets: BinaryIO = files.enter_context((folder / f"{name}.offsets").open("wb"))
        self._bytes: BinaryIO = files.enter_context((folder / f"{name}.bytes").open("wb"))
        self._end = 0
        self._offsets.write(np.zeros(1, np.int64).tobytes())

    def append(self, values: pa.Array) -> None:
        """Add values, none of them null."""
        offsets, data = text_buffers(values)
        self._bytes.write(data.tobytes())
        self._offsets.write((offsets[1:].astype(np.int64) + self._end).tobytes())
        self._end += len(data)


@contextmanager
def writing(folder: Path) -> Iterator[RecordWriter]:
    """Open the record files of `folder` anew."""
    with ExitStack() as files:
        yield RecordWriter(folder, files)


def open_records(folder: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The record files as a table whose columns lie in mapped memory: one row a track, by place."""
    names = columns or (*TEXTS, *NUMBERS, *ADDED)
    return pa.table(
        {name: mapped_text(folder, name) if name in TEXTS else mapped_numbers(folder, name) for name in names}
    )


def mapped_text(folder: Path, name: str, *, binary: bool = False) -> pa.Array:
    """A text column, or a binary one, of mapped files."""
    offsets = _mapped(folder / f"{name}.offsets")
    kind = pa.large_binary() if binary else pa.large_string()
    return pa.Array.from_buffers(kind, offsets.size // 8 - 1, [None, offsets, _mapped(folder / f"{name}.bytes")])


def mapped_numbers(folder: Path, name: str) -> pa.Array:
    """A number column of a mapped file."""
    kind = pa.from_numpy_dtype({**NUMBERS, **ADDED}[name])
    data = _mapped(folder / f"{name}.bin")
    return pa.Array.from_buffers(kind, data.size * 8 // kind.bit_width, [None, data])


def _mapped(path: Path) -> pa.Buffer:
    """The content of a file; an empty one cannot be mapped."""
    return pa.memory_map(str(path)).read_buffer() if path.stat().st_size else pa.py_buffer(b"")
