"""Artists that were merged (one artist printed in several ways) and split (one printed name, several artists).

For a split name the report shows what its artists' tracks have, since that is what told them apart: labels, countries,
genres, years and a few titles.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.store import Catalogue
from jobs.report_pairs import Row
from jobs.report_query import batches, grouped, with_values

SHOWN = 20
NAMES = 10  # printed names shown per artist
HOMONYMS = 8  # artists shown per name
SAMPLE = 200  # tracks read per artist for the facts
SEED = 20240229
_FACTS = ("label", "country", "genre")


@dataclass(frozen=True)
class Merged:
    """One artist; `names` are (printed name, tracks), the most frequent first."""

    artist_id: str
    names: tuple[tuple[str, int], ...]
    total: int
    tracks: int


@dataclass(frozen=True)
class Namesake:
    """One of the artists behind a name: the commonest values of its tracks."""

    artist_id: str
    tracks: int
    facts: dict[str, tuple[str, ...]]
    years: tuple[int, int] | None
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """One printed name and its artists, the one with most tracks first."""

    name: str
    artists: tuple[Namesake, ...]
    total: int


@dataclass(frozen=True)
class Artists:
    """Counts over the whole catalogue, and the artists shown."""

    total: int
    merged: tuple[Merged, ...]
    merged_total: int
    split: tuple[Split, ...]
    split_total: int


def artists(catalogue: Catalogue) -> Artists:
    """Count and choose merged artists and split names; half the largest, half a seeded sample."""
    where = pc.field("artist_id").is_valid() & pc.field("name").is_valid()
    printed = grouped(catalogue.dataset("artists"), ["artist_id", "name"], where=where)
    merged_ids, merged_total = _several(printed, "artist_id", "name")
    split_names, split_total = _several(printed, "name", "artist_id")
    return Artists(
        total=pc.count_distinct(printed.column("artist_id")).as_py(),
        merged=tuple(_merged(printed, identifier) for identifier in merged_ids),
        merged_total=merged_total,
        split=_splits(catalogue, printed, split_names),
        split_total=split_total,
    )


def _several(printed: pa.Table, key: str, of: str) -> tuple[list[str], int]:
    """Values of `key` with more than one `of`: those to show, and how many there are."""
    counts = printed.group_by(key).aggregate([(of, "count"), ("n", "sum")])
    counts = counts.filter(pc.greater(counts.column(f"{of}_count"), 1)).sort_by(
        [(f"{of}_count", "descending"), ("n_sum", "descending"), (key, "ascending")]
    )
    total = counts.num_rows
    top = min(total, SHOWN // 2)
    rest = top + np.random.default_rng(SEED).choice(total - top, min(total - top, SHOWN - top), replace=False)
    return counts.column(key).take(pa.array([*range(top), *sorted(rest)], pa.int64())).to_pylist(), total


def _merged(printed: pa.Table, artist_id: str) -> Merged:
    rows = printed.filter(pc.equal(printed.column("artist_id"), artist_id)).sort_by(
        [("n", "descending"), ("name", "ascending")]
    )
    names = tuple(zip(rows.column("name").to_pylist(), rows.column("n").to_pylist(), strict=True))
    return Merged(artist_id, names[:NAMES], len(names), sum(count for _, count in names))


def _splits(catalogue: Catalogue, printed: pa.Table, names: Sequence[str]) -> tuple[Split, ...]:
    rows = printed.filter(pc.is_in(printed.column("name"), value_set=pa.array(names, pa.string()))).sort_by(
        [("n", "descending"), ("artist_id", "ascending")]
    )
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in rows.to_pylist():
        by_name[row["name"]].append(row)
    facts = _facts(catalogue, {(n, r["artist_id"]) for n, found in by_name.items() for r in found[:HOMONYMS]})
    return tuple(
        Split(
            name,
            tuple(_namesake(row, facts.get((name, row["artist_id"]), [])) for row in by_name[name][:HOMONYMS]),
            len(by_name[name]),
        )
        for name in names
    )


def _facts(catalogue: Catalogue, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[Row]]:
    """Up to `SAMPLE` tracks of each (name, artist)."""
    if not wanted or not catalogue.has("tracks"):
        return {}
    credit: dict[tuple[str, str], list[str]] = defaultdict(list)
    where = pc.field("artist_id").isin(pa.array(sorted({artist for _, artist in wanted}), pa.string()))
    for batch in batches(catalogue.dataset("artists"), ["track_id", "name", "artist_id"], where=where):
        for row in batch.to_pylist():
            key = (row["name"], row["artist_id"])
            if key in wanted and len(credit[key]) < SAMPLE:
                credit[key].append(row["track_id"])
    ids = sorted({track for tracks in credit.values() for track in tracks})
    columns = ["track_id", "title", "release_year", *_FACTS]
    tracks = {r["track_id"]: r for r in with_values(catalogue.dataset("tracks"), "track_id", ids, columns).to_pylist()}
    return {key: [tracks[track] for track in found if track in tracks] for key, found in credit.items()}


def _namesake(row: Row, tracks: Sequence[Row]) -> Namesake:
    years = sorted(track["release_year"] for track in tracks if track["release_year"] is not None)
    return Namesake(
        artist_id=row["artist_id"],
        tracks=row["n"],
        facts={fact: _commonest(tracks, fact) for fact in _FACTS},
        years=(years[0], years[-1]) if years else None,
        titles=_commonest(tracks, "title"),
    )


def _commonest(tracks: Sequence[Row], column: str) -> tuple[str, ...]:
    counts = Counter(track[column] for track in tracks if track[column])
    return tuple(value for value, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3])
