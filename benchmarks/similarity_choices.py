"""What could be done to similarity without training again: compared where it may be chosen, and told on the test part.

    python -m benchmarks.similarity_choices ../shared/data/audio [--model FOLDER]

One file of each recording is taken. Hubness is compared on training and validation: cosines less a candidate's density
at several strengths (0.5: the order of CSLS, `embeddings.hubs`), local scaling and mutual proximity (Schnitzer, Flexer,
Schedl and Widmer 2012). Whitening is fitted in closed form to training: vectors are centred, and each principal axis
divided by its deviation to a power, the covariance being shrunk (Ledoit and Wolf 2004). Power 0 only centres.

Intervals of precision are of 95%, over artists drawn anew, as an artist's tracks depend on one another; gains are those
of the same queries.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.covariance import ledoit_wolf

from benchmarks.audio_identity import AUDIO, equal_names
from benchmarks.intervals import mean, shown
from benchmarks.similarity import cosines
from benchmarks.similarity_measures import hubness, lists, precision
from embeddings.config import TrainConfig
from embeddings.encode import Encoder, released_model
from embeddings.hubs import sampled_density, skewness
from embeddings.library import LibraryTrack, read_library
from embeddings.model_files import model_name
from embeddings.splits import split

STRENGTHS = (0.25, 0.5, 0.75, 1.0)
POWERS = (0.0, 0.25, 0.5, 1.0)
CHOOSING, TOLD = "validation", "test"

Floats = NDArray[np.float64]
Cells = dict[str, list[float]]


@dataclass(frozen=True)
class Pieces:
    """One file of each recording of a part, and their similarity vectors [n, d]."""

    tracks: list[LibraryTrack]
    vectors: Floats

    @property
    def artists(self) -> list[str]:
        """Artist of each; a track of an unknown one stands for itself."""
        return [track.artist or f"\0{track.recording}" for track in self.tracks]

    def precision(self, scores: Floats, *, elsewhere: bool = False) -> Floats:
        """Precision at 10 by artist, [n]; with `elsewhere`, of another album or folder only."""
        releases = [f"{track.path.parent}\0{track.album}" for track in self.tracks]
        excluded = equal_names(releases) if elsewhere else np.zeros(scores.shape, bool)
        return precision(scores, [track.artist for track in self.tracks], excluded)


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path, nargs="?", default=AUDIO)
    parser.add_argument("--model", type=Path, default=None)
    arguments = parser.parse_args()
    if not arguments.audio.is_dir():
        return print("similarity_choices: skipped, ../shared/data is not there")
    folder = arguments.model or released_model()
    parts = hear(Encoder.load(folder, threads=1), arguments.audio)
    print(f"model {model_name(folder)}; recordings { ({part: len(pieces.tracks) for part, pieces in parts.items()}) }")
    known = [parts["train"], parts[CHOOSING]]
    both = Pieces([t for pieces in known for t in pieces.tracks], np.concatenate([p.vectors for p in known]))
    for title, pieces in (("training and validation", both), (TOLD, parts[TOLD])):
        show(f"hubness, {title}", compared(pieces))
    show("whitening, precision at 10 by artist", whitened(parts))


def hear(encoder: Encoder, folder: Path) -> dict[str, Pieces]:
    """One file of each recording by part, encoded; files without anything audible are left out."""
    parts = split(read_library(folder), seed=TrainConfig(audio=folder, out=folder).split_seed)
    heard = {}
    for part, tracks in parts.items():
        chosen = list({track.recording: track for track in reversed(tracks)}.values())
        analysed = [(track, encoder.analyse(track.path).vector) for track in reversed(chosen)]
        kept = [(track, vector) for track, vector in analysed if vector is not None]
        heard[part] = Pieces([track for track, _ in kept], np.stack([vector for _, vector in kept]).astype(float))
    return heard


def rankings(vectors: Floats) -> dict[str, Floats]:
    """Scores [n, n] of vectors [n, d] of unit length by every way to reduce hubness."""
    scores = cosines(vectors)
    around = sampled_density(vectors.astype(np.float32), size=len(vectors)).astype(float)
    lessened = {f"density x {strength:g}": scores - strength * around for strength in STRENGTHS}
    scaled = -(1 - scores) / np.sqrt((1 - around)[:, None] * (1 - around))
    return {"cosine": scores, **lessened, "local scaling": scaled, "mutual proximity": _mutual_proximity(1 - scores)}


def _mutual_proximity(distance: Floats) -> Floats:
    """Probability that both would find a random track further away, distances being normal and independent."""
    beyond = norm.sf((distance - distance.mean(1, keepdims=True)) / distance.std(1, keepdims=True))
    return np.asarray(beyond * beyond.T)


def compared(pieces: Pieces) -> dict[str, Cells]:
    """Precision by artist and hubness of every ranking."""
    rows = {}
    for name, scores in rankings(pieces.vectors).items():
        found = lists(scores, np.zeros(scores.shape, bool))
        rows[name] = {
            "artist": mean(pieces.precision(scores), pieces.artists),
            "artist elsewhere": mean(pieces.precision(scores, elsewhere=True), pieces.artists),
            "skewness of N_10": hubness(found, skewness),
            "largest N_10": hubness(found, lambda counts: float(counts.max())),
        }
    return rows


def whitening(train: Floats, power: float) -> Callable[[Floats], Floats]:
    """A map of vectors [n, d] to unit length, fitted to `train` [m, d]."""
    centre = train.mean(0)
    values, axes = np.linalg.eigh(ledoit_wolf(train)[0])
    scale = axes * values ** (-power / 2)

    def apply(vectors: Floats) -> Floats:
        moved = (vectors - centre) @ scale
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True))

    return apply


def whitened(parts: Mapping[str, Pieces]) -> dict[str, Cells]:
    """Per power the precision on `CHOOSING` and `TOLD`, and the difference to plain vectors."""
    maps: dict[str, Callable[[Floats], Floats]] = {"plain": lambda vectors: vectors}
    maps |= {f"power {power:g}": whitening(parts["train"].vectors, power) for power in POWERS}
    rows: dict[str, Cells] = {name: {} for name in maps}
    for part in (CHOOSING, TOLD):
        pieces = parts[part]
        plain = pieces.precision(cosines(pieces.vectors))
        for name, apply in maps.items():
            found = pieces.precision(cosines(apply(pieces.vectors)))
            rows[name] |= {part: mean(found, pieces.artists), f"gain on {part}": mean(found - plain, pieces.artists)}
    return rows


def show(title: str, rows: Mapping[str, Cells]) -> None:
    """Print a Markdown table."""
    columns: Sequence[str] = list(next(iter(rows.values())))
    print(f"\n| {title} | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(_cell(column, row[column]) for column in columns)} |")


def _cell(column: str, cell: list[float]) -> str:
    return f"{cell[0]:.2f} ({cell[1]:.2f}-{cell[2]:.2f})" if column.endswith("N_10") else shown(cell)


if __name__ == "__main__":
    main()
