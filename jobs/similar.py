"""`unisono similar`: what sounds like a track of the catalogue, or like an audio file from anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.errors import CatalogError, UsageError
from catalog.store import Catalogue
from jobs.lookup import has_track, members_of, model_folder, recordings_of, tracks_by_row, vector_of

SPARE = 60
"""Neighbours fetched beyond `k`, so that enough remain when copies are folded."""

COMPARED = 20_000
"""Tracks whose scores make the percentile."""


@dataclass(frozen=True)
class Answer:
    """One similar track. `score`: cosine, -1..1. `percentile`: share of the catalogue that is further away, 0..100."""

    track_id: str
    score: float
    percentile: float
    title: str | None
    artist: str | None
    album: str | None
    copies: list[str] = field(default_factory=list)
    duration_s: float | None = None
    audio_file: str | None = None


def similar(catalogue_dir: Path, query: str, *, k: int, format: str, fold: bool) -> None:
    """Print the `k` tracks that sound most like `query`, a track id or an audio file."""
    from jobs.similar_formats import print_answers

    catalogue = Catalogue.open(catalogue_dir)
    print_answers(query, find_similar(catalogue, query, k=k, fold=fold), format)


def find_similar(catalogue: Catalogue, query: str, *, k: int, fold: bool = True) -> list[Answer]:
    """The nearest tracks, best first. With `fold`, one track a recording, and none of the query's own recording.

    Raises CatalogError where the catalogue has no index or the track no sound, UsageError where `query` is neither.
    """
    from embeddings.index import TrackIndex

    index = TrackIndex.open(catalogue.index_path())
    vector, own = _query_vector(catalogue, query, fold)
    percentile = _sorted_scores(catalogue, vector)
    wider = k + SPARE + len(own)
    while True:
        scores, rows = index.search(vector[None], wider)
        found = [(float(s), int(r)) for s, r in zip(scores[0], rows[0], strict=True) if r >= 0]
        tracks = tracks_by_row(catalogue, "embeddings", [row for _, row in found])
        ranked = [(score, tracks[row]) for score, row in found if row in tracks and tracks[row]["track_id"] not in own]
        answers = _answers(catalogue, ranked, k, fold, percentile)
        if len(answers) >= k or len(found) < wider:
            return answers
        wider *= 4


def _query_vector(catalogue: Catalogue, query: str, fold: bool) -> tuple[NDArray[np.float32], set[str]]:
    """Vector of the query, and the track ids that are the query itself; with `fold`, its whole recording."""
    if has_track(catalogue, query):
        recordings = list(recordings_of(catalogue, [query]).values()) if fold else []
        return vector_of(catalogue, query), {
            query,
            *(t for ids in members_of(catalogue, recordings).values() for t in ids),
        }
    path = Path(query)
    if not path.is_file():
        raise UsageError(
            f"{query!r} is neither a track id of {catalogue.root} (`export tracks` lists them) nor an audio file"
        )
    from embeddings.encode import Encoder

    vector = Encoder.load(model_folder(catalogue)).analyse(path).vector
    if vector is None:
        raise CatalogError(
            f"{path}: is silent or shorter than a second, so nothing can sound like it; name another file"
        )
    return vector, set()


def _sorted_scores(catalogue: Catalogue, vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of the query against a sample of the catalogue, ascending."""
    table = catalogue.dataset("embeddings").head(COMPARED, columns=["vector"])
    vectors = [value for value in table.column("vector").to_pylist() if value is not None]
    return np.sort(np.array(vectors, np.float32).reshape(-1, len(vector)) @ vector)


def _answers(
    catalogue: Catalogue,
    ranked: Sequence[tuple[float, dict[str, Any]]],
    k: int,
    fold: bool,
    scores: NDArray[np.float32],
) -> list[Answer]:
    recordings = recordings_of(catalogue, [track["track_id"] for _, track in ranked])
    seen: set[str] = set()
    chosen: list[tuple[float, dict[str, Any]]] = []
    for score, track in ranked:
        recording = recordings.get(track["track_id"], track["track_id"])
        if not fold or recording not in seen:
            seen.add(recording)
            chosen.append((score, track))
    members = members_of(catalogue, [recordings[t["track_id"]] for _, t in chosen[:k] if t["track_id"] in recordings])
    return [_answer(score, track, scores, members, recordings) for score, track in chosen[:k]]


def _answer(
    score: float,
    track: dict[str, Any],
    scores: NDArray[np.float32],
    members: dict[str, list[str]],
    recordings: dict[str, str],
) -> Answer:
    track_id = track["track_id"]
    copies = [other for other in members.get(recordings.get(track_id, ""), []) if other != track_id]
    percentile = 100.0 * float(np.searchsorted(scores, score - 1e-6)) / max(len(scores), 1)
    shown = {name: track[name] for name in ("title", "artist", "album", "duration_s", "audio_file")}
    return Answer(track_id, round(score, 4), round(percentile, 2), copies=copies, **shown)
