"""Keeps with the matches which lengths say nothing (`dedup.lengths`): a pair is explained as it was compared."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from catalog.published import Published
from dedup.hashing import combine, hash_texts
from dedup.lengths import shared_lengths, silent
from dedup.records import mapped_text

LENGTHS_FILE = "lengths.json"


def silence_lengths(folder: Path, source: np.ndarray, names: list[str]) -> None:
    """Take durations that say nothing out of the record files, and list them: name of the source -> whole seconds.

    source: number of every track's among `names`, `[n]`.
    """
    path = folder / "duration_s.bin"
    seconds = np.fromfile(path, np.float32)
    hashed = [hash_texts(mapped_text(folder, name)) for name in ("title_core", "artist_core", "versions")]
    shared = shared_lengths(source, seconds, combine(0, *hashed[:2]), combine(0, *hashed))
    if shared:
        np.where(silent(source, seconds, shared), np.float32(np.nan), seconds).tofile(path)
    said: dict[str, list[int]] = {}
    for number, length in shared:
        said.setdefault(names[number], []).append(length)
    (folder / LENGTHS_FILE).write_text(json.dumps(said), encoding="utf-8")


def with_lengths(catalogue: Published, tracks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tracks as they were compared: without a `duration_s` that says nothing."""
    path = catalogue.path("matches") / LENGTHS_FILE
    said = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    silenced = {(source, length) for source, lengths in said.items() for length in lengths}
    return [one | {"duration_s": None} if _length(one) in silenced else one for one in tracks]


def _length(track: dict[str, Any]) -> tuple[str, int] | None:
    seconds = track["duration_s"]
    return None if seconds is None else (track["source"] or "", round(float(np.float32(seconds))))
