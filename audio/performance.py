"""A theme and an arrangement performed into a score: who plays which note when, and how loudly.

The performer is seeded too: timing and loudness vary a little and melodies are ornamented. Two performances of one
arrangement are what two takes of a song are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from audio.accompaniment import ALL, BASSLINES, COMPING, GROOVES, LEVELS
from audio.composition import Arrangement, Section, Theme, Tone

Figure = TypeVar("Figure")


@dataclass(frozen=True)
class Note:
    """A sounding note; times in seconds, level from 0 to 1."""

    start: float
    seconds: float
    midi: int
    level: float


@dataclass(frozen=True)
class Stroke:
    """One stroke of a drum."""

    start: float
    drum: str
    level: float


@dataclass(frozen=True)
class Part:
    """What one instrument plays, and where it stands: pan -1 = left, 1 = right."""

    instrument: str
    notes: tuple[Note, ...]
    gain: float
    pan: float


@dataclass(frozen=True)
class Score:
    """Everything that sounds in a recording of this many seconds."""

    parts: tuple[Part, ...]
    strokes: tuple[Stroke, ...]
    seconds: float


@dataclass(frozen=True)
class Take:
    """How the players play: spread of their timing (seconds), chance of an ornament, whether there is a lead at all."""

    seed: int
    looseness: float = 0.004
    ornaments: float = 0.1
    lead: bool = True


def perform(theme: Theme, arrangement: Arrangement, take: Take) -> Score:
    """Play a theme in an arrangement: the sections of its form, one after the other."""
    rng = Random(f"take {take.seed}")
    beat = 60.0 / arrangement.tempo
    lead: list[Note] = []
    chords: list[Note] = []
    bass: list[Note] = []
    strokes: list[Stroke] = []
    start = 0.1
    for number, name in enumerate(theme.form):
        section = theme.sections[name]
        lead += melody(theme, arrangement, ornamented(section.melody, take, rng), start, beat)
        chords += comp(theme, arrangement, section, start, beat)
        bass += bassline(theme, arrangement, section, start, beat)
        if number >= arrangement.drums_from:
            strokes += drums(theme, arrangement, section, start, beat)
        start += section.beats * beat
    parts = [
        Part(arrangement.chords, loosened(chords, take, rng), 0.34, -0.35),
        Part(arrangement.bass, loosened(bass, take, rng), 0.6, 0.05),
    ]
    if take.lead:
        parts.append(Part(arrangement.lead, loosened(lead, take, rng), 0.75, 0.15))
    return Score(tuple(parts), tuple(strokes), start + 1.2)


def ornamented(tones: Sequence[Tone], take: Take, rng: Random) -> Iterator[Tone]:
    """Now and then a long note becomes two: itself and a neighbour that leads on."""
    for tone in tones:
        if tone.length >= 1 and rng.random() < take.ornaments:
            yield Tone(tone.start, tone.length - 0.5, tone.degree)
            yield Tone(tone.start + tone.length - 0.5, 0.5, tone.degree + rng.choice((-1, 1, 2)))
        else:
            yield tone


def melody(theme: Theme, arrangement: Arrangement, tones: Iterator[Tone], start: float, beat: float) -> Iterator[Note]:
    """The lead: an octave above the tonic's register, louder on the first beat of a bar."""
    for tone in tones:
        at = start + swung(tone.start, arrangement.swing) * beat
        level = 0.9 if tone.start % theme.beats == 0 else 0.75
        yield Note(at, tone.length * beat * 0.95, theme.pitch(tone.degree, arrangement.tonic + 12), level)


def comp(theme: Theme, arrangement: Arrangement, section: Section, start: float, beat: float) -> Iterator[Note]:
    """Chords in the figure of the arrangement, voiced close around the tonic."""
    for at, length, tones, root in laid_out(COMPING[arrangement.comping], section, theme.beats, ALL):
        chord = [root % 7, root % 7 + 2, root % 7 + 4, root % 7 + (6 if arrangement.sevenths else 7)]
        voiced = [degree - 7 if degree > 8 else degree for degree in chord]
        for tone in tones:
            midi = theme.pitch(voiced[tone], arrangement.tonic - 5)
            yield Note(start + swung(at, arrangement.swing) * beat, length * beat, midi, 0.7 if at % 2 else 0.8)


def bassline(theme: Theme, arrangement: Arrangement, section: Section, start: float, beat: float) -> Iterator[Note]:
    """The bass, two octaves below the chords."""
    for at, length, step, root in laid_out(BASSLINES[arrangement.bassline], section, theme.beats, 0):
        midi = theme.pitch(root % 7 - (7 if root % 7 > 3 else 0) + step, arrangement.tonic - 24)
        yield Note(start + swung(at, arrangement.swing) * beat, length * beat, max(midi, 28), 0.8)


def laid_out(
    figure: Sequence[tuple[float, float, Figure]], section: Section, beats: int, default: Figure
) -> Iterator[tuple[float, float, Figure, int]]:
    """A one-bar figure repeated through a section: (beat, length, what, chord root).

    A chord that changes where the figure does not strike is struck all the same, and nothing rings into the next chord.
    """
    span = section.beats / len(section.chords)
    bars = round(section.beats / beats)
    struck = {bar * beats + at: (length, what) for bar in range(bars) for at, length, what in figure if at < beats}
    for change in range(len(section.chords)):
        struck.setdefault(change * span, (span * 0.9, default))
    for at in sorted(struck):
        length, what = struck[at]
        number = min(int(at / span), len(section.chords) - 1)
        yield at, min(length, (number + 1) * span - at), what, section.chords[number]


def drums(theme: Theme, arrangement: Arrangement, section: Section, start: float, beat: float) -> Iterator[Stroke]:
    """The groove, bar after bar; the last bar of a section ends in a small fill."""
    bars = round(section.beats / theme.beats)
    for bar in range(bars):
        for name, line in GROOVES[arrangement.groove].items():
            for sixteenth, mark in enumerate(line[: theme.beats * 4]):
                if mark in LEVELS:
                    at = swung(bar * theme.beats + sixteenth / 4, arrangement.swing)
                    yield Stroke(start + at * beat, name, LEVELS[mark])
    if GROOVES[arrangement.groove]:
        for sixteenth in (3, 2, 1):
            yield Stroke(start + (section.beats - sixteenth / 4) * beat, "tom", 0.3 + 0.1 * (3 - sixteenth))


def swung(at: float, swing: float) -> float:
    """Beat `at` with offbeat eighths delayed by `swing` of an eighth."""
    return at + 0.5 * swing if abs(at % 1 - 0.5) < 1e-6 else at


def loosened(notes: Sequence[Note], take: Take, rng: Random) -> tuple[Note, ...]:
    """Human timing and touch."""
    return tuple(
        Note(
            max(0.0, note.start + rng.gauss(0.0, take.looseness)),
            note.seconds,
            note.midi,
            note.level * rng.uniform(0.85, 1.0),
        )
        for note in notes
    )
