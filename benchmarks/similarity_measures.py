"""What is measured of a ranking by similarity: precision by label, triplets, hubness; each with its 95% interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.intervals import mean
from embeddings.hubs import STRENGTH, density_of, k_occurrence, reduced, skewness
from embeddings.library import LibraryTrack
from embeddings.metrics import precisions_at, ranked_relevance

K = 10
DRAWS = 500  # of the bootstrap over queries

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Piece:
    """One file of a recording: its labels (folded; empty where unknown), its model vector and its mean MFCCs."""

    track: LibraryTrack
    genre: str
    vector: NDArray[np.float32]
    mfcc: NDArray[np.float64]

    @property
    def release(self) -> str:
        """What was delivered together: one album in one folder."""
        return f"{self.track.path.parent}\0{self.track.album}"

    @property
    def artist(self) -> str:
        """The artist; each piece of an unknown one stands for itself."""
        return self.track.artist or f"\0{self.track.recording}"


def cosines(vectors: NDArray[np.floating]) -> Matrix:
    """All against all, [n, n], for [n, d] of unit length."""
    return np.asarray(vectors @ vectors.T, np.float64)


def without_hubs(scores: Matrix, strength: float = STRENGTH) -> Matrix:
    """The same scores, lessened by each candidate's density among all the others."""
    return reduced(scores.astype(np.float32), densities(scores)[None], strength=strength).astype(np.float64)


def densities(scores: Matrix) -> NDArray[np.float32]:
    """Density of each of n tracks, [n], out of all their cosines [n, n]."""
    return density_of(np.where(np.eye(len(scores), dtype=bool), -np.inf, scores).astype(np.float32))


def precisions(pieces: Sequence[Piece], scores: Matrix) -> dict[str, NDArray[np.float64]]:
    """Precision at 10 and share of triplets in order, of every piece asked against the others; nan where unanswerable.

    `artist`: the same artist. `artist elsewhere`: of another album or folder. `album`: the same. `genre`: the same
    genre tag, other artists. `triplets`: how often a piece by the same artist elsewhere is nearer than one by another.
    """
    artist, release = [piece.track.artist for piece in pieces], _equal([piece.release for piece in pieces])
    asked: Mapping[str, tuple[Sequence[str], NDArray[np.bool_] | None]] = {
        "artist": (artist, None),
        "artist elsewhere": (artist, release),
        "album": ([piece.track.album for piece in pieces], None),
        "genre": ([piece.genre for piece in pieces], _equal([piece.artist for piece in pieces])),
    }
    found = {
        name: precisions_at(*ranked_relevance(scores, labels, k=K, excluded=excluded), K)
        for name, (labels, excluded) in asked.items()
    }
    return found | {"triplets": triplets(scores, artist, release)}


def triplets(scores: Matrix, artist: Sequence[str], release: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Of each anchor, the share of (same artist elsewhere, other known artist) in which the first scores higher."""
    same = _equal(artist)
    known = np.array(artist) != ""
    shares = np.full(len(scores), np.nan)
    for anchor in np.flatnonzero(known):
        near = scores[anchor, same[anchor] & ~release[anchor]]
        far = scores[anchor, ~same[anchor] & known]
        if len(near) and len(far):
            shares[anchor] = ((near[:, None] > far).mean() + (near[:, None] >= far).mean()) / 2
    return shares


def hubness(scores: Matrix, *, seed: int = 0) -> dict[str, list[float]]:
    """Skewness of 10-occurrences, the largest, and the share of tracks in no list, as [value, low, high, queries].

    Intervals by bootstrap over the queries whose lists are counted.
    """
    n = len(scores)
    nearest = np.argsort(-np.where(np.eye(n, dtype=bool), -np.inf, scores), axis=1, kind="stable")[:, :K]
    rng = np.random.default_rng(seed)
    draws = [nearest] + [nearest[rng.integers(n, size=n)] for _ in range(DRAWS)]
    counted = [k_occurrence(lists.astype(np.int64), n) for lists in draws]
    values = np.array([[skewness(found), found.max(), (found == 0).mean()] for found in counted])
    low, high = np.quantile(values[1:], [0.025, 0.975], axis=0)
    names = ("skewness of N_10", "largest N_10", "in no list")
    return {
        name: [*map(float, row), n] for name, row in zip(names, zip(values[0], low, high, strict=True), strict=True)
    }


def table(pieces: Sequence[Piece], systems: Mapping[str, Matrix]) -> dict[str, dict[str, list[float]]]:
    """Measure to system to [mean, low, high, queries], intervals by bootstrap over artists."""
    artists = [piece.artist for piece in pieces]
    found = {system: precisions(pieces, scores) for system, scores in systems.items()}
    return {
        measure: {system: mean(values[measure], artists) for system, values in found.items()}
        for measure in next(iter(found.values()))
    }


def _equal(names: Sequence[str]) -> NDArray[np.bool_]:
    return np.asarray(np.array(names)[:, None] == np.array(names))


def one_each(tracks: Sequence[LibraryTrack]) -> list[LibraryTrack]:
    """The first file of each recording: copies folded."""
    return list({track.recording: track for track in reversed(tracks)}.values())[::-1]


def relative(path: Path, folder: Path) -> str:
    """A file's path in its folder, as the tags' reader names it."""
    return path.relative_to(folder).as_posix()
