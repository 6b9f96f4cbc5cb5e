"""What was delivered, source by source: completeness of the fields, problems, and overlap with other sources."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from catalog.store import Catalogue
from jobs.report_pairs import Row
from jobs.report_query import batches, first, grouped, paired_sources

SOURCES = 12  # sources that have a row or column of their own; the rest are added up
CODES = 30
EXAMPLES = 3  # problems quoted per code
OTHER = "all others"
FIELDS = {
    "title": "title_core", "artist": "artist_core", "album": "album_core", "duration": "duration_s",
    "year": "release_year", "number": "position", "isrc": "isrc_code", "upc": "upc_code", "label": "label",
    "country": "country", "genre": "genre", "language": "language", "audio": "audio_file",
}  # fmt: skip
"""Fields whose completeness is shown, and the column that is null where nothing usable was delivered."""


@dataclass(frozen=True)
class Source:
    """One source; `filled` counts the tracks that have a usable value, per key of `FIELDS`."""

    name: str
    tracks: int
    filled: dict[str, int]


@dataclass(frozen=True)
class Matrix:
    """Counts [rows, columns] with the names of both sides; a cell may be None where it has no meaning."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]

    @property
    def largest(self) -> int:
        """The largest cell, at least 1: the scale of the shading."""
        return max((cell for row in self.cells for cell in row if cell is not None), default=1) or 1


@dataclass(frozen=True)
class Example:
    """A few problems of one kind, verbatim."""

    code: str
    total: int
    problems: tuple[Row, ...]


@dataclass(frozen=True)
class Problems:
    """All problems counted by code and source, with examples."""

    total: int
    codes: int
    matrix: Matrix
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Sound:
    """Tracks whose audio could be heard, their length, and how many of them have no similarity vector."""

    tracks: int
    seconds: float
    silent: int


def sources(catalogue: Catalogue) -> list[Source]:
    """Count tracks and usable values per source, the largest source first."""
    measures = {name: (column, "count") for name, column in FIELDS.items()}
    rows = grouped(catalogue.dataset("tracks"), ["source"], measures=measures).to_pylist()
    found = [Source(row["source"] or "", row["n"], {name: row[name] for name in FIELDS}) for row in rows]
    return sorted(found, key=lambda source: (-source.tracks, source.name))


def shown_sources(found: list[Source]) -> list[Source]:
    """The largest sources, and the others added up to one."""
    if len(found) <= SOURCES:
        return found
    rest = found[SOURCES - 1 :]
    filled = {name: sum(source.filled[name] for source in rest) for name in FIELDS}
    return [*found[: SOURCES - 1], Source(f"{OTHER} ({len(rest):,})", sum(s.tracks for s in rest), filled)]


def problems(catalogue: Catalogue) -> Problems:
    """Count problems by code and source, and quote some of each code."""
    dataset = catalogue.dataset("problems")
    counted = grouped(dataset, ["code", "source"])
    by_code, by_source = (_totals(counted, key) for key in ("code", "source"))
    codes, (columns, place) = list(by_code)[:CODES], _sides(list(by_source))
    cells = {code: [0] * len(columns) for code in codes}
    for row in counted.to_pylist():
        if row["code"] in cells:
            cells[row["code"]][place[row["source"]]] += row["n"]
    matrix = Matrix(tuple(code or "" for code in codes), columns, tuple(map(tuple, cells.values())))
    examples = tuple(Example(code, by_code[code], _quoted(dataset, code)) for code in codes if code)
    return Problems(catalogue.count("problems"), len(by_code), matrix, examples)


def overlap(catalogue: Catalogue, names: list[str]) -> Matrix:
    """Count merged pairs between every two sources; the lower half of the square, with its diagonal."""
    merged = pc.field("decision") == "merge"
    pairs = paired_sources(catalogue.dataset("matches"), catalogue.dataset("tracks"), merged)
    shown, place = _sides(names)
    cells = [[0 if column <= row else None for column in range(len(shown))] for row in range(len(shown))]
    for (a, b), count in pairs.items():
        if a in place and b in place:
            row, column = max(place[a], place[b]), min(place[a], place[b])
            cells[row][column] = (cells[row][column] or 0) + count
    return Matrix(shown, shown, tuple(map(tuple, cells)))


def sound(catalogue: Catalogue) -> Sound:
    """Add up what was heard; the running sum is taken batch by batch."""
    parts = batches(catalogue.dataset("segments"), ["seconds"])
    seconds = sum(pc.sum(part.column(0)).as_py() or 0.0 for part in parts)
    heard = catalogue.dataset("segments").count_rows(filter=pc.field("seconds") > 0)  # others could not be decoded
    if not catalogue.has("embeddings"):
        return Sound(heard, seconds, 0)
    told = catalogue.dataset("embeddings").count_rows(filter=pc.field("vector").is_valid())
    return Sound(heard, seconds, max(0, heard - told))


def _sides(names: Sequence[str | None]) -> tuple[tuple[str, ...], dict[str | None, int]]:
    """Names of rows or columns, the last for all others where there are many, and the place of each source in them."""
    own = len(names) if len(names) <= SOURCES else SOURCES - 1
    others = [f"{OTHER} ({len(names) - own:,})"] if own < len(names) else []
    return (*(name or "" for name in names[:own]), *others), {name: min(i, own) for i, name in enumerate(names)}


def _quoted(dataset: ds.Dataset, code: str) -> tuple[Row, ...]:
    columns = ["track_id", "source", "stage", "field", "message"]
    return tuple(first(dataset, EXAMPLES, columns, where=pc.field("code") == code).to_pylist())


def _totals(counted: pa.Table, key: str) -> dict[str | None, int]:
    """Sum of `n` per value of `key`, the largest first."""
    rows = counted.group_by(key).aggregate([("n", "sum")]).to_pylist()
    return {row[key]: row["n_sum"] for row in sorted(rows, key=lambda row: (-row["n_sum"], row[key] or ""))}
