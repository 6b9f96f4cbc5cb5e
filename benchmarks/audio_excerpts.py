"""Excerpts, degraded by name, looked up in a whole catalogue as `unisono identify` does it: the part that asks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.augment import fixed
from audio.decode import decode
from benchmarks.intervals import share
from dedup.recognise import Found, Sound, aligned, chosen
from dedup.sound import LEAST_AUDIBLE, Side
from embeddings.encode import Analysis, Encoder
from embeddings.index import SegmentIndex
from embeddings.library import LibraryTrack

RATE = 16000
CLEAN = "none_0"
LENGTHS_S = (10.0, 3.0)
SPARE_S = 1.5

EXCERPTS = (
    CLEAN, "cdmp3_32", "opus_32", "vorbis_0", "white_10", "pink_10", "crowd_10", "music_10", "white_0", "pink_0",
    "crowd_0", "music_0", "speed_-1", "speed_1", "speed_-4", "speed_4", "tempo_-4", "tempo_4", "pitch_-1", "pitch_1",
    "room_0.8", "eq_12", "limit_20", "lowpass_2000", "highpass_300",
)  # fmt: skip
"""What excerpts go through; `audio.augment.KINDS` has the units."""

TARGETS = {
    "clean": (CLEAN,),
    "32k codec": ("cdmp3_32", "opus_32"),
    "noise 10 dB": ("white_10", "pink_10", "crowd_10"),
    "noise 0 dB": ("white_0", "pink_0", "crowd_0"),
    "speed 1%": ("speed_-1", "speed_1"),
    "speed 4%": ("speed_-4", "speed_4"),
}
"""The rows that have a target, each over several degradations."""

MEASURES = ("first", "named", "wrong", "false")

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """A file of the catalogue, encoded."""

    track: LibraryTrack
    analysis: Analysis

    @property
    def side(self) -> Side:
        """Its codes and audible marks."""
        return self.analysis.codes, self.analysis.audible


@dataclass(frozen=True)
class Answer:
    """One excerpt looked up. `first`: the right recording has the best alignment of all. `named`: what `identify` says.

    `wrong`: it names another recording first. `false`: it names one where the right one is not in the catalogue.
    """

    degradation: str
    seconds: float
    first: bool
    named: bool
    wrong: bool
    false: bool


class Library:
    """The catalogue that is searched."""

    def __init__(self, catalogue: Sequence[Heard], folder: Path) -> None:
        self._catalogue = [heard for heard in catalogue if heard.analysis.audible.sum() >= LEAST_AUDIBLE]
        rows = ((row, *heard.side) for row, heard in enumerate(self._catalogue))
        self._index = SegmentIndex.build(rows, folder)

    def look_up(self, sound: Sound, recording: str) -> tuple[bool, bool, bool, bool]:
        """What `Answer` says of a sound out of `recording`."""
        stretches = self.aligned(sound)
        best = max(stretches, key=lambda found: found.strength, default=None)
        sure = [found for found in stretches if found.sure]
        named = [self.recording(found) for found in chosen(sure)]
        first = best is not None and self.recording(best) == recording
        false = any(self.recording(found) != recording for found in sure)
        return first, recording in named, bool(named) and named[0] != recording, false

    def aligned(self, sound: Sound) -> list[Found]:
        """Every alignment that is considered."""
        return aligned(sound, self._index, self._sides, 1.0)

    def _sides(self, rows: Sequence[int]) -> Mapping[int, Side]:
        return {row: self._catalogue[row].side for row in rows}

    def recording(self, found: Found) -> str:
        """The recording that was found."""
        return self._catalogue[found.row].track.recording


def excerpts(
    encoder: Encoder, test: Sequence[Heard], library: Library, others: Sequence[Samples], each: int = 2
) -> Iterator[Answer]:
    """`each` excerpts per test recording and degradation, looked up."""
    for name, seconds, recording, sound in asked(encoder, test, others, each):
        yield Answer(name, seconds, *library.look_up(sound, recording))


def asked(
    encoder: Encoder,
    test: Sequence[Heard],
    others: Sequence[Samples],
    each: int,
    lengths_s: Sequence[float] = LENGTHS_S,
) -> Iterator[tuple[str, float, str, Sound]]:
    """(degradation, seconds, recording, sound) of excerpts from random places; the short is the middle of the long."""
    rng = np.random.default_rng(0)
    for heard in one_per_recording(test):
        samples = decode(heard.track.path, rate=RATE).samples
        wanted = round((lengths_s[0] + 2 * SPARE_S) * RATE)
        if len(samples) < wanted or heard.analysis.audible.sum() < LEAST_AUDIBLE:
            continue
        for name in EXCERPTS * each:
            start = int(rng.integers(len(samples) - wanted + 1))
            excerpt = samples[start : start + wanted]
            if name != CLEAN:
                excerpt = fixed(name, others=others)(excerpt, RATE, rng)
            for seconds in lengths_s:
                analysis = encoder.excerpt(middle(excerpt, seconds))
                sound = Sound(analysis.codes, analysis.audible, analysis.hop_s, analysis.start_s, analysis.soft)
                yield name, seconds, heard.track.recording, sound


def summary(answers: Sequence[Answer]) -> dict[str, dict[str, list[float]]]:
    """Per degradation and per row with a target: `first_10s`, `named_10s`, `wrong_10s`, and of 3 s, as `share`s."""
    names = {name: (name,) for name in EXCERPTS if name != CLEAN}
    table: dict[str, dict[str, list[float]]] = {}
    for row, kinds in (TARGETS | names).items():
        for seconds in LENGTHS_S:
            of_row = [answer for answer in answers if answer.degradation in kinds and answer.seconds == seconds]
            for measure in MEASURES:
                hits = sum(getattr(answer, measure) for answer in of_row)
                table.setdefault(row, {})[f"{measure}_{seconds:g}s"] = share(hits, len(of_row))
    return table


def one_per_recording(catalogue: Sequence[Heard]) -> list[Heard]:
    """The first file of each recording."""
    return list({heard.track.recording: heard for heard in reversed(catalogue)}.values())[::-1]


def middle(samples: Samples, seconds: float) -> Samples:
    """The middle of `samples`, where degradations that change the speed keep their place."""
    length = round(seconds * RATE)
    start = max(0, (len(samples) - length) // 2)
    return samples[start : start + length]
