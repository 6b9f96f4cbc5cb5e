"""Where sound and names contradict each other: nothing is merged, and both tracks get a row in `problems`.

Two tracks of the same sound under names that do not agree are a wrong tag, a pseudonym or a stolen recording. Two
tracks of the same names whose sound is another are a wrong file, a re-recording, or two songs of one title. Which it is
only somebody who listens can tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from catalog.runs import Stage
from dedup.decide import same_names_other_sound, same_sound_other_names
from dedup.patterns import unpack
from dedup.records import open_records
from jobs.sound_files import SoundFiles

SAME_SOUND, SAME_NAMES = "same_sound_other_names", "same_names_other_sound"
SHOWN = ("track_id", "title", "artist")


@dataclass(frozen=True)
class Conflict:
    """Tracks at places `a` and `b`; `code` is one of the two above, `detail` describes the alignment."""

    a: int
    b: int
    code: str
    detail: str


def sound_conflicts(compared: Path, records: Path, recording: NDArray[np.int64]) -> Iterator[Conflict]:
    """All conflicts among compared pairs that did not become one recording, in the order of their places.

    compared: the folder of the aligned pairs; recording: `[n]`, a number for each track.
    """
    if SoundFiles.open(records) is None:
        return
    for path in sorted(compared.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(columns=["place_a", "place_b", "pattern", "audio_detail"]):
            patterns, at = np.unique(batch.column("pattern").to_numpy(), return_inverse=True)
            levels = unpack(patterns)
            a, b = (batch.column(name).to_numpy() for name in ("place_a", "place_b"))
            for code, wanted in ((SAME_SOUND, same_sound_other_names), (SAME_NAMES, same_names_other_sound)):
                kept = np.flatnonzero(wanted(levels)[at] & (recording[a] != recording[b]))
                details = batch.column("audio_detail").take(pa.array(kept)).to_pylist()
                for place, detail in zip(kept.tolist(), details, strict=True):
                    yield Conflict(int(a[place]), int(b[place]), code, detail or "")


def conflict_problems(conflicts: Iterator[Conflict], records: Path, stage: Stage) -> list[dict[str, str]]:
    """A problem for each track of a conflict, one a code, which names the first of the other tracks and counts them."""
    others: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for found in conflicts:
        others.setdefault((found.a, found.code), []).append((found.b, found.detail))
        others.setdefault((found.b, found.code), []).append((found.a, found.detail))
    for code in (SAME_SOUND, SAME_NAMES):
        stage.count(code, sum(key[1] == code for key in others))
    if not others:
        return []
    places = sorted({place for place, _ in others} | {found[0][0] for found in others.values()})
    tracks = open_records(records, SHOWN).take(pa.array(places)).to_pylist()
    told = dict(zip(places, tracks, strict=True))
    return [_problem(told[place], told[found[0][0]], code, found) for (place, code), found in others.items()]


def _problem(track: dict[str, Any], other: dict[str, Any], code: str, found: list[tuple[int, str]]) -> dict[str, str]:
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    name = f"{other['title']!r} by {other['artist'] or 'nobody'} ({other['track_id']}){more}"
    if code == SAME_SOUND:
        text = f"sounds the same as {name} ({found[0][1]}); listen, and correct the names that are wrong"
    else:
        text = f"has the names of {name} and another sound ({found[0][1]}); listen, and replace the file that is wrong"
    return {"track_id": track["track_id"], "field": "audio_path", "code": code, "message": text}
