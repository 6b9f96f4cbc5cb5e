"""Whether what is called similar is: by artists a model has never heard, copies folded.

    python -m benchmarks.similarity ../shared/data/audio [--model FOLDER] [--json FILE]

The folder is split as in training (`split_seed`). One file of each recording is taken, so that no list is filled with
copies. Beside the model stand the mean of 20 MFCCs and chance, and the model with hubness reduced (`embeddings.hubs`).

- Labels, on the test part: precision at 10 by artist, by artist elsewhere (another album or folder), by album, by genre
  tag (other artists), and the share of triplets in order: a piece by the anchor's artist elsewhere is nearer than one
  by another. 95% intervals by bootstrap over artists. Few files have a genre tag, so genre stands once more over all
  recordings, of which the model has heard most.
- Hubness: skewness of 10-occurrences, the largest, and the share of tracks in no list; over the test part and over all.
- Altered: the same track lossless, as 32 kbit/s mono, 12 dB quieter, limited, and its middle half: percentile of the
  altered version among all recordings when the original is asked, and how often it is the first.
- Choices: ways to reduce hubness, on training and validation; whitening, fitted to training, by validation and test.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.intervals import shown
from benchmarks.mean_mfcc import mean_mfcc, standardised
from benchmarks.similarity_altered import altered
from benchmarks.similarity_choices import compared, whitened
from benchmarks.similarity_measures import Matrix, Piece, cosines, hubness, one_each, relative, table, without_hubs
from catalog.tags import read_folder
from catalog.text import fold
from embeddings.config import TrainConfig
from embeddings.encode import Encoder, released_model
from embeddings.library import read_library
from embeddings.splits import split
from embeddings.weights import model_name

AUDIO = Path(__file__).resolve().parents[2] / "shared" / "data" / "audio"

Tables = dict[str, dict[str, dict[str, list[float]]]]


def main() -> None:
    """Measure, print tables, and write the figures as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path, nargs="?", default=AUDIO)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None, help="where figures are kept")
    arguments = parser.parse_args()
    if not arguments.audio.is_dir():
        return print("similarity: skipped, ../shared/data is not there")
    folder = arguments.model or released_model()
    encoder = Encoder.load(folder, threads=1)
    parts = hear(encoder, arguments.audio)
    figures = measure(encoder, parts)
    print(f"model {model_name(folder)}; recordings { ({part: len(pieces) for part, pieces in parts.items()}) }")
    for title, rows in figures.items():
        show(title, rows)
    if arguments.json:
        arguments.json.write_text(json.dumps({"model": model_name(folder), **figures}, indent=2) + "\n")


def hear(encoder: Encoder, folder: Path) -> dict[str, list[Piece]]:
    """One file of each recording by part, encoded; files without anything audible are left out."""
    tracks = read_library(folder)
    genres = _genres(folder)
    parts = split(tracks, seed=TrainConfig(audio=folder, out=folder).split_seed)
    heard: dict[str, list[Piece]] = {part: [] for part in parts}
    for part, members in parts.items():
        for track in one_each(members):
            vector = encoder.analyse(track.path).vector
            if vector is not None:
                genre = fold(genres.get(relative(track.path, folder)) or "")
                heard[part].append(Piece(track, genre, vector, mean_mfcc(track.path)))
    return heard


def _genres(folder: Path) -> dict[str, str | None]:
    """The genre tag of each file, by its path in `folder`."""
    batches = read_folder(folder, None, on_problem=lambda _: None)
    rows = (row for batch in batches for row in batch.select(["audio_path", "genre"]).to_pylist())
    return {row["audio_path"]: row["genre"] for row in rows}


def measure(encoder: Encoder, parts: Mapping[str, list[Piece]]) -> Tables:
    """Every table, as it is printed and stored."""
    test, known = parts["test"], [*parts["train"], *parts["validation"]]
    pieces = [*known, *test]
    over_all = systems(pieces)
    with tempfile.TemporaryDirectory() as scratch:
        moved = altered(encoder, test, pieces, Path(scratch))
    return {
        "precision at 10, test": table(test, systems(test)),
        "genre over all recordings": {"genre": table(pieces, over_all)["genre"]},
        "hubness, test": _columns({name: hubness(scores) for name, scores in systems(test).items()}),
        "hubness, all recordings": _columns({name: hubness(scores) for name, scores in over_all.items()}),
        "altered": moved,
        "hubness reduced, training and validation": compared(known, cosines(_vectors(known))),
        "whitening": whitened(dict(parts)),
    }


def systems(pieces: Sequence[Piece]) -> dict[str, Matrix]:
    """Scores of all against all, [n, n], by the name of what gives them."""
    model = cosines(_vectors(pieces))
    means = np.stack([piece.mfcc for piece in pieces])
    return {
        "model": model,
        "model, hubs reduced": without_hubs(model),
        "mean MFCC": cosines(standardised(means, means)),
        "chance": np.random.default_rng(0).random(model.shape),
    }


def _vectors(pieces: Sequence[Piece]) -> Any:
    return np.stack([piece.vector for piece in pieces])


def _columns(by_system: dict[str, dict[str, list[float]]]) -> dict[str, dict[str, list[float]]]:
    """Measure to system in place of system to measure."""
    return {name: {system: row[name] for system, row in by_system.items()} for name in next(iter(by_system.values()))}


def show(title: str, rows: dict[str, dict[str, list[float]]]) -> None:
    """Print a Markdown table; shares as percentages, skewness and counts as numbers."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    print(f"\n| {title} | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}")
    for name, row in rows.items():
        write = partial(_cell, name)
        print(f"| {name} | {' | '.join(write(column, row[column]) if column in row else '' for column in columns)} |")


def _cell(name: str, column: str, cell: list[float]) -> str:
    if "N_10" in name or "N_10" in column:
        return f"{cell[0]:.2f} ({cell[1]:.2f}-{cell[2]:.2f})"
    if column == "least":
        return f"{100 * cell[0]:.1f}%"
    return shown(cell) if cell[3] else "not asked"


if __name__ == "__main__":
    main()
