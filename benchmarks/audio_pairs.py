"""Whole tracks against whole tracks: each test recording degraded by name, against every file of the test part."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from audio.align import align
from audio.augment import fixed
from audio.decode import decode
from audio.downmix import MIXES
from benchmarks.audio_excerpts import RATE, Heard, Samples, one_per_recording
from benchmarks.intervals import share
from dedup.sound import LEAST_AUDIBLE, Side
from embeddings.encode import Encoder

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


@dataclass(frozen=True)
class Scored:
    """Scores of one degradation: of pairs that are one recording, and of pairs that are not."""

    same: NDArray[np.float64]
    different: NDArray[np.float64]


def whole_tracks(
    encoder: Encoder, test: Sequence[Heard], others: Sequence[Samples], score: Score
) -> dict[str, dict[str, list[float]]]:
    """Per degradation and per row with a target, recall at `FALSE_ACCEPTS`; one threshold for all."""
    scored = {name: _scored(encoder, name, test, others, score) for name in STRONGEST}
    scored["as delivered"] = _delivered(test, score)
    different = np.concatenate([found.different for found in scored.values()])
    threshold = float(np.quantile(different, 1 - FALSE_ACCEPTS, method="higher"))
    table = {"threshold": {"score": [threshold, 0.0, 0.0, float(len(different))]}}
    singly = {name: (name,) for name in scored}
    for row, names in (TARGETS | singly).items():
        same = np.concatenate([scored[name].same for name in names])
        table[row] = {"recall": share(int((same > threshold).sum()), len(same))}
    return table


def strength(a: Side, b: Side) -> float:
    """Similarity of the best alignment times the share that it covers of the side that it covers more of."""
    found = align(a[0], b[0], audible_a=a[1], audible_b=b[1])
    return found.similarity * max(found.covered_a, found.covered_b)


def varied(test: Sequence[Heard], name: str, others: Sequence[Samples]) -> Iterator[Samples]:
    """Each file's samples, degraded."""
    for number, heard in enumerate(test):
        samples = decode(heard.track.path, rate=RATE).samples
        if name in MIXES:
            yield _mixed(heard, name, samples)
        else:
            yield fixed(name, others=others)(samples, RATE, np.random.default_rng([number, len(name)]))


def _mixed(heard: Heard, name: str, whole: Samples) -> Samples:
    """One channel, or the side; silence where that is a hundredth of the whole, as of a recording that is mono."""
    samples = decode(heard.track.path, rate=RATE, mix=name).samples
    there = np.square(samples).sum() > QUIET * np.square(whole).sum()
    return samples if there else np.zeros_like(samples)


def _scored(encoder: Encoder, name: str, test: Sequence[Heard], others: Sequence[Samples], score: Score) -> Scored:
    same: list[float] = []
    different: list[float] = []
    asked = [heard for heard in one_per_recording(test) if heard.analysis.audible.sum() >= LEAST_AUDIBLE]
    for heard, samples in zip(asked, varied(asked, name, others), strict=True):
        analysis = encoder.analyse_blocks([samples])
        side = analysis.codes, analysis.audible
        if side[1].sum() < LEAST_AUDIBLE:
            continue  # the side of a mono recording is silence
        same.append(score(side, heard.side))
        strangers = (other for other in test if other.track.recording != heard.track.recording)
        different += [score(side, other.side) for other in strangers]
    return Scored(np.array(same), np.array(different))


def _delivered(test: Sequence[Heard], score: Score) -> Scored:
    """Pairs of files as they are."""
    same: list[float] = []
    different: list[float] = []
    for a, b in combinations(test, 2):
        (same if a.track.recording == b.track.recording else different).append(score(a.side, b.side))
    return Scored(np.array(same), np.array(different))
