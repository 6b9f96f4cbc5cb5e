"""Track ids that were delivered more than once: which records lose, and what becomes of them.

A second record with the id of an earlier one is left out where the same source delivered both. Where another source
did, its numbering is its own: the record is taken with the source's name before its id. So is one of the same source
whose id only says where it stands ("tracks:17", "cd1/01.mp3") and which stands in another file, and one whose id
another source has had in an earlier delivery (`catalog.earlier_ids`), whichever is named first now.

Ids are told apart by 64-bit hashes, of the id, of the id with its owner and with its source, beside one of the title:
32 bytes a record, whatever the ids. A record is left out only where the first two agree, which does not happen by
chance.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.earlier_ids import SHARED, Earlier, hashed, hashes, joint, owners
from catalog.problems import Problem


@dataclass(frozen=True)
class Clashes:
    """Rows (places in the order of delivery, ascending) of records that do not keep their id."""

    refused: np.ndarray
    renamed: np.ndarray
    heirs: Mapping[int, str] = field(default_factory=dict)  # of `Owners`

    def within(self, start: int, stop: int) -> "Clashes":
        """Those among the rows `start` to `stop`, counted from `start`."""
        refused, renamed = (rows[slice(*np.searchsorted(rows, (start, stop)))] - start for rows in self.all())
        return Clashes(refused, renamed)

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
        self._sourced: list[np.ndarray] = []
        self._titles: list[np.ndarray] = []
        self._sources: dict[int, str] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Take note of the next records, a batch of DELIVERED."""
        ids, owned_by = hashed(batch)
        self._ids.append(ids)
        self._sourced.append(joint(ids, owned_by))
        self._titles.append(hashes(batch.column("title").to_pylist()))
        self._sources |= {hash(name): name for name in batch.column("source").unique().to_pylist()}
        placed = np.flatnonzero(pc.fill_null(_named_after_place(batch), False).to_numpy(zero_copy_only=False))
        if len(placed):
            columns = (batch.column(name).take(pa.array(placed)).to_pylist() for name in ("root", "place"))
            owned_by[placed] ^= hashes(zip(*columns, strict=True))
        self._owned.append(joint(ids, owned_by))

    def clashes(self, earlier: Earlier) -> Clashes:
        """The records whose id another one has, or had before: its source keeps it, else the first source."""
        ids, owned, sourced, titles = map(_joined, (self._ids, self._owned, self._sourced, self._titles))
        found = owners(ids, sourced, titles, self._sources, earlier)
        another = found.others | (np.isin(sourced, _sourced(earlier.renamed())) & ~found.own)  # the id's owner before
        rows = np.union1d(_repeated(ids), np.flatnonzero(another))
        refused = _not_first(owned[rows])
        rank = np.where(found.own[rows], 0, np.where(another[rows], 2, 1))
        order = np.lexsort((rank, ids[rows]))
        keeps = np.zeros(len(rows), bool)
        keeps[order[~_not_first(ids[rows][order])]] = True
        keeps &= rank < 2
        return Clashes(rows[refused & ~keeps], rows[~refused & ~keeps], found.heirs)

    def new(self) -> "NewIds":
        """What gives records of these ids other ones."""
        return NewIds(np.unique(_joined(self._ids)))

    def settled(self, clashes: Clashes, new: "NewIds | None") -> np.ndarray:
        """Hashes of the ids that the records have in the end."""
        kept = np.delete(_joined(self._ids), np.concatenate(clashes.all()))
        return np.concatenate([kept, np.fromiter(new.given if new else (), np.int64)])


class NewIds:
    """Ids that no record has: the source before the old one, as often as it takes."""

    def __init__(self, taken: np.ndarray) -> None:
        self._taken = taken  # hashes, ascending
        self.given: set[int] = set()

    def __call__(self, source: str, track_id: str) -> str:
        """An id for a record of a source whose own is taken; it is given once."""
        while self._has(hash(track_id)):
            track_id = f"{source}:{track_id}"
        self.given.add(hash(track_id))
        return track_id

    def _has(self, value: int) -> bool:
        place = int(np.searchsorted(self._taken, value))
        return value in self.given or (place < len(self._taken) and int(self._taken[place]) == value)


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


def _sourced(batches: Iterable[pa.RecordBatch]) -> np.ndarray:
    """Of the ids with their sources."""
    return _joined([joint(*hashed(batch)) for batch in batches])


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
