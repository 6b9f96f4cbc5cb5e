"""Labelled pairs against what was decided about them: by recording id, and by the decision on each compared pair."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.errors import SourceError
from catalog.reviews import SAID
from catalog.store import Catalogue
from dedup.metrics import pair_scores
from jobs.evaluation import Evaluation, Figures, of_tracks
from jobs.truth import read_truth

ACCEPTED = {
    "matches: merge": {"merge"},
    "matches: merge or review": {"merge", "review"},
    "matches: compared at all": {"merge", "review", "distinct"},
}


def pairs(path: Path, catalogue: Catalogue) -> Evaluation:
    """Score yes/no answers on labelled pairs. What the catalogue never compared, or does not have, it answers by no."""
    truth = read_truth(path, needed=("track_id_a", "track_id_b", "same"))
    keys = list(zip(truth["track_id_a"].to_pylist(), truth["track_id_b"].to_pylist(), strict=True))
    same = [_said(value, path) for value in truth["same"].to_pylist()]
    ids = pa.chunked_array([*truth["track_id_a"].chunks, *truth["track_id_b"].chunks], pa.string()).unique()
    found = of_tracks(catalogue, "recordings", ["track_id", "recording_id"], ids)
    recording = dict(zip(found["track_id"].to_pylist(), found["recording_id"].to_pylist(), strict=True))
    evaluation = Evaluation("pairs", len(keys), sum(a not in recording or b not in recording for a, b in keys))
    merged = [a in recording and recording[a] == recording.get(b) for a, b in keys]
    evaluation.scores["recordings"] = _scores(same, merged)
    if catalogue.has("matches"):
        decisions = _decisions(catalogue, ids)
        decided = [decisions.get((min(key), max(key))) for key in keys]
        for name, accepted in ACCEPTED.items():
            evaluation.scores[name] = _scores(same, [decision in accepted for decision in decided])
    return evaluation


def _decisions(catalogue: Catalogue, ids: pa.Array) -> dict[tuple[str, str], str]:
    """What was decided about pairs among the tracks `ids`, by their two ids in order."""
    among = pc.field("track_id_a").isin(ids) & pc.field("track_id_b").isin(ids)
    found = catalogue.read("matches", ["track_id_a", "track_id_b", "decision"], filter=among)
    a, b, decision = (column.to_pylist() for column in found.columns)
    return {(min(x, y), max(x, y)): said for x, y, said in zip(a, b, decision, strict=True)}


def _scores(same: list[bool], answered: list[bool]) -> Figures:
    truth, answer = np.array(same), np.array(answered)
    return asdict(pair_scores(truth, answer)) | {"accuracy": float((truth == answer).mean())}


def _said(value: str, path: Path) -> bool:
    answer = SAID.get(value.strip().lower())
    if answer is None:
        raise SourceError(f"{path}: the column same holds {value!r}; write 1 or 0")
    return answer
