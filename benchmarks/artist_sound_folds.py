"""How apart do artists sound whom the model has not heard? The numbers that the calibration of sound starts from.

    python -m benchmarks.artist_sound_folds ../shared/data/audio --work DIR [--folds 3] [--minutes 16] [--threads 2]

A model divides the artists of its own training better than any others, so those say little about a catalogue that it
has never heard; and the validation part has three artists of several recordings. So the artists of training and
validation are dealt into folds, a model is trained for each without it, for `--minutes`, and the left-out artists are
divided as `dedup.artist_sound_fit` does it: each as it is, and each two of them together. The means and deviations
over all folds are its `TYPICAL`. What weight they should have is asked of the folds too: each is told apart as
`benchmarks.artist_sound` does it, starting from the other folds' numbers. The test part is in no fold and no training.

An interrupted run goes on where it was; models stay in `--work`. Tracks that name no artist are in every training.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.artist_sound import Sets, by_artist, catalogue, trials
from benchmarks.artist_sound_figures import Trial, columns, of_both
from benchmarks.audio_identity import AUDIO
from dedup.artist_fit import strangers
from dedup.artist_releases import releases
from dedup.artist_sound_fit import Divisions, Typical, divisions
from dedup.artist_traits import traits_of
from embeddings.config import TrainConfig
from embeddings.encode import Encoder
from embeddings.library import LibraryTrack, read_library
from embeddings.splits import components, split
from embeddings.train import train

DONE = "trained"
WEIGHTS = (1, 2, 3, 5, 10, 20)


def main() -> None:
    """Train what is missing, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path, nargs="?", default=AUDIO)
    parser.add_argument("--work", type=Path, help="folder of the models")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=16.0, help="of training, of each model")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    if given.work is None or not given.audio.is_dir():
        return print("artist_sound_folds: skipped, it trains for an hour; name the audio and a folder --work")
    parts = split(read_library(given.audio), seed=TrainConfig(audio=given.audio, out=given.work).split_seed)
    dealt = folds([*parts["train"], *parts["validation"]], given.folds)
    found, heard = [], []
    for number, (rest, out) in enumerate(dealt):
        config = TrainConfig(
            audio=given.audio,
            out=given.work / f"fold-{number}",
            work=given.work / "work",
            minutes=given.minutes,
            threads=given.threads,
        )
        sets = by_artist(out, Encoder.load(trained(config, rest), threads=given.threads))[0]
        if (seen := divided(sets)) is not None:
            found.append(seen)
            heard.append(sets)
            print(f"fold {number}: {len(sets)} artists left out", *described(seen), sep="\n", flush=True)
    print("all folds", *described(*found), sep="\n")
    print("weight of what is typical, in names: Cllr, accuracy of both kinds alike")
    for names in WEIGHTS:
        print(f"  {names:4}   {'   '.join(f'{value:.3f}' for value in told_apart(heard, found, names))}", flush=True)


def folds(tracks: list[LibraryTrack], count: int) -> Iterator[tuple[list[LibraryTrack], list[LibraryTrack]]]:
    """Tracks to learn from and tracks left out, `count` times; no artist and no recording is in both.

    What shares an artist or a recording stays together; the largest are dealt first.
    """
    component = components(tracks)
    named = {component[track.recording] for track in tracks if track.artist}
    sizes = {one: len({t.recording for t in tracks if component[t.recording] == one}) for one in named}
    order = sorted(named, key=lambda one: (-sizes[one], one))
    fold = {one: place % count for place, one in enumerate(order)}
    for number in range(count):
        left_out = [track for track in tracks if fold.get(component[track.recording]) == number]
        yield [track for track in tracks if fold.get(component[track.recording]) != number], left_out


def trained(config: TrainConfig, tracks: list[LibraryTrack]) -> Path:
    """The folder of a model that has learnt from these tracks."""
    if not (config.out / DONE).is_file():
        parts = split(tracks, seed=config.split_seed)
        train(config, {"train": [*parts["train"], *parts["test"]], "validation": parts["validation"]})
        (config.out / DONE).touch()
    return config.out


def divided(sets: Sets) -> Divisions | None:
    """The divisions of artists with nothing but a name and a vector for each recording."""
    found, _ = releases(traits_of(catalogue(sets)))
    rng = np.random.default_rng(0)
    return divisions(found, *strangers(found, rng), rng)


def told_apart(heard: list[Sets], found: list[Divisions], names: float) -> tuple[float, float]:
    """Cllr and accuracy over the names of all folds, each with what is typical of the others."""
    trials_of: list[Trial] = []
    for number, sets in enumerate(heard):
        others = [seen for place, seen in enumerate(found) if place != number]
        trials_of += trials(sets, 0, typical=Typical(spread_of(others, "same"), spread_of(others, "other"), names))
    bits, two, _ = columns(trials_of)
    loss = np.logaddexp(0, np.where(two, bits, -bits) * np.log(2)) / np.log(2)
    once = np.ones(len(bits))
    return of_both(loss, two)(once), of_both((bits < 0) == two, two)(once)


def spread_of(found: list[Divisions], kind: str) -> tuple[float, float]:
    """Mean and deviation of one kind over some folds."""
    values = np.concatenate([getattr(seen, kind) for seen in found])
    return float(values.mean()), float(values.std(ddof=1))


def described(*found: Divisions) -> Iterator[str]:
    """Count, mean and deviation of both kinds."""
    for kind in ("same", "other"):
        count = sum(len(getattr(seen, kind)) for seen in found)
        mean, spread = spread_of([*found], kind)
        yield f"  {kind:5} {count:4}   mean {mean:5.2f} (+- {spread / np.sqrt(count):.2f})   deviation {spread:.2f}"


if __name__ == "__main__":
    main()
