"""Track ids that were delivered more than once: which records lose, and what becomes of them.

A second record with the id of an earlier one is left out where the same source delivered both. Where another source
did, its numbering is its own: the record is taken with the source's name before its id. So is one of the same source
whose id only says where it stands ("tracks:17", "cd1/01.mp3") and which stands in another file. Ids are told apart by
two 64-bit hashes, of the id and of the id with its owner: 16 bytes a record, whatever the ids. A record is left out
only where both agree, which does not happen by chance.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problems import Problem

_ODD = np.int64(0x1E3779B97F4A7C15)
"""Any large odd number: times it (modulo 2^64) hashes stay distinct, and equal ones of id and source do not cancel."""


@dataclass(frozen=True)
class Clashes:
    """Rows (places in the order of delivery, ascending) of records that do not keep their id."""

    refused: np.ndarray
    renamed: np.ndarray

    def within(self, start: int, stop: int) -> "Clashes":
        """Those among the rows `start` to `stop`, counted from `start`."""
        return Clashes(*(rows[slice(*np.searchsorted(rows, (start, stop)))] - start for rows in self.all()))

    def all(self) -> tuple[np.ndarray, np.ndarray]:
        """Both kinds."""
        return self.refused, self.renamed

    def __bool__(self) -> bool:
        return any(map(len, self.all()))


class TrackIds:
    """The ids of all records so far, hashed; the hashes are this process's own."""

    def __init__(self) -> None:
        self._ids: list[np.ndarray] = []
        self._owned: list[np.ndarray] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Take note of the next records, a batch of DELIVERED."""
        ids = _hashes(batch.column("track_id").to_pylist())
        sources = pc.dictionary_encode(batch.column("source"), null_encoding="encode")
        owners = _hashes(sources.dictionary.to_pylist())[sources.indices.to_numpy()]
        placed = np.flatnonzero(pc.fill_null(_named_after_place(batch), False).to_numpy(zero_copy_only=False))
        if len(placed):
            columns = (batch.column(name).take(pa.array(placed)).to_pylist() for name in ("root", "place"))
            owners[placed] ^= _hashes(zip(*columns, strict=True))
        self._ids.append(ids)
        self._owned.append(ids * _ODD ^ owners)

    def clashes(self) -> Clashes:
        """The records whose id an earlier one has."""
        ids = np.concatenate([np.empty(0, np.int64), *self._ids])
        rows = _repeated(ids)
        owned = np.concatenate([np.empty(0, np.int64), *self._owned])[rows]
        refused, later = _not_first(owned), _not_first(ids[rows])
        return Clashes(rows[refused & later], rows[later & ~refused])

    def new(self) -> "NewIds":
        """What gives records of these ids other ones."""
        return NewIds(np.unique(np.concatenate([np.empty(0, np.int64), *self._ids])))


class NewIds:
    """Ids that no record has: the source before the old one, as often as it takes."""

    def __init__(self, taken: np.ndarray) -> None:
        self._taken = taken  # hashes, ascending
        self._given: set[int] = set()

    def __call__(self, source: str, track_id: str) -> str:
        """An id for a record of a source whose own is taken; it is given once."""
        while self._has(hash(track_id)):
            track_id = f"{source}:{track_id}"
        self._given.add(hash(track_id))
        return track_id

    def _has(self, value: int) -> bool:
        place = int(np.searchsorted(self._taken, value))
        return value in self._given or (place < len(self._taken) and int(self._taken[place]) == value)


def _named_after_place(batch: pa.RecordBatch) -> pa.Array:
    """Whether the id of each record only says where it stands: "tracks:17" of `tracks.csv:17`, the path of a file."""
    places = batch.column("place")
    stems = pc.replace_substring_regex(places, r"\.[^.:]*(:\d+)$", r"\1")
    return pc.or_(pc.equal(batch.column("track_id"), places), pc.equal(batch.column("track_id"), stems))


def settle(records: pa.Table, clashes: Clashes, new: NewIds) -> tuple[pa.Table, list[Problem]]:
    """The records without the refused ones and with the new ids of others, and what to tell about both."""
    problems = _told(records, clashes.refused, "duplicate_id", "is taken by an earlier record; this one was left out")
    problems += _told(
        records, clashes.renamed, "shared_id", "is taken by another source or file; this one has its source before it"
    )
    ids = records.column("track_id")
    old = records.select(["source", "track_id"]).take(pa.array(clashes.renamed, pa.int64())).to_pylist()
    given = pa.array([new(row["source"], row["track_id"]) for row in old], pa.string())
    place = records.schema.get_field_index("track_id")
    named = pc.replace_with_mask(ids.combine_chunks(), _mask(len(ids), clashes.renamed), given)
    renamed = records.set_column(place, "track_id", named)
    return renamed.filter(pc.invert(_mask(len(ids), clashes.refused))), problems


def _told(records: pa.Table, rows: np.ndarray, code: str, what: str) -> list[Problem]:
    """A problem for every one of the rows."""
    told = records.select(["track_id", "source", "place"]).take(pa.array(rows, pa.int64())).to_pylist()
    return [
        Problem(
            code,
            f"{record['place']}: track_id {record['track_id']} {what}; give it an id of its own",
            field="track_id",
            track_id=record["track_id"],
            source=record["source"],
        )
        for record in told
    ]


def _mask(length: int, rows: np.ndarray) -> pa.Array:
    mask = np.zeros(length, bool)
    mask[rows] = True
    return pa.array(mask)


def _hashes(values: Iterable[Hashable]) -> np.ndarray:
    return np.fromiter(map(hash, values), np.int64)


def _repeated(hashes: np.ndarray) -> np.ndarray:
    """Places of all values that occur more than once, ascending."""
    ordered = np.sort(hashes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.flatnonzero(np.isin(hashes, twice)) if len(twice) else np.empty(0, np.int64)


def _not_first(values: np.ndarray) -> np.ndarray:
    """Whether an equal value stands before each [n, bool]."""
    later = np.ones(len(values), bool)
    later[np.unique(values, return_index=True)[1]] = False
    return later
