"""The labelled development records at any size, for the benchmarks of speed and growth.

Up to the file's own size these are its first rows; beyond it the data folder's growing script re-spells every record
once a copy, so that the difficulty inside a copy stays the original's.
"""

import csv
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

SHARED = Path(__file__).resolve().parents[2] / "shared"
RECORDS = SHARED / "data" / "musicbrainz20k"
SCRIPT = SHARED / "tools" / "amplify.py"


class Sample(NamedTuple):
    """A catalogue with known recordings: `track_id, recording_id` in `truth`."""

    tracks: Path
    truth: Path

    def answers(self) -> dict[str, str]:
        """Track id -> recording id."""
        with self.truth.open(newline="", encoding="utf-8") as file:
            return {row["track_id"]: row["recording_id"] for row in csv.DictReader(file)}


def available() -> bool:
    """Whether the records and the script are there."""
    return RECORDS.is_dir() and SCRIPT.exists()


def sample(rows: int | None, folder: Path) -> Sample:
    """The records as they are, or as many `rows` of them, written into `folder`."""
    whole = Sample(RECORDS / "original.csv", RECORDS / "original-truth.csv")
    if rows is None:
        return whole
    prefix = folder / f"grown-{rows}"
    subprocess.run(
        [sys.executable, str(SCRIPT), str(whole.tracks), str(whole.truth), str(rows), str(prefix)], check=True
    )
    return Sample(folder / f"grown-{rows}.csv", folder / f"grown-{rows}-truth.csv")
