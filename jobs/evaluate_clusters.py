"""Recording ids, song ids and artist ids against the truth: two clusterings of the same entries."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from catalog.store import Catalogue
from catalog.text import fold
from dedup.metrics import b_cubed, pairwise
from jobs.evaluation import Evaluation, Figures, of_tracks
from jobs.truth import once_each, read_truth

RECORDING_LABELS = ("recording_id", "song_id")
ARTIST_COLUMNS = ["track_id", "position", "name", "artist_id"]


def recordings(path: Path, catalogue: Catalogue) -> Evaluation:
    """Score recording ids, song ids or both, as the truth has them."""
    truth = once_each(read_truth(path, needed=("track_id",), one_of=RECORDING_LABELS), path, ("track_id",))
    found = of_tracks(catalogue, "recordings", ["track_id", *RECORDING_LABELS], truth["track_id"])
    place = {track: row for row, track in enumerate(found["track_id"].to_pylist())}
    rows = [place.get(track) for track in truth["track_id"].to_pylist()]
    evaluation = Evaluation("recordings", len(rows), rows.count(None))
    for name in RECORDING_LABELS:
        if name in truth.column_names:
            labels = found[name].to_pylist()
            predicted = [None if row is None else labels[row] for row in rows]
            evaluation.scores |= cluster_scores(name.removesuffix("_id"), truth[name].to_pylist(), predicted)
    return evaluation


def artists(path: Path, catalogue: Catalogue) -> Evaluation:
    """Score the artist ids of credited names."""
    truth = read_truth(path, needed=("track_id", "artist_id"), one_of=("position", "name"))
    credits = of_tracks(catalogue, "artists", ARTIST_COLUMNS, truth["track_id"])
    predicted = _artist_ids(truth, credits)
    evaluation = Evaluation("artists", len(predicted), predicted.count(None))
    evaluation.scores = cluster_scores("artist", truth["artist_id"].to_pylist(), predicted)
    return evaluation


def cluster_scores(name: str, truth: list[Any], predicted: list[Any]) -> dict[str, Figures]:
    """Return both measures of one clustering; an unknown label, on either side, is a cluster of its own."""
    labels = [_singletons(side) for side in (truth, predicted)]
    return {f"{name}: pairs": asdict(pairwise(*labels)), f"{name}: B-cubed": asdict(b_cubed(*labels))}


def _artist_ids(truth: pa.Table, credits: pa.Table) -> list[str | None]:
    """The artist id of each entry of the truth, or None.

    A credit is found by track and position where the names agree or the truth gives none; else by track and name, since
    a credit may be split at other places than in the truth.
    """
    found = credits.to_pylist()
    by_position = {(row["track_id"], str(row["position"])): row for row in found}
    by_name = {(row["track_id"], fold(row["name"])): row for row in reversed(found)}
    ids = []
    for row in truth.to_pylist():
        track, name = row["track_id"], row.get("name")
        credit = by_position.get((track, row.get("position") or ""))
        if name is not None and (credit is None or fold(credit["name"]) != fold(name)):
            credit = by_name.get((track, fold(name)))
        ids.append(None if credit is None else credit["artist_id"])
    return ids


def _singletons(labels: list[Any]) -> list[tuple[bool, Any]]:
    return [(False, place) if label is None else (True, label) for place, label in enumerate(labels)]
