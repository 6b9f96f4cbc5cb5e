"""The audio that a model is trained and measured on, and what is known about each file.

A folder of audio is enough: each file is then a recording of its own, equal files one together, their artist and album
read from their tags. Where the folder holds a `catalogue.csv` (`audio_path` relative to it; `track_id`, `artist`,
`album` if known) only the files it lists are taken, and a `truth.csv` (`track_id`, `recording_id`, `artist_truth`) says
which files are one recording.
"""

import csv
import hashlib
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.artist_cores import read_artist
from catalog.errors import SourceError
from catalog.reading import COLLECTIVE_MARKERS, named
from catalog.tags import read_folder
from catalog.text import fold

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LibraryTrack:
    """A file and its labels; `artist` (the main one) and `album` are folded, and empty where unknown."""

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
        raise SourceError(
            f"{listed} lists no audio in a column audio_path, with commas between columns; correct it, or remove it to "
            "train on every audio file of the folder"
        )
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
                artist=fold(known.get("artist_truth") or "") or _artist(row.get("artist")),
                album=_album(row.get("album")),
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
    rows = [row for batch in batches for row in batch.select(["audio_path", "artist", "album"]).to_pylist()]
    recordings = _equal_files(folder, sorted(row["audio_path"] for row in rows))
    return [
        LibraryTrack(
            path=folder / row["audio_path"],
            recording=recordings[row["audio_path"]],
            artist=_artist(row["artist"]),
            album=_album(row["album"]),
        )
        for row in rows
    ]


def _equal_files(folder: Path, paths: Sequence[str]) -> dict[str, str]:
    """The first of `paths` with the same content, for each: learnt from and validated on, a copy would be a leak."""
    sizes = {path: _size(folder / path) for path in paths}
    shared = Counter(sizes.values())
    first: dict[str, str] = {}
    return {
        path: first.setdefault(_content(folder / path), path) if sizes[path] and shared[sizes[path]] > 1 else path
        for path in paths
    }


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _content(path: Path) -> str:
    """A digest, or the path itself where the file cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return str(path)


def _artist(credit: str | None) -> str:
    """The main names of a credit; "Unknown Artist" and "Various Artists" are nobody, whose tracks belong together."""
    return read_artist(named(credit, COLLECTIVE_MARKERS)).core or ""


def _album(title: str | None) -> str:
    return fold(named(title, COLLECTIVE_MARKERS))
