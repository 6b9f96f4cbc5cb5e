"""The sample catalogue behind `unisono demo`: composed, rendered, delivered by three sources, with everything known.

FOLDER/catalogue.csv        the rows, audio_path relative to FOLDER
FOLDER/label/ distributor/ archive/     the audio files
FOLDER/truth.csv            track_id, recording_id
FOLDER/truth-songs.csv      track_id, song_id
FOLDER/truth-artists.csv    track_id, position, name, artist_id
FOLDER/planted.json         what was planted: kind, track_ids, expectation
FOLDER/sample.json          seed and file sizes; written last, it says that the sample is complete
"""

import csv
import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalog.errors import UsageError
from catalog.schema import DELIVERED_FIELDS
from jobs.demo_audio import sound, write_track
from jobs.demo_check import check, render
from jobs.demo_measures import Check
from jobs.demo_plan import Plan, Track
from jobs.demo_plants import make_plan

__all__ = ["Check", "Sample", "check", "make_sample", "render"]

VERSION = 1  # of the generator; raise it when the same seed no longer gives the same sample
TABLES = ("catalogue.csv", "planted.json", "truth.csv", "truth-songs.csv", "truth-artists.csv")


@dataclass(frozen=True)
class Sample:
    """A sample catalogue on disk."""

    folder: Path
    catalogue: Path  # catalogue.csv
    tracks: int
    recordings: int
    made: bool  # false where it was there already


def make_sample(folder: Path, *, seed: int = 7) -> Sample:
    """Write the sample of `seed` into `folder`, or find it there complete.

    Raises UsageError where the folder holds something else than a sample of this seed.
    """
    folder = Path(folder)
    plan = make_plan(seed)
    recordings = len({track.recording_id for track in plan.tracks})
    ready = is_complete(folder, seed)
    if not ready:
        refuse_foreign(folder, seed)
        folder.mkdir(parents=True, exist_ok=True)
        write_tables(plan, folder)
        write_files(plan.tracks, folder)
        write_mark(plan.tracks, folder, seed)
    return Sample(folder, folder / "catalogue.csv", len(plan.tracks), recordings, not ready)


def is_complete(folder: Path, seed: int) -> bool:
    """Whether `folder` holds all files of the sample of `seed`, at their sizes."""
    mark = read_mark(folder)
    if (mark.get("version"), mark.get("seed")) != (VERSION, seed):
        return False
    return all(
        (folder / name).is_file() and (folder / name).stat().st_size == size for name, size in mark["files"].items()
    )


def read_mark(folder: Path) -> dict[str, Any]:
    """What `sample.json` says; empty where it is missing or damaged."""
    try:
        mark = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) and isinstance(mark.get("files"), dict) else {}


def refuse_foreign(folder: Path, seed: int) -> None:
    """Never mix a sample with other files; one that was begun with the same seed is finished."""
    mark = read_mark(folder)
    if mark and (mark.get("version"), mark.get("seed")) != (VERSION, seed):
        raise UsageError(f"{folder}: holds the sample of another seed or version; remove it or name another folder")
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / "planted.json").exists())):
        raise UsageError(f"{folder}: is not an empty folder; name a new one for the sample")


def write_tables(plan: Plan, folder: Path) -> None:
    """The catalogue, its truths, and what was planted."""
    planted = json.dumps([asdict(one) for one in plan.planted], ensure_ascii=False, indent=1)
    (folder / "planted.json").write_text(planted + "\n", encoding="utf-8")
    unique = {track.track_id: track for track in plan.tracks}
    write_csv(
        folder / "catalogue.csv",
        DELIVERED_FIELDS,
        ([track.row.get(name, "") for name in DELIVERED_FIELDS] for track in plan.tracks),
    )
    write_csv(
        folder / "truth.csv", ("track_id", "recording_id"), ((key, unique[key].recording_id) for key in sorted(unique))
    )
    write_csv(
        folder / "truth-songs.csv", ("track_id", "song_id"), ((key, unique[key].song_id) for key in sorted(unique))
    )
    names = (
        (key, position, name, artist_id)
        for key in sorted(unique)
        for position, (name, artist_id) in enumerate(unique[key].names)
    )
    write_csv(folder / "truth-artists.csv", ("track_id", "position", "name", "artist_id"), names)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A UTF-8 CSV file with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_files(tracks: Sequence[Track], folder: Path) -> None:
    """Write the audio files, a few recordings at a time: what renders and encodes releases Python's lock."""
    copies: dict[str, dict[str, Track]] = {}
    for track in tracks:
        copies.setdefault(track.recording_id, {})[track.track_id] = track
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        list(pool.map(lambda recording: write_recording(list(copies[recording].values()), folder), sorted(copies)))


def write_recording(copies: list[Track], folder: Path) -> None:
    """Render one recording and write all its deliveries."""
    recording = copies[0].recording
    music = sound(recording) if recording else None
    for track in copies:
        write_track(track, folder, music)


def write_mark(tracks: Sequence[Track], folder: Path, seed: int) -> None:
    """Say that the sample is complete, by name and size of each file; in one step, and last."""
    names = {*TABLES, *(track.row["audio_path"] for track in tracks)}
    sizes = {name: (folder / name).stat().st_size for name in sorted(names) if (folder / name).exists()}
    mark = json.dumps({"version": VERSION, "seed": seed, "files": sizes}, ensure_ascii=False, indent=1)
    staged = folder / "sample.json.part"
    staged.write_text(mark + "\n", encoding="utf-8")
    staged.replace(folder / "sample.json")
