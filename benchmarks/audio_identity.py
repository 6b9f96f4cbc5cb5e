"""How well a model recognises recordings and finds their kin, on recordings and artists it has never heard.

    python -m benchmarks.audio_identity ../shared/data/audio [--model FOLDER] [--json FILE]

The folder is split as in training (same `split_seed`); questions come from the test part, the catalogue that is
searched holds nearly every file, so that the music of the training part is there to be confused with.

- Whole tracks: a file of every recording, degraded by name (`audio/augment.py`) at its strongest setting, against
  every file of the test part; recall at one false accept in 10,000 pairs of different recordings, one threshold for all
  degradations; and once more without the pairs of different recordings that go by one name (`benchmarks.audio_pairs`).
- Excerpts: 10 s and 3 s from random places, degraded, looked up as `unisono identify` does it among nearly all files.
  `first`: the right recording has the best alignment. `named`: it is sure enough to be named. `wrong`: another is named
  before it. `false`: another would be named were it not there; `stranger`: one of another name
  (`benchmarks.audio_excerpts`).
- Similarity: precision at 10 of the same artist, other files of the same recording left out, and once more all of the
  same album and source, beside the mean of 20 MFCCs. It is the share of what could be found where an artist has fewer
  than ten others.
- Codes: the share of equal bits of one place heard twice, and of different recordings.
- Cost: processor time of analysing a file against that of decoding and resampling it.

Shares stand with their 95% interval and count.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from audio.decode import Waveform, decode
from audio.features import logmel
from benchmarks.audio_codes import QUANTILES, code_statistics
from benchmarks.audio_excerpts import (
    EXCERPTS,
    LENGTHS_S,
    MEASURES,
    RATE,
    TARGETS,
    Heard,
    Library,
    Samples,
    excerpts,
    summary,
)
from benchmarks.audio_pairs import FALSE_ACCEPTS, strength, whole_tracks
from benchmarks.audio_peer import installed, peer_whole_tracks
from benchmarks.intervals import shown
from embeddings.config import TrainConfig
from embeddings.encode import Analysis, Encoder, released_model
from embeddings.library import read_library
from embeddings.metrics import precision_at, ranked_relevance
from embeddings.model_files import model_name
from embeddings.splits import split
from embeddings.weights import load_model

AUDIO = Path(__file__).resolve().parents[2] / "shared" / "data" / "audio"
TARGETED = tuple(name for names in TARGETS.values() for name in names)
PARTS = ("whole_tracks", "excerpts", "similarity", "codes", "cost", "peer_whole_tracks")


def main() -> None:
    """Measure, print tables, and write the figures as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path, nargs="?", default=AUDIO)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None, help="where figures are kept; others stay there")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone")
    parser.add_argument("--targets", action="store_true", help="excerpts: only the degradations that have a target")
    arguments = parser.parse_args()
    if not arguments.audio.is_dir():
        return print("audio_identity: skipped, ../shared/data is not there")
    folder = arguments.model or released_model()
    known = json.loads(arguments.json.read_text()) if arguments.json and arguments.json.exists() else {}
    figures = (
        known
        | facts(folder)
        | measure(
            Encoder.load(folder, threads=1),
            arguments.audio,
            arguments.only or PARTS,
            TARGETED if arguments.targets else EXCERPTS,
        )
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    show(figures)


def facts(folder: Path) -> dict[str, Any]:
    """The model's name and size, and what its training took until its best line in `metrics.jsonl`, which was kept."""
    lines = (folder / "metrics.jsonl").read_text().splitlines() if (folder / "metrics.jsonl").exists() else []
    kept: dict[str, Any] = max((json.loads(line) for line in lines), key=lambda line: line["score"], default={})
    return {
        "model": model_name(folder),
        "parameters": sum(parameter.numel() for parameter in load_model(folder).parameters()),
        "bytes": (folder / "weights.safetensors").stat().st_size,
        "training": {"steps": kept.get("step"), "seconds": kept.get("seconds")},
    }


def measure(encoder: Encoder, folder: Path, wanted: Sequence[str], asked: Sequence[str] = EXCERPTS) -> dict[str, Any]:
    """The wanted figures, as they are printed and stored."""
    tracks = read_library(folder)
    parts = split(tracks, seed=TrainConfig(audio=folder, out=folder).split_seed)
    catalogue = [Heard(track, encoder.analyse(track.path)) for track in tracks]
    paths = {track.path for track in parts["test"]}
    test = [heard for heard in catalogue if heard.track.path in paths]
    behind = {track.recording for track in parts["train"][::20]}  # mixed in, so they must not be there to be found
    others = [decode(track.path, rate=RATE).samples[: 60 * RATE] for track in parts["train"][::20]]
    searched = [heard for heard in catalogue if heard.track.recording not in behind]
    figures: dict[str, Any] = {
        "files": {part: len(tracks) for part, tracks in parts.items()},
        "recordings": {part: len({track.recording for track in tracks}) for part, tracks in parts.items()},
    }
    works: dict[str, Callable[[], Any]] = {
        "whole_tracks": lambda: whole_tracks(encoder, test, others, strength),
        "excerpts": lambda: _excerpts(encoder, test, searched, others, asked),
        "similarity": lambda: similarity(test),
        "codes": lambda: code_statistics(encoder, test, catalogue),
        "cost": lambda: cost(encoder, [track.path for track in parts["test"]]),
        "peer_whole_tracks": lambda: peer_whole_tracks(test, others) if installed() else {},
    }
    return figures | {name: work() for name, work in works.items() if name in wanted}


def _excerpts(
    encoder: Encoder,
    test: Sequence[Heard],
    searched: Sequence[Heard],
    others: Sequence[Samples],
    names: Sequence[str],
) -> dict[str, dict[str, list[float]]]:
    with tempfile.TemporaryDirectory() as scratch:
        return summary(list(excerpts(encoder, test, Library(searched, Path(scratch)), others, names=names)))


def similarity(test: Sequence[Heard]) -> dict[str, float]:
    """Precision at 10 of the same artist by track vectors, by mean MFCCs, and by chance.

    Once with all other recordings, once with those of another album or source only (`_elsewhere`).
    """
    chosen = [heard for heard in test if heard.analysis.vector is not None]
    artists = [heard.track.artist for heard in chosen]
    vectors = np.stack([heard.analysis.vector for heard in chosen if heard.analysis.vector is not None])
    means = np.stack([mean_mfcc(decode(heard.track.path, rate=RATE).samples) for heard in chosen])
    mfcc = standardised(means, means)
    recording = equal_names([heard.track.recording for heard in chosen])
    release = equal_names([f"{heard.track.path.parent}\0{heard.track.album}" for heard in chosen])
    noise = np.random.default_rng(0).random(recording.shape)
    table = {"tracks": float(len(chosen)), "artists": float(len(set(artists) - {""}))}
    for suffix, excluded in (("", recording), ("_elsewhere", recording | release)):
        for name, scores in (("model", vectors @ vectors.T), ("mean_mfcc", mfcc @ mfcc.T), ("chance", noise)):
            relevant, total = ranked_relevance(scores, artists, k=10, excluded=excluded)
            table[name + suffix] = precision_at(relevant, total, 10)
        table["asked" + suffix] = float((total > 0).sum())
    return table


def equal_names(names: Sequence[str]) -> NDArray[np.bool_]:
    """Bool [n, n]: which of n names are equal."""
    return np.asarray(np.array(names)[:, None] == np.array(names))


def mean_mfcc(samples: Samples) -> NDArray[np.float64]:
    """Mean of 20 MFCCs `[20]`: the usual simple baseline."""
    from librosa.feature import mfcc

    return np.asarray(mfcc(S=logmel(samples).T, n_mfcc=20).mean(1), float)


def standardised(means: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.float64]:
    """`means` [n, 20] by the mean and spread of `among` [m, 20], to unit length."""
    shifted = (means - among.mean(0)) / (among.std(0) + 1e-9)
    return np.asarray(shifted / np.linalg.norm(shifted, axis=1, keepdims=True))


def cost(encoder: Encoder, paths: Sequence[Path]) -> dict[str, float]:
    """Milliseconds of one processor per second of audio, for decoding and resampling alone and for all; their ratio."""
    spent = {"decode": 0.0, "analyse": 0.0}
    seconds = 0.0
    works: dict[str, Callable[[Path], Waveform | Analysis]] = {
        "decode": partial(decode, rate=RATE),
        "analyse": encoder.analyse,
    }
    with threadpool_limits(1):  # as in a worker, which has one processor
        for path, (name, work) in product(paths, works.items()):  # in turn: a busy moment falls on both
            began = time.process_time()
            seconds += work(path).seconds / 2
            spent[name] += time.process_time() - began
    return {name: 1000 * value / seconds for name, value in spent.items()} | {
        "ratio": spent["analyse"] / spent["decode"],
        "bytes_per_second": encoder.config.code_bytes / encoder.config.hop_s,
    }


def show(figures: dict[str, Any]) -> None:
    """Print what there is as Markdown tables, as the model's card has them."""
    print(f"model {figures['model']}; recordings {figures['recordings']}; files {figures['files']}")
    peer, whole = figures.get("peer_whole_tracks", {}), figures.get("whole_tracks", {})
    names = [name for name in whole or peer if name != "threshold"]
    columns = [
        (f"{side}{said}", table, column)
        for side, table in (("Unisono", whole), ("Chromaprint", peer))
        for column, said in (("recall", ""), ("apart", ", one name aside"))
        if column in table.get("threshold", {})
    ]
    if columns:
        cells = (
            [shown(table[name][column]) if name in table else "" for _, table, column in columns] for name in names
        )
        rows = ([name, *row] for name, row in zip(names, cells, strict=True))
        _table([f"whole tracks, recall at {FALSE_ACCEPTS:g}", *(title for title, *_ in columns)], rows)
    for title, table, column in columns:
        threshold, *_, pairs = table["threshold"][column]
        print(f"\n{title}: threshold {threshold:.3f}, of {pairs:,.0f} pairs of different recordings.")
    for measure in MEASURES if "excerpts" in figures else ():
        rows = (
            [name, *(shown(row[f"{measure}_{seconds:g}s"]) for seconds in LENGTHS_S)]
            for name, row in figures["excerpts"].items()
        )
        _table([f"excerpts: {measure}", "10 s", "3 s"], rows)
    for title in ("similarity", "cost"):
        _table([title, ""], ([name, f"{value:.3f}"] for name, value in figures.get(title, {}).items()))
    quantiles = ([name, *(f"{value:.3f}" for value in row.values())] for name, row in figures.get("codes", {}).items())
    _table(["share of equal bits", *map(str, QUANTILES)], quantiles)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(f"\n| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
