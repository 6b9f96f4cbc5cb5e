"""Excerpts, degraded by name, looked up in a whole catalogue as `unisono identify` does it: the part that asks."""

import re
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
from embeddings.index_segments import SegmentIndex
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

MEASURES = ("first", "named", "wrong", "false", "stranger")

NAME_MARKS = re.compile(r"^[0-9a-f]{8}__|_ch[0-9]$|\.hq$")

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
    `stranger`: so, and the one that it names goes by another name, which single channels and reworked versions do not.
    """

    degradation: str
    seconds: float
    first: bool
    named: bool
    wrong: bool
    false: bool
    stranger: bool


class Library:
    """The catalogue that is searched."""

    def __init__(self, catalogue: Sequence[Heard], folder: Path) -> None:
        self._catalogue = [heard for heard in catalogue if heard.analysis.audible.sum() >= LEAST_AUDIBLE]
        rows = ((row, *heard.side) for row, heard in enumerate(self._catalogue))
        self._index = SegmentIndex.build(rows, folder)

    def look_up(self, sound: Sound, track: LibraryTrack) -> tuple[bool, bool, bool, bool, bool]:
        """What `Answer` says of a sound out of `track`."""
        stretches = self.aligned(sound)
        best = max(stretches, key=lambda found: found.strength, default=None)
        sure = [found for found in stretches if found.sure]
        named = [self.track(found).recording for found in chosen(sure)]
        first = best is not None and self.track(best).recording == track.recording
        others = [self.track(found) for found in sure if self.track(found).recording != track.recording]
        stranger = any(not same_name(other.path, track.path) for other in others)
        return first, track.recording in named, bool(named) and named[0] != track.recording, bool(others), stranger

    def aligned(self, sound: Sound) -> list[Found]:
        """Every alignment that is considered."""
        return aligned(sound, self._index, self._sides, 1.0)

    def _sides(self, rows: Sequence[int]) -> Mapping[int, Side]:
        return {row: self._catalogue[row].side for row in rows}

    def track(self, found: Found) -> LibraryTrack:
        """The track that was found."""
        return self._catalogue[found.row].track


def excerpts(
    encoder: Encoder,
    test: Sequence[Heard],
    library: Library,
    others: Sequence[Samples],
    each: int = 2,
    names: Sequence[str] = EXCERPTS,
) -> Iterator[Answer]:
    """`each` excerpts per test recording and degradation, looked up."""
    for name, seconds, track, sound in asked(encoder, test, others, each, names=names):
        yield Answer(name, seconds, *library.look_up(sound, track))


def asked(
    encoder: Encoder,
    test: Sequence[Heard],
    others: Sequence[Samples],
    each: int,
    lengths_s: Sequence[float] = LENGTHS_S,
    names: Sequence[str] = EXCERPTS,
) -> Iterator[tuple[str, float, LibraryTrack, Sound]]:
    """(degradation, seconds, track, sound) of excerpts from random places; the short is the middle of the long."""
    rng = np.random.default_rng(0)
    for heard in one_per_recording(test):
        samples = decode(heard.track.path, rate=RATE).samples
        wanted = round((lengths_s[0] + 2 * SPARE_S) * RATE)
        if len(samples) < wanted or heard.analysis.audible.sum() < LEAST_AUDIBLE:
            continue
        for name in tuple(names) * each:
            start = int(rng.integers(len(samples) - wanted + 1))
            excerpt = samples[start : start + wanted]
            if name != CLEAN:
                excerpt = fixed(name, others=others)(excerpt, RATE, rng)
            for seconds in lengths_s:
                analysis = encoder.excerpt(middle(excerpt, seconds))
                sound = Sound(analysis.codes, analysis.audible, analysis.hop_s, analysis.start_s, analysis.soft)
                yield name, seconds, heard.track, sound


def summary(answers: Sequence[Answer]) -> dict[str, dict[str, list[float]]]:
    """Per degradation and per row with a target: `first_10s`, `named_10s`, `wrong_10s`, and of 3 s, as `share`s."""
    heard = {answer.degradation for answer in answers}
    names = {name: (name,) for name in EXCERPTS if name != CLEAN and name in heard}
    table: dict[str, dict[str, list[float]]] = {}
    for row, kinds in (TARGETS | names).items():
        for seconds in LENGTHS_S:
            of_row = [answer for answer in answers if answer.degradation in kinds and answer.seconds == seconds]
            for measure in MEASURES:
                hits = sum(getattr(answer, measure) for answer in of_row)
                table.setdefault(row, {})[f"{measure}_{seconds:g}s"] = share(hits, len(of_row))
    return table


def same_name(a: Path, b: Path) -> bool:
    """Whether two files are called alike, marks of channels and of earlier states (`_ch1`, `0b76e57c__`) aside."""
    one, other = (NAME_MARKS.sub("", path.stem) for path in (a, b))
    return one.endswith(other) or other.endswith(one)


def one_per_recording(catalogue: Sequence[Heard]) -> list[Heard]:
    """The first file of each recording."""
    return list({heard.track.recording: heard for heard in reversed(catalogue)}.values())[::-1]


def middle(samples: Samples, seconds: float) -> Samples:
    """The middle of `samples`, where degradations that change the speed keep their place."""
    length = round(seconds * RATE)
    start = max(0, (len(samples) - length) // 2)
    return samples[start : start + length]
