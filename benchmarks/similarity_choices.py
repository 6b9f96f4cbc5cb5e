"""What could be done to similarity vectors without training: chosen on artists of training and validation only.

Hubness: cosines lessened by density at several strengths (`embeddings.hubs`), beside local scaling and mutual proximity
(Schnitzer, Flexer, Schedl and Widmer 2012). Whitening: vectors are centred on the training part and each principal axis
divided by its deviation to a power, with the covariance shrunk in closed form (Ledoit and Wolf 2004).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.covariance import ledoit_wolf

from benchmarks.intervals import mean
from benchmarks.similarity_measures import Matrix, Piece, cosines, densities, hubness, precisions, without_hubs

STRENGTHS = (0.25, 0.5, 0.75, 1.0)
POWERS = (0.0, 0.25, 0.5, 1.0)

Vectors = NDArray[np.float32]
Cells = dict[str, list[float]]


def rankings(scores: Matrix) -> dict[str, Matrix]:
    """Every way to reduce hubness, by name."""
    lessened = {f"density x {strength:g}": without_hubs(scores, strength) for strength in STRENGTHS}
    return {
        "cosine": scores, **lessened, "local scaling": _local_scaling(scores),
        "mutual proximity": _mutual_proximity(scores),
    }  # fmt: skip


def _local_scaling(scores: Matrix) -> Matrix:
    """Distance in units of both tracks' mean distances to their neighbours."""
    near = 1 - densities(scores).astype(np.float64)
    return -(1 - scores) / np.sqrt(near[:, None] * near)


def _mutual_proximity(scores: Matrix) -> Matrix:
    """Probability that both would find another further, distances taken as normal and independent."""
    distance = 1 - scores
    beyond = norm.sf((distance - distance.mean(1, keepdims=True)) / distance.std(1, keepdims=True))
    return np.asarray(beyond * beyond.T)


def compared(pieces: Sequence[Piece], scores: Matrix) -> dict[str, Cells]:
    """Precision and hubness of every ranking of `rankings`."""
    artists = [piece.artist for piece in pieces]
    rows = {}
    for name, ranking in rankings(scores).items():
        found = precisions(pieces, ranking)
        measured = {key: mean(found[key], artists) for key in ("artist", "artist elsewhere")}
        rows[name] = measured | hubness(ranking)
    return rows


def whitening(train: Vectors, power: float) -> Callable[[Vectors], Vectors]:
    """A map of vectors [n, d] to unit length, fitted in closed form to `train` [m, d]; `power` 0 only centres."""
    centre = train.mean(0)
    values, axes = np.linalg.eigh(ledoit_wolf(train)[0])
    scale = np.asarray(axes * values ** (-power / 2), np.float32)

    def apply(vectors: Vectors) -> Vectors:
        moved = (vectors - centre) @ scale
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)

    return apply


def whitened(parts: dict[str, list[Piece]]) -> dict[str, Cells]:
    """Per power, precision by artist on validation and test, and the test part's difference to plain vectors."""
    vectors = {part: np.stack([piece.vector for piece in pieces]) for part, pieces in parts.items()}
    plain = {part: precisions(parts[part], cosines(vectors[part]))["artist"] for part in parts}
    artists = {part: [piece.artist for piece in pieces] for part, pieces in parts.items()}
    rows = {"plain": {part: mean(plain[part], artists[part]) for part in ("validation", "test")}}
    for power in POWERS:
        apply = whitening(vectors["train"], power)
        found = {part: precisions(parts[part], cosines(apply(vectors[part])))["artist"] for part in parts}
        rows[f"power {power:g}"] = {
            **{part: mean(found[part], artists[part]) for part in ("validation", "test")},
            **{f"gain on {part}": mean(found[part] - plain[part], artists[part]) for part in ("validation", "test")},
        }
    return rows
