"""Artist ids that outlive a run: an artist keeps its id while most of its credits stay together.

What `dedup.artists` calls an artist depends on the credits alone; here the published ids go on where they can
(`dedup.stable_ids`). Beside the table lie `redirects.arrow`, ids that were given up and what most of their credits
have now, `since.arrow`, when an id was first given (an id that is not in it is as old as the catalogue's artists), and
`former.arrow`, which credits had an id when it was given up, or when their tracks left.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.feather as feather
import pyarrow.parquet as pq
from numpy.typing import NDArray

from catalog.atomic import replacing
from catalog.parquet import reading
from catalog.published import Published
from catalog.store import Catalogue
from dedup.artist_codes import Codes, codes, combined
from dedup.stable_ids import MOST_REMEMBERED, keep_or_restore

REDIRECTS, SINCE, FORMER = "redirects.arrow", "since.arrow", "former.arrow"
REDIRECTED = pa.schema([("id", pa.string()), ("became", pa.string())])
AGES = pa.schema([("id", pa.string()), ("since", pa.string())])
REMEMBERED = pa.schema([("credit", pa.uint64()), ("id", pa.string())])
CREDITED = ["track_id", "position", "artist_id"]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Credited:
    """Which artist each credit has: codes of the credits, and the place of each one's artist in `ids`."""

    credit: Codes
    artist: Ints
    ids: list[str]


def keep_ids(catalogue: Catalogue, staging: Path, now: str) -> dict[str, str]:
    """Give the staged artists their published ids again, in place; returns new id -> old id where they differ.

    now: when ids that are new were given.
    """
    if not catalogue.has("artists"):
        return {}
    published, after = _credited(catalogue.dataset("artists")), _credited(_staged(staging))
    told = _with_former(catalogue, published)
    since, redirects = read_since(catalogue), read_redirects(catalogue)
    age = np.unique([since.get(id_, "") for id_ in told.ids], return_inverse=True)[1]
    place, there = _found(told.credit, after.credit)
    of_now = np.flatnonzero(there) < len(published.credit)
    kept, home = keep_or_restore(
        after.artist[place], told.artist[there], of_now, clusters=len(after.ids), age=np.asarray(age, np.int64)
    )
    given = {*published.ids, *redirects, *(told.ids[old] for old in kept.tolist() if old >= 0)}
    final = _named(after.ids, told.ids, kept.tolist(), given)
    changed = {fresh: id_ for fresh, id_ in zip(after.ids, final, strict=True) if fresh != id_}
    if changed:
        _rename(staging, changed)
    old_enough = set(told.ids) - since.keys()  # as old as the catalogue's artists
    known = dict.fromkeys([*final, *told.ids])
    _write(staging / SINCE, {id_: since.get(id_, now) for id_ in known if id_ not in old_enough})
    gone = np.setdiff1d(np.flatnonzero(home >= 0), kept)
    fresh = {told.ids[old]: final[int(home[old])] for old in gone.tolist()}
    chain = {old: fresh.get(new, new) for old, new in redirects.items()}
    living = set(final)
    _write(
        staging / REDIRECTS, {old: new for old, new in (chain | fresh).items() if old not in living and new in living}
    )
    _remember(staging, told, ~np.isin(told.artist, kept) | ~there)
    return changed


def _with_former(catalogue: Catalogue, published: Credited) -> Credited:
    """The published credits, then the former ones."""
    path = catalogue.path("artists") / FORMER
    if not path.exists():
        return published
    with reading(path.parent):
        table = feather.read_table(path).select(REMEMBERED.names)
    credit, ids = (column.combine_chunks() for column in table.columns)
    encoded = ids.dictionary_encode()
    numbers = {id_: number for number, id_ in enumerate(published.ids)}
    place = [numbers.setdefault(id_, len(numbers)) for id_ in encoded.dictionary.to_pylist()]
    artist = np.array(place, np.int64)[encoded.indices.to_numpy()]
    return Credited(
        np.concatenate([published.credit, credit.to_numpy()]), np.concatenate([published.artist, artist]), list(numbers)
    )


def _found(wanted: Codes, credits: Codes) -> tuple[Ints, NDArray[np.bool_]]:
    """Where the wanted credits that are there stand, and which those are `[wanted]`."""
    order = np.argsort(credits)
    at = np.searchsorted(credits, wanted, sorter=order)
    at[at == len(credits)] = 0
    there = credits[order[at]] == wanted if len(credits) else np.zeros(len(wanted), bool)
    return order[at[there]], there


def _named(fresh: list[str], old: list[str], kept: list[int], given: set[str]) -> list[str]:
    """The old id where one is kept, else the fresh one, with a number behind it where it was given to somebody."""
    taken = given | set(fresh)
    return [
        old[number] if number >= 0 else id_ if id_ not in given else _another(id_, taken)
        for id_, number in zip(fresh, kept, strict=True)
    ]


def _another(id_: str, taken: set[str]) -> str:
    """The id with the least number behind it that is not taken, which then is."""
    name = next(name for number in count(2) if (name := f"{id_}-{number}") not in taken)
    taken.add(name)
    return name


def _remember(staging: Path, told: Credited, rows: NDArray[np.bool_]) -> None:
    """Write some of the credits, each once with an id."""
    if rows.any():
        both = np.stack([told.artist[rows].astype(np.uint64), told.credit[rows]])
        first = np.sort(np.unique(both, axis=1, return_index=True)[1])  # what was given up last stands before
        pairs = both[:, first[:MOST_REMEMBERED]]
        ids = pa.array(told.ids, pa.string()).take(pa.array(pairs[0].astype(np.int64)))
        feather.write_feather(pa.table([pairs[1], ids], schema=REMEMBERED), staging / FORMER, compression="zstd")


def renamed(ids: pa.ChunkedArray, changed: dict[str, str]) -> pa.ChunkedArray:
    """The ids, each changed one as it is now."""
    if not changed:
        return ids
    place = pc.index_in(ids, pa.array(list(changed), pa.string()))
    return pc.coalesce(pa.array(list(changed.values()), pa.string()).take(place.combine_chunks()), ids)


def read_redirects(catalogue: Published) -> dict[str, str]:
    """Artist ids that were given up, and what they became; empty where none was."""
    return _read(catalogue, REDIRECTS)


def read_since(catalogue: Published) -> dict[str, str]:
    """When an artist id was given, of those that are younger than the first."""
    return _read(catalogue, SINCE)


def _read(catalogue: Published, name: str) -> dict[str, str]:
    path = catalogue.path("artists") / name if catalogue.has("artists") else None
    if path is None or not path.exists():
        return {}
    with reading(path.parent):
        table = feather.read_table(path)
    keys, values = (column.to_pylist() for column in table.columns)
    return dict(zip(keys, values, strict=True))


def _write(path: Path, values: dict[str, str]) -> None:
    if values:
        schema = AGES if path.name == SINCE else REDIRECTED
        feather.write_feather(pa.table([list(values), list(values.values())], schema=schema), path, compression="zstd")


def _staged(staging: Path) -> ds.Dataset:
    return ds.dataset(sorted(staging.glob("*.parquet")))


def _credited(credits: ds.Dataset) -> Credited:
    """Sixteen bytes a credit, and every id once."""
    numbers: dict[str, int] = {}
    parts = list(_numbered(credits.to_batches(columns=CREDITED), numbers))
    empty = (np.empty(0, np.uint64), np.empty(0, np.int64))
    credit, artist = (np.concatenate(column) for column in zip(empty, *parts, strict=True))
    return Credited(credit, artist, list(numbers))


def _numbered(batches: Iterable[pa.RecordBatch], numbers: dict[str, int]) -> Iterator[tuple[Codes, Ints]]:
    for batch in batches:
        encoded = batch.column("artist_id").dictionary_encode()
        place = np.array([numbers.setdefault(id_, len(numbers)) for id_ in encoded.dictionary.to_pylist()], np.int64)
        position = batch.column("position").to_numpy(zero_copy_only=False).astype(np.uint64)
        yield combined(codes(batch.column("track_id")), position), place[encoded.indices.to_numpy()]


def _rename(staging: Path, changed: dict[str, str]) -> None:
    wanted = pa.array(list(changed), pa.string())
    for path in sorted(staging.glob("*.parquet")):
        table = pq.read_table(path)
        ids = table.column("artist_id")
        if pc.any(pc.is_in(ids, wanted)).as_py():
            at = table.schema.get_field_index("artist_id")
            with replacing(path) as unfinished:
                renewed = table.set_column(at, table.schema.field(at), renamed(ids, changed))
                pq.write_table(renewed, unfinished, compression="zstd")
