"""Artists that were split (one printed name, several artists) and merged (one artist printed in several ways).

Ambiguous names come first, the least certain before all. For a split name the report shows each artist's note and what
its tracks have, since that is what told them apart: labels, countries, genres, years and a few titles.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.store import Catalogue
from dedup.artist_namesakes import DOUBTFUL_TOLD
from jobs.artist_files import NAMESAKES_FILE, read_answer
from jobs.report_doubtful import Doubtful, doubtful, joined, misplaced
from jobs.report_pairs import Row
from jobs.report_query import batches, grouped, with_values

SHOWN = 20
NAMES = 10  # printed names shown per artist
HOMONYMS = 8  # artists shown per name
SAMPLE = 200  # tracks read per artist for the facts
SEED = 20240229
_FACTS = ("label", "country", "genre")
Order = list[tuple[str, str]]
Facts = dict[tuple[str, str], list[Row]]


@dataclass(frozen=True)
class Merged:
    """One artist; `names` are (printed name, tracks, what joined it), the most frequent first."""

    artist_id: str
    names: tuple[tuple[str, int, str], ...]
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
    note: str
    confidence: float


@dataclass(frozen=True)
class Split:
    """One printed name and its artists, the one with most tracks first; the confidence is the mean of its credits."""

    name: str
    artists: tuple[Namesake, ...]
    total: int
    confidence: float


@dataclass(frozen=True)
class Artists:
    """Counts over the whole catalogue, and the artists shown."""

    total: int
    merged: tuple[Merged, ...]
    merged_total: int
    split: tuple[Split, ...]
    split_total: int
    doubtful: tuple[Doubtful, ...]
    doubtful_total: int
    misplaced: tuple[Row, ...]
    misplaced_total: int

    @property
    def doubtful_count(self) -> str:
        """How many names are in doubt: where there are many, only the least sure were kept."""
        return f"{self.doubtful_total:,}{' or more' if self.doubtful_total >= DOUBTFUL_TOLD else ''}"


def artists(catalogue: Catalogue) -> Artists:
    """Count and choose split names, the least certain and a seeded sample, and merged artists, the largest likewise."""
    where = pc.field("artist_id").is_valid() & pc.field("name").is_valid()
    measures = {"sure": ("confidence", "sum")}
    printed = grouped(catalogue.dataset("artists"), ["artist_id", "name"], where=where, measures=measures)
    merged_ids, merged_total = _several(printed, "artist_id", "name", by=[("name_count", "descending")])
    split_names, split_total = _several(printed, "name", "artist_id", by=[("confidence", "ascending")])
    unsure, doubtful_total = doubtful(catalogue)
    wrong, misplaced_total = misplaced(catalogue)
    return Artists(
        total=pc.count_distinct(printed.column("artist_id")).as_py(),
        merged=tuple(_merged(catalogue, printed, identifier) for identifier in merged_ids),
        merged_total=merged_total,
        split=_splits(catalogue, printed, split_names),
        split_total=split_total,
        doubtful=unsure,
        doubtful_total=doubtful_total,
        misplaced=wrong,
        misplaced_total=misplaced_total,
    )


def _several(printed: pa.Table, key: str, of: str, *, by: Order) -> tuple[list[str], int]:
    """Values of `key` with more than one `of`: those to show, in order, and how many there are."""
    counts = printed.group_by(key).aggregate([(of, "count"), ("n", "sum"), ("sure", "sum")])
    counts = counts.filter(pc.greater(counts.column(f"{of}_count"), 1))
    confidence = pc.divide(counts.column("sure_sum"), counts.column("n_sum"))
    counts = counts.append_column("confidence", confidence).sort_by([*by, ("n_sum", "descending"), (key, "ascending")])
    total = counts.num_rows
    top = min(total, SHOWN // 2)
    rest = top + np.random.default_rng(SEED).choice(total - top, min(total - top, SHOWN - top), replace=False)
    return counts.column(key).take(pa.array([*range(top), *sorted(rest)], pa.int64())).to_pylist(), total


def _merged(catalogue: Catalogue, printed: pa.Table, artist_id: str) -> Merged:
    rows = printed.filter(pc.equal(printed.column("artist_id"), artist_id)).sort_by(
        [("n", "descending"), ("name", "ascending")]
    )
    names, counts = (rows.column(column).to_pylist() for column in ("name", "n"))
    why = joined(catalogue, names[:NAMES])
    return Merged(artist_id, tuple(zip(names, counts, why, strict=False)), len(names), sum(counts))


def _splits(catalogue: Catalogue, printed: pa.Table, names: Sequence[str]) -> tuple[Split, ...]:
    rows = printed.filter(pc.is_in(printed.column("name"), value_set=pa.array(names, pa.string()))).sort_by(
        [("n", "descending"), ("artist_id", "ascending")]
    )
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in rows.to_pylist():
        by_name[row["name"]].append(row)
    shown = {(n, r["artist_id"]) for n, found in by_name.items() for r in found[:HOMONYMS]}
    facts = _facts(catalogue, shown)
    ids = sorted({artist for _, artist in shown})
    notes = {row["artist_id"]: row["note"] for row in read_answer(catalogue, NAMESAKES_FILE, "artist_id", ids)}
    return tuple(_split(name, by_name[name], facts, notes) for name in names)


def _split(name: str, rows: Sequence[Row], facts: Facts, notes: Mapping[str, str]) -> Split:
    artists = tuple(
        _namesake(row, facts.get((name, row["artist_id"]), []), notes.get(row["artist_id"], ""))
        for row in rows[:HOMONYMS]
    )
    return Split(name, artists, len(rows), sum(row["sure"] for row in rows) / sum(row["n"] for row in rows))


def _facts(catalogue: Catalogue, wanted: set[tuple[str, str]]) -> Facts:
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


def _namesake(row: Row, tracks: Sequence[Row], note: str) -> Namesake:
    years = sorted(track["release_year"] for track in tracks if track["release_year"] is not None)
    return Namesake(
        artist_id=row["artist_id"],
        tracks=row["n"],
        facts={fact: _commonest(tracks, fact) for fact in _FACTS},
        years=(years[0], years[-1]) if years else None,
        titles=_commonest(tracks, "title"),
        note=note,
        confidence=row["sure"] / row["n"],
    )


def _commonest(tracks: Sequence[Row], column: str) -> tuple[str, ...]:
    counts = Counter(track[column] for track in tracks if track[column])
    return tuple(value for value, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3])
