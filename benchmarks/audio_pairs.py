"""Whole tracks against whole tracks: each test recording degraded by name, against every file of the test part."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from audio.align import align
from audio.augment import fixed
from audio.decode import decode
from audio.downmix import MIXES
from benchmarks.audio_excerpts import RATE, Heard, Samples, one_per_recording, same_name
from benchmarks.intervals import share
from dedup.sound import LEAST_AUDIBLE, Side
from embeddings.encode import Encoder
from embeddings.metrics import recall_at_false_accepts

FALSE_ACCEPTS = 1e-4
QUIET = 0.01

STRONGEST = (
    "cdmp3_32", "mp3_24", "cdaac_32", "opus_12", "vorbis_0", "eq_12", "gain_-20", "gain_20", "left", "right", "side",
    "crop_30", "crop_10", "fade_8", "pad_8", "white_5", "pink_5", "brown_5", "crowd_5", "music_5", "white_-3",
    "pink_-3", "crowd_-3", "music_-3", "clip_15", "compress_8", "limit_20", "room_0.8", "rate_8000", "speed_-4",
    "speed_4", "speed_-5", "speed_5", "tempo_-4", "tempo_4", "tempo_-10", "tempo_10", "pitch_-1", "pitch_1",
)  # fmt: skip
"""Each degradation at its strongest setting; for noise and time, those that have a target too."""

TARGETS = {
    "codecs": ("cdmp3_32", "mp3_24", "cdaac_32", "opus_12", "vorbis_0"),
    "EQ, gain": ("eq_12", "gain_-20", "gain_20"),
    "channels": ("left", "right", "side"),
    "crop, fades, padding": ("crop_30", "crop_10", "fade_8", "pad_8"),
    "noise 5 dB": ("white_5", "pink_5", "brown_5", "crowd_5", "music_5"),
    "speed 4%": ("speed_-4", "speed_4"),
    "tempo 4%": ("tempo_-4", "tempo_4"),
}
"""The rows that have a target, each over several degradations."""

Score = Callable[[Side, Side], float]


class Scores:
    """Scores by degradation: of pairs that are one recording; and all of pairs that are not.

    Of these, pairs of one name are kept apart as well: single channels and reworked versions of one piece, which the
    truth counts as recordings of their own.
    """

    def __init__(self) -> None:
        self.same: dict[str, list[float]] = {}
        self.different: list[float] = []
        self.one_name: list[float] = []

    def add(self, name: str, score: float, a: Heard, b: Heard) -> None:
        """Take the score of a pair of files, of which `a` went through the degradation `name`."""
        if a.track.recording == b.track.recording:
            self.same.setdefault(name, []).append(score)
        else:
            (self.one_name if same_name(a.track.path, b.track.path) else self.different).append(score)

    def table(self) -> dict[str, dict[str, list[float]]]:
        """Per degradation and per row with a target, recall at `FALSE_ACCEPTS`; one threshold for all.

        `recall` with all pairs of different recordings, `apart` without those of one name.
        """
        found: dict[str, dict[str, list[float]]] = {"threshold": {}}
        for column, different in (("recall", self.different + self.one_name), ("apart", self.different)):
            same = [score for scores in self.same.values() for score in scores]
            truth = np.arange(len(same) + len(different)) < len(same)
            _, threshold = recall_at_false_accepts([*same, *different], truth, FALSE_ACCEPTS)
            found["threshold"][column] = [threshold, 0.0, 0.0, float(len(different))]
            for row, names in (TARGETS | {name: (name,) for name in self.same}).items():
                scores = np.concatenate([self.same.get(name, []) for name in names])
                found.setdefault(row, {})[column] = share(int((scores >= threshold).sum()), len(scores))
        return found


def whole_tracks(
    encoder: Encoder, test: Sequence[Heard], others: Sequence[Samples], score: Score
) -> dict[str, dict[str, list[float]]]:
    """Recall of each degradation: a file of every recording against all files of the test part."""
    scores = Scores()
    for a, b in combinations(test, 2):
        scores.add("as delivered", score(a.side, b.side), a, b)
    asked = [heard for heard in one_per_recording(test) if heard.analysis.audible.sum() >= LEAST_AUDIBLE]
    for number, heard in enumerate(asked):
        for name, samples in varied(heard, others, number):
            analysis = encoder.analyse_blocks([samples])
            side = analysis.codes, analysis.audible
            if side[1].sum() < LEAST_AUDIBLE:
                continue
            for other in test:
                if other is heard or other.track.recording != heard.track.recording:
                    scores.add(name, score(side, other.side), heard, other)
    return scores.table()


def strength(a: Side, b: Side) -> float:
    """Similarity of the best alignment times the share that it covers of the side that it covers more of."""
    found = align(a[0], b[0], audible_a=a[1], audible_b=b[1])
    return found.similarity * max(found.covered_a, found.covered_b)


def varied(heard: Heard, others: Sequence[Samples], seed: int) -> Iterator[tuple[str, Samples]]:
    """(name, samples) of a file in each degradation; without the side where that is silence, as of mono recordings."""
    samples = decode(heard.track.path, rate=RATE).samples
    for name in STRONGEST:
        if name in MIXES:
            mixed = decode(heard.track.path, rate=RATE, mix=name).samples
            if np.square(mixed).sum() > QUIET * np.square(samples).sum():
                yield name, mixed
        else:
            yield name, fixed(name, others=others)(samples, RATE, np.random.default_rng([seed, len(name)]))
