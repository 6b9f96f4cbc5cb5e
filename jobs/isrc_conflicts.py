"""One ISRC on different songs: somebody's mistake, and a row of `problems` for every track that carries it.

A code that its owner gave twice, or a distributor copied down a column, must not merge what is not one recording
(evidence of an ISRC is strong, not absolute); it must be mended where it was made.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.runs import Stage
from dedup.hashing import hash_texts
from dedup.records import open_records

CODE = "isrc_shared"


def conflicting(isrc: NDArray[np.uint64], song: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of the tracks whose ISRC stands on several songs.

    isrc: `[n]` hashes, 0 where there is none; song: `[n]`.
    """
    held = np.flatnonzero(isrc)
    pairs = np.unique(np.stack([isrc[held], song[held].astype(np.uint64)]), axis=1)
    codes, songs = np.unique(pairs[0], return_counts=True)
    return held[np.isin(isrc[held], codes[songs > 1])]


def isrc_problems(records: Path, song: NDArray[np.int64], stage: Stage) -> list[dict[str, str]]:
    """A problem for every track whose ISRC stands on several songs, which names another that carries it."""
    table = open_records(records, ("track_id", "title", "artist", "isrc_code"))
    places = conflicting(hash_texts(table.column("isrc_code")), song)
    stage.count("isrc_conflicts", len(places))
    by_code: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for track, number in zip(table.take(pa.array(places)).to_pylist(), song[places].tolist(), strict=True):
        by_code.setdefault(track["isrc_code"], {}).setdefault(number, []).append(track)
    return [
        {"track_id": track["track_id"], "field": "isrc", "code": CODE, "message": message(code, track, other)}
        for code, songs in by_code.items()
        for members, other in _with_another(list(songs.values()))
        for track in members
    ]


def _with_another(songs: list[list[dict[str, Any]]]) -> list[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """The tracks of each song of a code, several, beside the first track of another."""
    return [(members, songs[0 if number else 1][0]) for number, members in enumerate(songs)]


def message(code: str, track: dict[str, Any], other: dict[str, Any]) -> str:
    """What is wrong with a track that shares its code with one of another song."""
    return (
        f"ISRC {code} is on {track['title']!r} and on {other['title']!r} by {other['artist'] or 'nobody'} "
        f"({other['track_id']}), which are different songs; find out whose it is and correct the other"
    )
