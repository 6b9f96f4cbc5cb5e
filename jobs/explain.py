"""`unisono explain`: the evidence for and against two tracks being the same recording, item by item.

The comparison is made anew with the weights of the published matches, so any two tracks can be explained, also such as
were never candidates.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from catalog.store import Catalogue
from dedup.compare import compare
from dedup.decide import unlike, unnamed, vetoed
from dedup.explain import itemise
from dedup.sound import Hearing, hear
from dedup.weights import Weights, probability
from jobs.lookup import codes_by_id, recordings_of, tracks_by_id
from jobs.matches import WEIGHTS_FILE

SHOWN = ("track_id", "row", "source", "title", "artist", "album", "title_core", "artist_core", "album_core", "versions",
         "album_versions", "duration_s", "release_year", "medium", "position", "isrc_code")  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """Two tracks and what speaks for and against their being one recording; weights in log2 units."""

    a: dict[str, Any]
    b: dict[str, Any]
    evidence: list[dict[str, Any]]
    weight: float
    probability: float
    outcome: str


def explain(catalogue_dir: Path, track_a: str, track_b: str) -> None:
    """Print the explanation of a pair. Raises CatalogError where a track or the matches are not there."""
    from jobs.waterfall import print_explanation

    print_explanation(explain_pair(Catalogue.open(catalogue_dir), track_a, track_b))


def explain_pair(catalogue: Catalogue, track_a: str, track_b: str) -> Explanation:
    """Compare two tracks with the published weights."""
    weights = Weights.from_json((catalogue.path("matches") / WEIGHTS_FILE).read_text())
    a, b = tracks_by_id(catalogue, [track_a, track_b], SHOWN)
    pair = _pair(catalogue, a, b)
    levels = compare(pair)
    evidence = itemise(levels, weights, pair)[0]
    bits = float(weights.bits(levels)[0])
    return Explanation(a, b, evidence, bits, float(probability(np.array([bits]))[0]), _outcome(catalogue, a, b, levels))


def _pair(catalogue: Catalogue, a: dict[str, Any], b: dict[str, Any]) -> pa.Table:
    """The pair as a table of one row, as the dedup job compares it."""
    columns: dict[str, Any] = {}
    for side, track in (("a", a), ("b", b)):
        columns |= {f"{name}_{side}": [track[name]] for name in SHOWN}
        columns[f"title_frequency_{side}"] = [_frequency(catalogue, track["title_core"])]
    level, detail = _sound(catalogue, a["track_id"], b["track_id"])
    return pa.table(
        columns | {"audio_level": pa.array([level], pa.int8()), "audio_detail": pa.array([detail], pa.string())}
    )


def _frequency(catalogue: Catalogue, title: str | None) -> float | None:
    if not title:
        return None
    return float(catalogue.dataset("tracks").count_rows(filter=ds.field("title_core") == title))


def _sound(catalogue: Catalogue, id_a: str, id_b: str) -> tuple[int, str | None]:
    codes = codes_by_id(catalogue, [id_a, id_b]) if catalogue.has("segments") else {}
    a, b = codes.get(id_a, (None, None)), codes.get(id_b, (None, None))
    levels, details = hear(([a[0]], [a[1]], [b[0]], [b[1]]), 1.0, Hearing())
    return int(levels[0]), details[0]


def _outcome(catalogue: Catalogue, a: dict[str, Any], b: dict[str, Any], levels: Any) -> str:
    """What became of the pair, and why where that is not what its weight says."""
    ids = [a["track_id"], b["track_id"]]
    recordings = recordings_of(catalogue, ids)
    if recordings.get(ids[0]) == recordings.get(ids[1]) is not None:
        return f"merged: both are recording {recordings[ids[0]]}"
    both = ds.field("track_id_a").isin(ids) & ds.field("track_id_b").isin(ids)
    matches = catalogue.read("matches", ["decision", "relation"], both).to_pylist()
    if matches:
        outcome = f"{matches[0]['decision']} ({matches[0]['relation']})"
    else:
        outcome = "distinct: never a candidate, or too unlike to be listed"
    return "; ".join([outcome, *_reasons(levels)])


def _reasons(levels: Any) -> list[str]:
    reasons = ["vetoed: versions exclude each other, or the sound differs"] if vetoed(levels)[0] else []
    if unnamed(levels)[0]:
        reasons.append("held back: no name agrees, and sound alone never merges")
    if unlike(levels)[0] and not vetoed(levels)[0]:
        reasons.append("held back: the sound is not the same throughout, and names alone do not outweigh it")
    return reasons
