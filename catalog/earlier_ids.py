"""Who had a track id in earlier deliveries: the published tracks, and those that left (`former.arrow` beside them).

Decisions and ids of recordings hang on track ids, so an id goes to no other source, even where the track that had it
is gone. Only a source that is new takes over the ids of one that is not delivered any more, where most of the ids that
both have stand for one title: it has another name, as files do that are named after the day.

Ids, sources and titles are told apart by 64-bit hashes, which are this process's own.
"""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray

from catalog.errors import CatalogError
from catalog.parquet import reading
from catalog.published import Published

log = logging.getLogger(__name__)

SHARED = "shared_id"
"""The problem of a record whose id another has."""

FORMER = "former.arrow"
REMEMBERED = pa.schema([(name, pa.string()) for name in ("track_id", "source", "title")])
MOST_REMEMBERED = 10_000_000
"""Tracks that left and are remembered, the last ones: a source may give new ids every day."""

SAME_TITLES = 0.5
"""Share of the ids of two sources that must stand for one title, so that one is the other under another name."""

_ODD = np.int64(0x1E3779B97F4A7C15)
"""Any large odd number: times it (modulo 2^64) hashes stay distinct, and equal ones of id and source do not cancel."""

Hashes = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Earlier:
    """What the deliveries before settled.

    tracks: the published tracks; former: those that left; batches of REMEMBERED. renamed: records of the last delivery,
    by the id that they came with, whose id another one had; batches of `track_id, source`.
    """

    tracks: Callable[[], Iterable[pa.RecordBatch]] = tuple
    renamed: Callable[[], Iterable[pa.RecordBatch]] = tuple
    former: Callable[[], Iterable[pa.RecordBatch]] = tuple

    @classmethod
    def of(cls, catalogue: Published) -> "Earlier":
        """Of what is published; nothing where nothing is, or it is damaged, which a new delivery mends."""

        def rows(table: str, columns: list[str], chosen: ds.Expression | None = None) -> Iterator[pa.RecordBatch]:
            if catalogue.has(table):
                with _else_as_first(), reading(catalogue.path(table)):
                    yield from catalogue.dataset(table).to_batches(columns, filter=chosen)

        def former() -> Iterator[pa.RecordBatch]:
            if catalogue.has("tracks"):
                with _else_as_first(), reading(path := catalogue.path("tracks")):
                    if (path / FORMER).exists():
                        yield from ds.dataset(path / FORMER, format="ipc").to_batches(REMEMBERED.names)

        names, shared = REMEMBERED.names, pc.field("code") == SHARED
        return cls(partial(rows, "tracks", names), partial(rows, "problems", names[:2], shared), former)

    def all(self) -> Iterator[pa.RecordBatch]:
        """The tracks that there are, then those that there were."""
        return chain(self.tracks(), self.former())


@dataclass(frozen=True)
class Owners:
    """What earlier deliveries say of the records of this one: masks `[n]`.

    own: the record's source had its id. others: another source has or had it. heirs: the names that sources have now
    which had another one, by the hash of that.
    """

    own: Mask
    others: Mask
    heirs: Mapping[int, str]


def owners(ids: Hashes, sourced: Hashes, titles: Hashes, sources: Mapping[int, str], earlier: Earlier) -> Owners:
    """Who had the ids of these records `[n]`. sourced: `joint`; sources: the names of all sources, by their hash."""
    order, own, known = np.argsort(ids), np.zeros(len(ids), bool), set[int]()
    ordered = ids[order]
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, bool))]
    for batch in earlier.all():
        here, theirs = hashed(batch)
        known.update(np.unique(theirs).tolist())
        places, at = _equal(ordered, here)
        rows = order[places]
        same = sourced[rows] == joint(here, theirs)[at]
        own[rows[same]] = True
        rows, at = rows[~same], at[~same]
        titled = hashes(batch.column("title").take(pa.array(at)).to_pylist())
        found.append((rows, theirs[at], titled == titles[rows]))
    rows, theirs, alike = (np.concatenate(part) for part in zip(*found, strict=True))
    mine = sourced[rows] ^ joint(ids[rows], np.int64(0))
    _, pair = np.unique(joint(theirs, mine), return_inverse=True)
    share = np.bincount(pair, alike) / np.maximum(np.bincount(pair), 1)
    heir = ~np.isin(theirs, list(sources)) & ~np.isin(mine, list(known)) & (share[pair] >= SAME_TITLES)
    own[rows[heir]] = True
    others = np.zeros(len(ids), bool)
    others[rows[~heir]] = True
    heirs = {old: sources[new] for old, new in zip(theirs[heir].tolist(), mine[heir].tolist(), strict=True)}
    return Owners(own, others & ~own, heirs)


def remember(path: Path, earlier: Earlier, ids: Hashes, heirs: Mapping[int, str]) -> None:
    """Write to a file, as REMEMBERED, the tracks that there were and whose id none has now. ids: those of now."""
    now, room = np.sort(ids), MOST_REMEMBERED
    with pa.ipc.new_file(path, REMEMBERED, options=pa.ipc.IpcWriteOptions(compression="zstd")) as file:
        for batch in earlier.all():
            here = hashes(batch.column("track_id").to_pylist())
            gone = np.ones(len(here), bool)
            gone[_equal(now, here)[1]] = False
            left = batch.select(REMEMBERED.names).filter(pa.array(gone)).slice(0, room)
            names = pc.dictionary_encode(left.column("source"))
            source = pa.array([heirs.get(hash(name), name) for name in names.dictionary.to_pylist()], pa.string())
            columns = [left.column("track_id"), source.take(names.indices), left.column("title")]
            file.write_batch(pa.record_batch(columns, schema=REMEMBERED))
            room -= left.num_rows


def hashes(values: Iterable[Hashable]) -> Hashes:
    """Hashes of any values."""
    return np.fromiter(map(hash, values), np.int64)


def hashed(batch: pa.RecordBatch) -> tuple[Hashes, Hashes]:
    """Of the ids and of the sources of a batch."""
    sources = pc.dictionary_encode(batch.column("source"), null_encoding="encode")
    return (
        hashes(batch.column("track_id").to_pylist()),
        hashes(sources.dictionary.to_pylist())[sources.indices.to_numpy()],
    )


def joint(ids: Hashes, sources: Hashes | np.int64) -> Hashes:
    """Of ids with their sources."""
    return ids * _ODD ^ sources


@contextmanager
def _else_as_first() -> Iterator[None]:
    """Do without what is damaged, and say so."""
    try:
        yield
    except CatalogError as error:
        log.warning("ids are settled as in a first delivery: %s", error)


def _equal(ordered: Hashes, wanted: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places in `ordered`, which ascends, and in `wanted` that are equal, all pairs of them."""
    order = np.argsort(wanted)  # what is looked for in order is found ten times as fast
    first, end = (np.searchsorted(ordered, wanted[order], side) for side in ("left", "right"))
    count = end - first
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(first, count) + within, np.repeat(order, count)
