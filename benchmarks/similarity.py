"""Do similar tracks sound alike to people? What can be said without asking them, on artists that no model has heard.

    python -m benchmarks.similarity ../shared/data/audio [--model FOLDER] [--json FILE]

The folder is split as in training; questions and answers are files of the test part, of which no artist was trained on.
Files of one recording are never answers to each other. Beside the track vectors stand the mean of 20 MFCCs and chance.

- Precision at 10, of as many as could be found: the same artist; the same artist elsewhere, on another album or from
  another source, so that one session's sound does not help; the same album; the same genre where tags say one.
- Triplets: of an artist's track elsewhere and another artist's track the first is nearer to the anchor. Chance is 50%.
- Hubness: skewness of N_10, the number of lists of ten that a track stands in, and the largest N_10 (Radovanovic et al.
  2010), by cosine and with CSLS (`embeddings.hubs`); its price or gain in precision stands above.
- Invariance: one file of every recording, altered (`benchmarks.similarity_altered`), is looked for with the original
  among all other recordings: how often it comes first, its median rank.

Intervals are of 95%: over artists drawn anew with all their tracks, which depend on one another; of hubness and
invariance over queries.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.decode import decode
from benchmarks.audio_identity import AUDIO, equal_names, mean_mfcc, standardised
from benchmarks.intervals import mean, share, shown
from benchmarks.similarity_altered import RATE, Samples, described, ranks
from benchmarks.similarity_measures import (
    chance_precision,
    hubness,
    lists,
    precision,
    scaled,
    triplets,
)
from catalog.text import fold
from embeddings.config import TrainConfig
from embeddings.encode import Encoder, released_model
from embeddings.hubs import skewness
from embeddings.library import LibraryTrack, read_library
from embeddings.model_files import model_name
from embeddings.splits import split

Figures = dict[str, dict[str, list[float]]]
Floats = NDArray[np.float64]


def main() -> None:
    """Measure, print tables, and write the figures as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path, nargs="?", default=AUDIO)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None, help="where the figures are kept")
    arguments = parser.parse_args()
    if not arguments.audio.is_dir():
        return print("similarity: skipped, ../shared/data is not there")
    folder = arguments.model or released_model()
    figures = measure(Encoder.load(folder, threads=1), arguments.audio)
    show(model_name(folder), figures)
    if arguments.json:
        arguments.json.write_text(json.dumps({"model": model_name(folder)} | figures, indent=2) + "\n")


def measure(encoder: Encoder, folder: Path) -> dict[str, Any]:
    """All figures, [value, low, high, count] by measure and ranking."""
    parts = split(read_library(folder), seed=TrainConfig(audio=folder, out=folder).split_seed)
    heard = [(track, encoder.analyse(track.path).vector) for track in parts["test"]]
    tracks = [track for track, vector in heard if vector is not None]
    vectors = np.stack([vector for _, vector in heard if vector is not None]).astype(float)
    means = np.stack([mean_mfcc(decode(track.path, rate=RATE).samples) for track in tracks])
    spaces = {"model": vectors, "mean MFCC": standardised(means, means)}
    rankings = {
        f"{name}{added}": score(space)
        for name, space in spaces.items()
        for added, score in (("", cosines), (", CSLS", scaled))
    }
    recording = equal_names([track.recording for track in tracks])
    return {
        "tracks": len(tracks),
        "artists": len({track.artist for track in tracks} - {""}),
        "recordings": len({track.recording for track in tracks}),
        "agreement": agreement(tracks, rankings, recording, genres(folder)),
        "hubness": hubs(rankings, recording),
        "invariance": invariance(encoder, tracks, vectors, means, recording),
    }


def cosines(vectors: Floats) -> Floats:
    """Cosines [n, n] of vectors of unit length."""
    return np.asarray(vectors @ vectors.T)


def agreement(
    tracks: Sequence[LibraryTrack], rankings: dict[str, Floats], recording: NDArray[np.bool_], genre: dict[Path, str]
) -> Figures:
    """Precision at 10 by label and the share of triplets, by ranking."""
    artists = [track.artist for track in tracks]
    drawn = [track.artist or f"\0{track.recording}" for track in tracks]
    albums = [f"{track.path.parent}\0{track.album}" for track in tracks]
    release = recording | equal_names(albums)
    labels = {
        "artist": (artists, recording),
        "artist elsewhere": (artists, release),
        "album": ([name if track.album else "" for name, track in zip(albums, tracks, strict=True)], recording),
        "genre": ([genre.get(track.path, "") for track in tracks], recording),
    }
    table: Figures = {}
    for label, (names, excluded) in labels.items():
        row = {name: mean(precision(scores, names, excluded), drawn) for name, scores in rankings.items()}
        table[label] = row | {"chance": mean(chance_precision(names, excluded), drawn)}
    found = {name: mean(triplets(scores, artists, release), drawn) for name, scores in rankings.items()}
    asked = next(iter(found.values()))[3]
    return table | {"triplets": found | {"chance": [0.5, 0.5, 0.5, asked]}}


def hubs(rankings: dict[str, Floats], recording: NDArray[np.bool_]) -> Figures:
    """Skewness of N_10 and its largest value, by ranking."""
    noise = {"chance": np.random.default_rng(0).random(recording.shape)}
    found = {name: lists(scores, recording) for name, scores in (rankings | noise).items()}
    return {
        "skewness of N_10": {name: hubness(lines, skewness) for name, lines in found.items()},
        "largest N_10": {name: hubness(lines, lambda counts: float(counts.max())) for name, lines in found.items()},
    }


def invariance(
    encoder: Encoder, tracks: Sequence[LibraryTrack], vectors: Floats, means: Floats, recording: NDArray[np.bool_]
) -> Figures:
    """For each alteration: how often it comes first, and its median rank, by space."""
    first = sorted({track.recording: place for place, track in reversed(list(enumerate(tracks)))}.values())
    size = vectors.shape[1]

    def describe(samples: Samples) -> Floats:
        vector = encoder.analyse_blocks([samples]).vector
        return np.concatenate([np.full(size, np.nan) if vector is None else vector, mean_mfcc(samples)])

    table: Figures = {}
    for name, rows in described([tracks[place].path for place in first], describe).items():
        found = {
            "model": ranks(vectors[first], rows[:, :size], vectors, ~recording[first]),
            "mean MFCC": ranks(
                standardised(means[first], means), standardised(rows[:, size:], means), standardised(means, means),
                ~recording[first],
            ),
        }  # fmt: skip
        table[name] = {}
        for space, rank in found.items():
            there = rank[~np.isnan(rank)]
            table[name][f"{space}: first"] = share(int((there == 1).sum()), len(rank))
            table[name][f"{space}: median rank"] = [float(np.median(there)), float(there.min()), float(there.max())]
    return table


def genres(folder: Path) -> dict[Path, str]:
    """Folded genre tag of the files that `catalogue.csv` gives one."""
    listed = folder / "catalogue.csv"
    if not listed.is_file():
        return {}
    with listed.open(encoding="utf-8-sig", newline="") as file:
        return {folder / row["audio_path"]: fold(row.get("genre") or "") for row in csv.DictReader(file)}


def show(model: str, figures: dict[str, Any]) -> None:
    """Print the tables in Markdown."""
    facts = f"{figures['tracks']} files, {figures['recordings']} recordings, {figures['artists']} artists"
    print(f"model {model}; test part: {facts}")
    for part, title in (("agreement", "precision at 10, triplets"), ("hubness", "hubness"), ("invariance", "altered")):
        rows = figures[part]
        columns = list(next(iter(rows.values())))
        print(f"\n| {title} | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
        for name, row in rows.items():
            print(f"| {name} | {' | '.join(_cell(part, column, row[column]) for column in columns)} |")


def _cell(part: str, column: str, cell: list[float]) -> str:
    if part == "hubness":
        return f"{cell[0]:.2f} ({cell[1]:.2f}-{cell[2]:.2f})"
    return f"{cell[0]:g} ({cell[1]:g}-{cell[2]:g})" if column.endswith("rank") else shown(cell)


if __name__ == "__main__":
    main()
