"""Duplicates by sound alone: no name is looked at. How `dedup.sound.Hearing.same` was chosen, and what it gives.

    python -m benchmarks.audio_duplicates ../shared/data/audio [--model FOLDER] [--pictures FOLDER]

All pairs of files of a part are judged as the job judges them, by `dedup.sound`. For every threshold of similarity:
precision and recall of the pairs on the artists that the model was trained and chosen on, where the threshold is chosen
too, and on the test part, whose artists neither has seen. Then each miss and each false pair of the test part at the
threshold in use, with what the alignment says; `--pictures` draws them, mel spectrograms and segment similarities.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from audio.align import Alignment, align
from benchmarks.audio_excerpts import Heard
from benchmarks.audio_identity import AUDIO
from benchmarks.audio_pictures import draw
from benchmarks.intervals import share, shown
from dedup.fields import level_of
from dedup.sound import LEAST_AUDIBLE, Hearing, describe, judge
from embeddings.config import TrainConfig
from embeddings.encode import Encoder, released_model
from embeddings.library import LibraryTrack, read_library
from embeddings.splits import split

THRESHOLDS = np.arange(0.56, 0.92, 0.02)
PARTS = {"choosing": ("train", "validation"), "test": ("test",)}


@dataclass(frozen=True)
class Pair:
    """Two files, their alignment, and whether they are one recording."""

    a: Heard
    b: Heard
    alignment: Alignment
    same: bool

    def found(self, hearing: Hearing) -> bool:
        """Whether the job takes them for the same sound."""
        return judge(self.a.side, self.b.side, self.alignment, 1.0, hearing) == level_of("audio", "same sound")


def main() -> None:
    """Print a line per threshold, then the errors of the test part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path, nargs="?", default=AUDIO)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--pictures", type=Path, default=None)
    arguments = parser.parse_args()
    if not arguments.audio.is_dir():
        return print("audio_duplicates: skipped, ../shared/data is not there")
    encoder = Encoder.load(arguments.model or released_model(), threads=1)
    library = split(read_library(arguments.audio), seed=TrainConfig(audio=AUDIO, out=AUDIO).split_seed)
    parts = {
        name: list(pairs(encoder, [track for part in chosen for track in library[part]]))
        for name, chosen in PARTS.items()
    }
    show(parts)
    errors = [pair for pair in parts["test"] if pair.same != pair.found(Hearing())]
    for number, pair in enumerate(sorted(errors, key=lambda pair: pair.same), start=1):
        print(f"{number:3} {'missed' if pair.same else 'false '} {_named(pair.a)} | {_named(pair.b)}")
        print(f"           {describe(pair.alignment)}")
        if arguments.pictures:
            draw(arguments.pictures / f"{number:03}.png", pair.a, pair.b, pair.alignment)


def pairs(encoder: Encoder, tracks: Sequence[LibraryTrack]) -> Iterator[Pair]:
    """All pairs of files that have enough sound to be compared."""
    heard = [Heard(track, encoder.analyse(track.path)) for track in tracks]
    audible = [one for one in heard if one.analysis.audible.sum() >= LEAST_AUDIBLE]
    for a, b in combinations(audible, 2):
        found = align(a.analysis.codes, b.analysis.codes, audible_a=a.analysis.audible, audible_b=b.analysis.audible)
        yield Pair(a, b, found, a.track.recording == b.track.recording)


def show(parts: dict[str, list[Pair]]) -> None:
    """Precision and recall of each part at each threshold; the one in use is marked."""
    print(f"{'same':>6}   " + "   ".join(f"{name + ': precision':>26} {'recall':>26}" for name in parts))
    for threshold in sorted({*np.round(THRESHOLDS, 2).tolist(), Hearing().same}):
        hearing = replace(Hearing(), same=threshold)
        cells = []
        for found in parts.values():
            taken = [pair for pair in found if pair.found(hearing)]
            right = sum(pair.same for pair in taken)
            cells += [share(right, len(taken)), share(right, sum(pair.same for pair in found))]
        mark = "*" if threshold == Hearing().same else " "
        print(f"{threshold:6.2f} {mark} " + " ".join(f"{shown(cell):>26}" for cell in cells), flush=True)


def _named(heard: Heard) -> str:
    return str(heard.track.path.relative_to(AUDIO) if heard.track.path.is_relative_to(AUDIO) else heard.track.path)


if __name__ == "__main__":
    main()
