"""The audio that a model is trained and measured on, and what is known about each file.

A folder of audio is enough: each file is then a recording of its own, its artist and album read from its tags. Where
the folder holds a `catalogue.csv` (`audio_path` relative to it; `track_id`, `artist`, `album` if known) only the
files it lists are taken, and a `truth.csv` (`track_id`, `recording_id`, `artist_truth`) says which files are one
recording.
"""

import csv
import logging
from dataclasses import dataclass
from pathlib import Path

from catalog.errors import SourceError
from catalog.tags import read_folder
from catalog.text import fold

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LibraryTrack:
    """A file and its labels; `artist` and `album` are folded, and empty where unknown."""

    path: Path
    recording: str
    artist: str
    album: str


def read_library(folder: Path) -> list[LibraryTrack]:
    """The tracks of `folder`, in the order of their paths.

    Raises SourceError where it holds no audio, or where what lists it cannot be read.
    """
    listed = folder / "catalogue.csv"
    tracks = _listed(folder, listed) if listed.is_file() else _found(folder)
    if not tracks:
        raise SourceError(f"{folder} holds no audio; give a folder of audio files, or list them in {listed.name}")
    return sorted(tracks, key=lambda track: str(track.path))


def _listed(folder: Path, listed: Path) -> list[LibraryTrack]:
    truth = {row["track_id"]: row for row in _rows(folder / "truth.csv") if row.get("track_id")}
    tracks = []
    for number, row in enumerate(_rows(listed), start=2):
        if not row.get("audio_path"):
            continue
        path = folder / row["audio_path"]
        if "\0" in row["audio_path"]:
            raise SourceError(f"{listed}:{number}: audio_path {row['audio_path']!r} is no path; correct it")
        if not path.resolve().is_relative_to(folder.resolve()):
            raise SourceError(
                f"{listed}:{number}: audio_path {row['audio_path']!r} leads out of {folder}; move it inside"
            )
        known = truth.get(row.get("track_id", ""), {})
        tracks.append(
            LibraryTrack(
                path=path,
                recording=known.get("recording_id") or row["audio_path"],
                artist=fold(known.get("artist_truth") or row.get("artist") or ""),
                album=fold(row.get("album") or ""),
            )
        )
    return tracks


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{key: value or "" for key, value in row.items() if key} for row in csv.DictReader(file)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path}: is no CSV file in UTF-8 ({error}); save it as one") from error


def _found(folder: Path) -> list[LibraryTrack]:
    """Every audio file below `folder`; files that cannot be read are logged and left out."""
    batches = read_folder(folder, None, on_problem=lambda problem: log.warning("%s", problem.message))
    rows = (row for batch in batches for row in batch.select(["audio_path", "artist", "album"]).to_pylist())
    return [
        LibraryTrack(
            path=folder / row["audio_path"],
            recording=row["audio_path"],
            artist=fold(row["artist"] or ""),
            album=fold(row["album"] or ""),
        )
        for row in rows
    ]
