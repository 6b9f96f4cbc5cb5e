"""Track ids that were delivered more than once: which records lose, and what becomes of them.

A second record with the id of an earlier one is left out where the same source delivered both. Where another source
did, its numbering is its own: the record is taken with the source's name before its id. So is one of the same source
whose id only says where it stands ("tracks:17", "cd1/01.mp3") and which stands in another file. Decisions and ids of
recordings hang on track ids, so one that a source got in an earlier delivery (`Earlier`) goes to no other source,
whichever is named first now and whether or not the other record is still delivered.

Ids are told apart by 64-bit hashes, of the id, of the id with its owner and with its source: 24 bytes a record,
whatever the ids. A record is left out only where the first two agree, which does not happen by chance.
"""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from catalog.errors import CatalogError
from catalog.parquet import reading
from catalog.problems import Problem
from catalog.published import Published

log = logging.getLogger(__name__)

SHARED = "shared_id"
"""The problem of a record whose id another has."""

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


@dataclass(frozen=True)
class Earlier:
    """What the last delivery settled; batches of `track_id, source`.

    tracks: the published tracks. renamed: records, by the id that they came with, whose id another one had.
    """

    tracks: Callable[[], Iterable[pa.RecordBatch]] = tuple
    renamed: Callable[[], Iterable[pa.RecordBatch]] = tuple

    @classmethod
    def of(cls, catalogue: Published) -> "Earlier":
        """Of what is published; nothing where nothing is, or it is damaged, which a new delivery mends."""

        def rows(table: str, chosen: ds.Expression | None = None) -> Iterator[pa.RecordBatch]:
            if catalogue.has(table):
                try:
                    with reading(catalogue.path(table)):
                        yield from catalogue.dataset(table).to_batches(["track_id", "source"], filter=chosen)
                except CatalogError as error:
                    log.warning("ids are settled as in a first delivery: %s", error)

        return cls(partial(rows, "tracks"), partial(rows, "problems", pc.field("code") == SHARED))


class TrackIds:
    """The ids of all records so far, hashed; the hashes are this process's own."""

    def __init__(self) -> None:
        self._ids: list[np.ndarray] = []
        self._owned: list[np.ndarray] = []
        self._sourced: list[np.ndarray] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Take note of the next records, a batch of DELIVERED."""
        ids, owners = _hashed(batch)
        self._ids.append(ids)
        self._sourced.append(ids * _ODD ^ owners)
        placed = np.flatnonzero(pc.fill_null(_named_after_place(batch), False).to_numpy(zero_copy_only=False))
        if len(placed):
            columns = (batch.column(name).take(pa.array(placed)).to_pylist() for name in ("root", "place"))
            owners[placed] ^= _hashes(zip(*columns, strict=True))
        self._owned.append(ids * _ODD ^ owners)

    def clashes(self, earlier: Earlier) -> Clashes:
        """The records whose id another one has: who had it before, else one whose id nobody had, else the first."""
        ids, owned, sourced = map(_joined, (self._ids, self._owned, self._sourced))
        another = np.isin(sourced, _sourced(earlier.renamed()))  # was the id's owner before
        rows = np.union1d(_repeated(ids), np.flatnonzero(another))
        if not len(rows):
            return Clashes(rows, rows)
        own = _among(sourced[rows], earlier.tracks())
        refused = _not_first(owned[rows])
        rank = np.where(own, 0, np.where(another[rows], 2, 1))
        order = np.lexsort((rank, ids[rows]))
        keeps = np.zeros(len(rows), bool)
        keeps[order[~_not_first(ids[rows][order])]] = True
        keeps &= rank < 2
        return Clashes(rows[refused & ~keeps], rows[~refused & ~keeps])

    def new(self) -> "NewIds":
        """What gives records of these ids other ones."""
        return NewIds(np.unique(_joined(self._ids)))


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
    stems = pc.replace_substring_regex(places, r"\.[^.:]*(:\d+(?:\.\d+)?)$", r"\1")
    return pc.or_(pc.equal(batch.column("track_id"), places), pc.equal(batch.column("track_id"), stems))


def settle(records: pa.Table, clashes: Clashes, new: NewIds) -> tuple[pa.Table, list[Problem]]:
    """The records without the refused ones and with the new ids of others, and what to tell about both."""
    problems = _told(records, clashes.refused, "duplicate_id", "is taken by an earlier record; this one was left out")
    problems += _told(
        records, clashes.renamed, SHARED, "is or was taken by another source or file; this one has its source before it"
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


def _hashed(batch: pa.RecordBatch) -> tuple[np.ndarray, np.ndarray]:
    """Of the ids and of the sources."""
    sources = pc.dictionary_encode(batch.column("source"), null_encoding="encode")
    owners = _hashes(sources.dictionary.to_pylist())[sources.indices.to_numpy()]
    return _hashes(batch.column("track_id").to_pylist()), owners


def _sourced(batches: Iterable[pa.RecordBatch]) -> np.ndarray:
    """Of the ids with their sources."""
    return _joined([ids * _ODD ^ sources for ids, sources in map(_hashed, batches)])


def _among(hashes: np.ndarray, batches: Iterable[pa.RecordBatch]) -> np.ndarray:
    """Whether each of these ids with their sources is in the batches, of which one at a time is in memory [n, bool]."""
    found = np.zeros(len(hashes), bool)
    for batch in batches:
        found |= np.isin(hashes, _sourced([batch]))
    return found


def _joined(parts: Iterable[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.empty(0, np.int64), *parts])


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
