"""What the demo knows and what the catalogue answered, side by side: the truth files of a sample, and the published
tables.

A sample is small by construction, so both are plain dictionaries in memory. A table that is not published is an empty
answer.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.errors import SourceError
from catalog.store import Catalogue
from jobs.demo_plan import Planted

Credit = tuple[str, int]  # track_id, position in the artist credit


@dataclass(frozen=True)
class Known:
    """The truth about a sample."""

    recordings: dict[str, str]  # track_id -> recording_id
    songs: dict[str, str]
    artists: dict[Credit, str]
    planted: list[Planted]


@dataclass(frozen=True)
class Answers:
    """What the catalogue says about the same tracks."""

    recordings: dict[str, str]
    songs: dict[str, str]
    artists: dict[Credit, str]
    problems: set[tuple[str, str, str]]  # track_id, field, code
    decisions: dict[frozenset[str], str]  # pair of track_ids -> merge | review | distinct
    vectors: dict[str, NDArray[np.float32]]  # track_id -> similarity vector [d], unit length


def read_known(folder: Path) -> Known:
    """Read the truth of the sample in `folder`. Raises SourceError where it is not a sample."""
    try:
        planted = json.loads((folder / "planted.json").read_text(encoding="utf-8"))
        return Known(
            {row["track_id"]: row["recording_id"] for row in rows(folder / "truth.csv")},
            {row["track_id"]: row["song_id"] for row in rows(folder / "truth-songs.csv")},
            {(row["track_id"], int(row["position"])): row["artist_id"] for row in rows(folder / "truth-artists.csv")},
            [Planted(one["kind"], tuple(one["track_ids"]), one["expectation"]) for one in planted],
        )
    except (OSError, KeyError, ValueError) as error:
        raise SourceError(f"{folder}: is not a complete sample ({error}); make it again") from error


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_answers(catalogue: Catalogue) -> Answers:
    """Read what `catalogue` has published."""

    def table(name: str, *columns: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = catalogue.read(name, list(columns)).to_pylist() if catalogue.has(name) else []
        return found

    clusters = table("recordings", "track_id", "recording_id", "song_id")
    credits = table("artists", "track_id", "position", "artist_id")
    problems = table("problems", "track_id", "field", "code")
    matches = table("matches", "track_id_a", "track_id_b", "decision")
    vectors = table("embeddings", "track_id", "vector")
    return Answers(
        {row["track_id"]: row["recording_id"] for row in clusters},
        {row["track_id"]: row["song_id"] for row in clusters},
        {(row["track_id"], row["position"]): row["artist_id"] for row in credits},
        {(row["track_id"] or "", row["field"] or "", row["code"]) for row in problems},
        {frozenset((row["track_id_a"], row["track_id_b"])): row["decision"] for row in matches},
        {row["track_id"]: np.array(row["vector"], np.float32) for row in vectors if row["vector"] is not None},
    )
