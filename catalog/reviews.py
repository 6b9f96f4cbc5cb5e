"""Reviewers' decisions on pairs of tracks, and files of labelled pairs: what people say is the same recording.

Decisions lie in `CATALOG/reviews.db`, an SQLite file with one table, `reviews`. A decision is added, never changed: of
several on one pair the newest counts, and how it was judged before stays. What is decided now is never older than what
was decided before, whatever the clock says. A file of labelled pairs is CSV in UTF-8 with
the columns `track_id_a, track_id_b, same`; it is read by the standard library, which knows the line of every row.
"""

import csv
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from catalog.errors import CatalogError, SourceError, UsageError

NAME = "reviews.db"
SAID = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
"""How a file says whether two tracks are the same recording, in any case of letters."""

SAME, DIFFERENT = "same", "different"
LABELLED = pa.schema([("track_id_a", pa.string()), ("track_id_b", pa.string()), ("same", pa.bool_())])
"""Labelled pairs; `track_id_a` sorts before `track_id_b`."""

_BUSY_S = 30.0  # how long a writer waits for another
_MENDS = {
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED), "end the program that has it open, and try again"),
    **dict.fromkeys((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM), "check the permissions"),
    **dict.fromkeys((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR), "make room on the disk, or check it"),
}
"""What helps where the file itself is sound, by the primary code of SQLite's error."""

_TABLE = """
    CREATE TABLE IF NOT EXISTS reviews (
        track_id_a TEXT NOT NULL,
        track_id_b TEXT NOT NULL CHECK (track_id_a < track_id_b),
        decision TEXT NOT NULL CHECK (decision IN ('same', 'different')),
        reviewer TEXT NOT NULL,
        decided_at TEXT NOT NULL
    )
"""
_INDEX = "CREATE INDEX IF NOT EXISTS pairs ON reviews (track_id_a, track_id_b, decided_at)"
_ADD = "INSERT INTO reviews VALUES (?, ?, ?, ?, ?)"
_MADE = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'reviews'"  # not where its maker was killed
_NEWEST = "SELECT max(decided_at) FROM reviews WHERE track_id_a = ? AND track_id_b = ?"
_OLDEST_FIRST = "SELECT track_id_a, track_id_b, decision FROM reviews ORDER BY decided_at, rowid"

Label = tuple[str, str, bool]
"""Two track ids and whether they are the same recording."""


@dataclass(frozen=True)
class Reviews:
    """The decisions of one catalogue; `path` is its `reviews.db`, which the first decision makes."""

    path: Path

    @classmethod
    def of(cls, catalogue_dir: Path) -> "Reviews":
        """Of the catalogue in this folder, which must exist."""
        return cls(catalogue_dir / NAME)

    def add(
        self, track_id_a: str, track_id_b: str, decision: str, *, reviewer: str, decided_at: datetime | None = None
    ) -> None:
        """Add a decision, `same` or `different`, made now unless said otherwise. Raises UsageError for another word."""
        if decision not in (SAME, DIFFERENT):
            raise UsageError(f"{decision!r} is no decision; write {SAME} or {DIFFERENT}")
        if track_id_a == track_id_b:
            raise UsageError(f"a decision needs two tracks; both are {track_id_a!r}")
        self._insert([(track_id_a, track_id_b, decision == SAME)], reviewer, decided_at)

    def add_file(self, path: Path, *, reviewer: str, decided_at: datetime | None = None) -> int:
        """Add every row of a file of labelled pairs, or none. Returns how many; raises SourceError as `read_rows`."""
        rows = list(read_rows(path))
        self._insert(rows, reviewer, decided_at)
        return len(rows)

    def read(self) -> pa.Table:
        """LABELLED: the newest decision on every pair, sorted by its ids; no rows where nothing was reviewed."""
        if not self.path.exists():
            return LABELLED.empty_table()
        with self._open() as database:
            rows = database.execute(_OLDEST_FIRST) if database.execute(_MADE).fetchone()[0] else ()
            newest = {(a, b): decision == SAME for a, b, decision in rows}
        return table_of((a, b, same) for (a, b), same in sorted(newest.items()))

    def _insert(self, rows: Iterable[Label], reviewer: str, decided_at: datetime | None) -> None:
        at = (decided_at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")
        with self._open() as database:
            database.execute(_TABLE)
            database.execute(_INDEX)
            for one, other, same in rows:
                pair = min(one, other), max(one, other)
                earlier = None if decided_at else database.execute(_NEWEST, pair).fetchone()[0]
                database.execute(_ADD, (*pair, SAME if same else DIFFERENT, reviewer, max(at, earlier or at)))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The database within one transaction."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_BUSY_S)) as database, database:
                yield database
        except sqlite3.Error as error:
            mend = _MENDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "restore it, or move it away")
            raise CatalogError(f"{self.path}: cannot be used ({error}); {mend}") from error


def read_labels(path: Path) -> pa.Table:
    """LABELLED: the rows of a file of labelled pairs, in its order. Raises SourceError as `read_rows`."""
    return table_of((min(a, b), max(a, b), same) for a, b, same in read_rows(path))


def table_of(rows: Iterable[Label]) -> pa.Table:
    """LABELLED of rows whose ids are sorted."""
    columns = list(zip(*rows, strict=True)) or [()] * len(LABELLED)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, LABELLED.types, strict=True)], LABELLED)


def read_rows(path: Path) -> Iterator[Label]:
    """The rows of a CSV file of labelled pairs. Raises SourceError naming the file, the line and the mend."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in LABELLED.names if name not in (reader.fieldnames or ())]
            if missing:
                raise SourceError(f"{path}:1: has no column {missing[0]}; it needs {', '.join(LABELLED.names)}")
            doubled = [name for name in LABELLED.names if list(reader.fieldnames or ()).count(name) > 1]
            if doubled:
                raise SourceError(f"{path}:1: has the column {doubled[0]} twice; remove one of them")
            for row in reader:
                yield _row(row, f"{path}:{reader.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path}: cannot be read as CSV in UTF-8 ({error})") from error


def _row(row: dict[str, str | None], place: str) -> Label:
    a, b, said = (row[name] or "" for name in LABELLED.names)
    if not a or not b:
        empty = "track_id_b" if a else "track_id_a"
        raise SourceError(f"{place}: {empty} is empty; write a track's id or remove the row")
    if a == b:
        raise SourceError(f"{place}: both ids are {a!r}; name two tracks or remove the row")
    same = SAID.get(said.strip().lower())
    if same is None:
        raise SourceError(f"{place}: the column same holds {said!r}; write 1 or 0")
    return a, b, same
