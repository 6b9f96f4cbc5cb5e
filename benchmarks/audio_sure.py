"""How sure a match must be for its length: how `dedup.recognise.SURE` and `SHORT_MORE` were chosen.

    python -m benchmarks.audio_sure ../shared/data/audio [--model FOLDER]

Excerpts of 3, 5, 10 and 20 s of the training and validation parts, degraded as in `benchmarks.audio_identity`, are
looked up among all files. For each length: how similar the best stretch of any recording of another name is, as
quantiles, and which share of the right ones surpasses each of them.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from audio.decode import decode
from benchmarks.audio_excerpts import RATE, Heard, Library, asked, same_name
from benchmarks.audio_identity import AUDIO
from embeddings.config import TrainConfig
from embeddings.encode import Encoder, released_model
from embeddings.library import read_library
from embeddings.splits import split

LENGTHS_S = (20.0, 10.0, 5.0, 3.0)
QUANTILES = (0.9, 0.95, 0.99, 0.995, 0.999)
EVERY = 8
"""One recording in so many asks."""


def main() -> None:
    """Print a line per length."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path, nargs="?", default=AUDIO)
    parser.add_argument("--model", type=Path, default=None)
    arguments = parser.parse_args()
    if not arguments.audio.is_dir():
        return print("audio_sure: skipped, ../shared/data is not there")
    encoder = Encoder.load(arguments.model or released_model(), threads=1)
    tracks = read_library(arguments.audio)
    parts = split(tracks, seed=TrainConfig(audio=AUDIO, out=AUDIO).split_seed)
    catalogue = [Heard(track, encoder.analyse(track.path)) for track in tracks]
    paths = {track.path for track in (*parts["train"][::EVERY], *parts["validation"])}
    others = [decode(track.path, rate=RATE).samples[: 60 * RATE] for track in parts["test"][::10]]
    own: dict[float, list[float]] = {}
    strange: dict[float, list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        library = Library(catalogue, Path(scratch))
        test = [heard for heard in catalogue if heard.track.path in paths]
        for _, seconds, track, sound in asked(encoder, test, others, 1, LENGTHS_S):
            best = {True: 0.0, False: 0.0}
            for found in library.aligned(sound):
                other = library.track(found)
                right = other.recording == track.recording
                if right or not same_name(other.path, track.path):
                    best[right] = max(best[right], found.alignment.similarity)
            own.setdefault(seconds, []).append(best[True])
            strange.setdefault(seconds, []).append(best[False])
    print(f"{'seconds':>8} {'excerpts':>9}  " + " ".join(f"{f'others {q:g}':>13} {'right':>6}" for q in QUANTILES))
    for seconds in sorted(own):
        levels = np.quantile(strange[seconds], QUANTILES)
        cells = (f"{level:13.3f} {np.mean(np.array(own[seconds]) > level):6.3f}" for level in levels)
        print(f"{seconds:8g} {len(own[seconds]):9}  " + " ".join(cells))


if __name__ == "__main__":
    main()
