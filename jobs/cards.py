"""The card index: what a lookup shows and asks of every track, in files that are mapped, not read.

Parquet must be unpacked by the ten thousand rows to read one; a lookup wants a hundred rows from anywhere at once. So
the few columns that lookups need lie once more in `CATALOG/work/cards/<key>/` as plain NumPy arrays, where a track is
its place in them. The key names the snapshots that they were made of (`jobs.cards_build`): cards of other snapshots are
never opened. They are scratch, made again when they are missing.

Texts are their UTF-8 bytes on end with the offsets of their ends; an absent text is an empty one. What many tracks
share (recording, song, artist, source ...) is a number for each track and the distinct values.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from catalog.errors import CatalogError
from catalog.manifest import read_manifest
from catalog.mapped import mapped
from catalog.state import State

FORMAT = 5
USED = ("tracks", "recordings", "artists")
FOLDER = ("work", "cards")
DONE = "cards.json"

Places = NDArray[np.int64]
Column = TypeVar("Column")


class Texts:
    """A column of texts: bytes on end and `offsets` [n + 1]."""

    def __init__(self, folder: Path, name: str) -> None:
        self.bytes = mapped(folder / f"{name}.bytes.npy")
        self.offsets = mapped(folder / f"{name}.offsets.npy")

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def raw(self, place: int) -> bytes:
        """The text at a place, in UTF-8."""
        text: bytes = self.bytes[self.offsets[place] : self.offsets[place + 1]].tobytes()
        return text

    def get(self, place: int) -> str | None:
        """The text at a place, None where it is unknown."""
        return self.raw(place).decode("utf-8", "replace") or None

    def all(self) -> list[str]:
        """All texts; for columns of distinct values."""
        texts: list[str] = self.arrow(0, len(self)).to_pylist()
        return texts

    def arrow(self, start: int, end: int) -> Any:
        """The texts from `start` up to `end` as an Arrow array over the mapped bytes."""
        import pyarrow as pa

        offsets = np.ascontiguousarray(self.offsets[start : end + 1])
        data = self.bytes[offsets[0] : offsets[-1]]
        buffers = pa.py_buffer(offsets - offsets[0]), pa.py_buffer(data)
        return pa.LargeStringArray.from_buffers(len(offsets) - 1, *buffers)

    def bisect(self, wanted: str, order: NDArray[np.integer] | None = None) -> int:
        """The first place in sorted texts, or in their sorted `order`, whose text is not before `wanted`."""
        low, high, sought = 0, len(self), wanted.encode("utf-8", "surrogatepass")
        while low < high:
            middle = (low + high) // 2
            if self.raw(int(order[middle]) if order is not None else middle) < sought:
                low = middle + 1
            else:
                high = middle
        return low


class Shared:
    """A value that many tracks share: `codes` [tracks], -1 where unknown, and the distinct values."""

    def __init__(self, folder: Path, name: str) -> None:
        self.codes = mapped(folder / f"{name}.codes.npy")
        self.values = Texts(folder, f"{name}.values")

    def of(self, place: int) -> str | None:
        """The value of a track, None where it is unknown."""
        code = int(self.codes[place])
        return None if code < 0 else self.values.get(code)


class Groups:
    """Places of tracks by code: those of `code` are `places[starts[code]:starts[code + 1]]`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.starts = mapped(folder / f"{name}.starts.npy")
        self.places = mapped(folder / f"{name}.places.npy")

    def of(self, code: int) -> Places:
        """The places of one code; none for -1."""
        if code < 0:
            return np.zeros(0, np.int64)
        return np.asarray(self.places[self.starts[code] : self.starts[code + 1]], np.int64)


@dataclass(frozen=True)
class Cards:
    """The open card index in `folder`, of the published `state` of the catalogue at `root`."""

    root: Path
    state: State
    folder: Path

    @classmethod
    def open(cls, root: Path, state: State) -> Self:
        """The cards of what `state` publishes; they are made first where there are none. Raises CatalogError."""
        folder = root.joinpath(*FOLDER, key_of(root, state))
        if not is_made(folder):
            from jobs.quick import leave_out_pandas

            leave_out_pandas()
            from jobs.cards_build import build_cards

            folder = build_cards(root, state, folder)
        return cls(root, state, folder)

    def __len__(self) -> int:
        return len(self.track_id)

    @cached_property
    def track_id(self) -> Texts:
        """The ids of all tracks."""
        return self.texts("track_id")

    def texts(self, name: str) -> Texts:
        """One of the columns `track_id, title, artist, album, audio_file, sought, words`."""
        return self._opened(name, Texts)

    def shared(self, name: str) -> Shared:
        """One of the columns `recording, song, source, genre, label, artist_key, album_key, artist_id`."""
        return self._opened(name, Shared)

    def groups(self, name: str) -> Groups:
        """The tracks of each `recording`, `song`, `artist_id`, or word (`jobs.cards_words`)."""
        return self._opened(f"{name}.groups", lambda folder, _: Groups(folder, name))

    def numbers(self, name: str) -> NDArray[Any]:
        """One of the arrays `year` (0 unknown), `duration_s` (nan), `index_row` (-1), `by_id`, `rows`, `row_places`."""
        return self._opened(name, _array)

    def place(self, track_id: str) -> int | None:
        """Where a track is, by bisection of the sorted ids; None where the catalogue has no such track."""
        order = self.numbers("by_id")
        at = self.track_id.bisect(track_id, order)
        return int(order[at]) if at < len(order) and self.track_id.get(int(order[at])) == track_id else None

    def needed(self, track_id: str) -> int:
        """`place`. Raises CatalogError where the catalogue has no such track."""
        place = self.place(track_id)
        if place is None:
            raise CatalogError(f"{self.root}: has no track {track_id!r}; `unisono export tracks` lists all ids")
        return place

    def places_of_rows(self, rows: NDArray[np.int64]) -> Places:
        """Where the tracks are that the search index means by these rows; -1 for one that is no longer delivered."""
        sorted_rows = self.numbers("rows")
        if not len(sorted_rows):
            return np.full(rows.shape, -1, np.int64)
        at = np.minimum(np.searchsorted(sorted_rows, rows), len(sorted_rows) - 1)
        return np.where(sorted_rows[at] == rows, self.numbers("row_places")[at], -1).astype(np.int64)

    def code(self, name: str, value: str) -> int:
        """The code of a value of a shared column, -1 where no track has it."""
        import pyarrow.compute as pc

        value = value.encode("utf-8", "replace").decode()  # Arrow takes no lone surrogates
        values = self.shared(name).values
        return int(pc.index(values.arrow(0, len(values)), value).as_py())

    def artists_named(self, folded: str) -> list[int]:
        """Codes of the artists that are credited under a folded name."""
        names, codes = self.texts("artist_names"), self.numbers("artist_names.codes")
        first = last = names.bisect(folded)
        while last < len(names) and names.get(last) == folded:
            last += 1
        return sorted({int(code) for code in codes[first:last]})

    def others(self, name: str, places: Iterable[int]) -> set[int]:
        """These tracks and all that share their `recording` or `song`."""
        found = set(places)
        codes = {int(self.shared(name).codes[place]) for place in found}
        return found.union(*(self.groups(name).of(code).tolist() for code in codes))

    def _opened(self, name: str, how: Callable[[Path, str], Column]) -> Column:
        """A column, opened once."""
        columns: dict[str, Column] = self.__dict__.setdefault("_columns", {})
        if name not in columns:
            try:
                columns[name] = how(self.folder, name)
            except OSError as error:
                raise CatalogError(f"{self.folder}: is gone, as newer tables were published; ask again") from error
            except (ValueError, EOFError) as error:  # cut short, as a power cut leaves files
                raise CatalogError(f"{self.folder}: is damaged ({error}); remove it, it is made again") from error
        return columns[name]


def is_made(folder: Path) -> bool:
    """Whether there are whole cards in a folder that may be read."""
    try:
        return (folder / DONE).is_file()
    except OSError:
        return False


def _array(folder: Path, name: str) -> NDArray[Any]:
    array: NDArray[Any] = mapped(folder / f"{name}.npy")
    return array


def key_of(root: Path, state: State) -> str:
    """Names the snapshots that cards are made of: the published tables, and the embeddings that the index names."""
    used: dict[str, Any] = {name: state.tables.get(name) for name in USED}
    used["embeddings"] = read_manifest(root / "index" / state.index).inputs.get("embeddings") if state.index else None
    return hashlib.sha256(json.dumps([FORMAT, used], sort_keys=True).encode()).hexdigest()[:16]
