"""How good the search index's neighbours are, where the truth knows who the artists are.

Every track of the truth is asked for its neighbours through the published index, as `unisono similar` does. Copies of
the track itself (same recording id) say nothing about similarity and are left out, as are tracks of unknown artist.
Where too few remain of those that the index gives, since the truth speaks of few tracks or one has very many copies,
all tracks of the truth are compared.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.errors import CatalogError
from catalog.store import Catalogue
from jobs.evaluation import Evaluation, of_tracks, strangers
from jobs.truth import once_each, read_truth

RANKS = (1, 5, 10)
ASKED = 100  # neighbours fetched, so that mostly ten remain when copies and unknown artists are left out
BLOCK = 1024  # queries searched at once


def similar(path: Path, catalogue: Catalogue) -> Evaluation:
    """Score the neighbours of every track of the truth: the share by the same artist among the first 1, 5 and 10.

    Where the artist has fewer other recordings, among as many as there are (`embeddings.metrics.precision_at`). Only
    tracks whose artist has another recording can be asked; `queries` says how many there are, and where there are
    none, there is no share. Without an answer are those that have no similarity vector.
    """
    from embeddings.metrics import precision_at

    truth = once_each(read_truth(path, needed=("track_id", "artist_truth")), path, ("track_id",))
    artist = dict(zip(truth["track_id"].to_pylist(), truth["artist_truth"].to_pylist(), strict=True))
    rows, vectors, tracks = _vectors(catalogue, list(artist))
    if not tracks:
        if catalogue.has("tracks") and not of_tracks(catalogue, "tracks", ["track_id"], truth["track_id"]).num_rows:
            raise strangers(path, catalogue)
        raise CatalogError(
            f"{catalogue.root}: no track of {path} has audio that was analysed; `unisono export problems` says why"
        )
    artists = _codes([artist[track] for track in tracks])
    copies = _codes(_recordings(catalogue, tracks))
    relevant = _relevance(catalogue, rows, vectors, artists, copies)
    by_artist = np.unique(np.stack([artists, copies]), axis=1)[0]  # [distinct recordings] whose artist
    total = np.bincount(by_artist)[artists] - 1
    asked = int((total > 0).sum())
    figures = {f"precision at {k}": precision_at(relevant, total, k) for k in RANKS} if asked else {}
    scores = {"same artist": {"queries": asked, **figures}}
    return Evaluation("similar", len(artist), len(artist) - len(tracks), scores)


def _vectors(catalogue: Catalogue, tracks: list[str]) -> tuple[NDArray[np.int64], NDArray[np.float32], list[str]]:
    """Rows [n], similarity vectors [n, d] and ids of those `tracks` that are in the index, by row."""
    wanted = pc.field("track_id").isin(tracks) & pc.field("vector").is_valid()
    table = catalogue.indexed("embeddings")  # not what was analysed since: rows are its numbers
    found = table.to_table(columns=["track_id", "row", "vector"], filter=wanted).sort_by("row")
    vectors = np.array(found["vector"].to_pylist(), np.float32)
    return found["row"].to_numpy(), vectors, found["track_id"].to_pylist()


def _recordings(catalogue: Catalogue, tracks: list[str]) -> list[str]:
    """The recording of each track; the track itself where recordings have not been decided."""
    if not catalogue.has("recordings"):
        return tracks
    wanted = pc.field("track_id").isin(tracks)
    found = catalogue.read("recordings", ["track_id", "recording_id"], filter=wanted)
    recording = dict(zip(found["track_id"].to_pylist(), found["recording_id"].to_pylist(), strict=True))
    return [recording.get(track, track) for track in tracks]


def _relevance(
    catalogue: Catalogue,
    rows: NDArray[np.int64],
    vectors: NDArray[np.float32],
    artists: NDArray[np.int64],
    copies: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether each of the first ten neighbours, one a recording, is by the same artist: bool [n, 10]."""
    from embeddings.index import TrackIndex

    index = TrackIndex.open(catalogue.index_path())
    relevant = np.zeros((len(rows), max(RANKS)), bool)
    most = min(max(RANKS), len(np.unique(copies)) - 1)
    for start in range(0, len(rows), BLOCK):
        _, found = index.search(vectors[start : start + BLOCK], ASKED)
        for query, neighbours in enumerate(found, start):
            first = _others(_places(rows, neighbours), query, copies)
            if len(first) < most:
                first = _others(np.argsort(-(vectors @ vectors[query]), kind="stable"), query, copies)
            relevant[query, : len(first)] = artists[first] == artists[query]
    return relevant


def _others(places: NDArray[np.int64], query: int, copies: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first ten of the places, best first, that are other recordings than the query's, each once."""
    others = places[copies[places] != copies[query]]
    first: NDArray[np.int64] = others[np.sort(np.unique(copies[others], return_index=True)[1])[: max(RANKS)]]
    return first


def _places(rows: NDArray[np.int64], neighbours: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where in the sorted `rows` the neighbours stand, best first, less those that are not among them."""
    places = np.minimum(np.searchsorted(rows, neighbours), len(rows) - 1)
    known: NDArray[np.int64] = places[rows[places] == neighbours]
    return known


def _codes(labels: list[Any]) -> NDArray[np.int64]:
    """Labels as integers: equal labels, equal integers."""
    return np.unique(np.array(labels, dtype=str), return_inverse=True)[1].astype(np.int64)
