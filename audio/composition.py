"""A composer: themes with chords, phrases and a form, arranged for instruments and performed into notes.

A song and its recordings are kept apart as they are in music. A `Theme` is the work (mode, chords, melody in scale
degrees, form); an `Arrangement` says in which key, at what tempo and by which instruments; `perform` plays one
through the other. A live take is the same theme and arrangement performed from another seed; a remix has another
arrangement; a cover has another artist's. Melodies follow the common-practice habits that make a line sound meant: a
motif that is repeated and varied, chord tones on strong beats, steps in between, a long chord tone at the end of a
phrase.

Everything is drawn from a `random.Random(seed)`, whose sequence Python keeps across versions. Times in a theme are
beats, in a score seconds.
"""

from dataclasses import dataclass
from random import Random

MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
}
FORMS = ("AABA", "ABAB", "ABAC", "AABC", "ABCA", "ABBA")
# Rhythms of one bar by the number of beats in it: note lengths in beats, negative for a rest.
CELLS: dict[int, tuple[tuple[float, ...], ...]] = {
    4: (
        (1, 1, 2), (1.5, 0.5, 1, 1), (0.5, 0.5, 1, 2), (2, 1, 1), (1, 0.5, 0.5, 1, 1), (0.5, 0.5, 0.5, 0.5, 1, 1),
        (-0.5, 0.5, 0.5, 0.5, 2), (1.5, 1.5, 1), (3, 1), (0.75, 0.75, 0.5, 1, 1), (0.5, 1, 0.5, 2), (-1, 1, 1, 1),
        (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1), (0.5, 0.25, 0.25, 0.5, 0.5, 1, 1),
    ),
    3: (
        (1, 1, 1), (2, 1), (1.5, 0.5, 1), (1, 2), (0.5, 0.5, 1, 1), (0.5, 0.5, 0.5, 0.5, 1), (-1, 1, 1),
        (1, 1, 0.5, 0.5),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """Habits of an artist, from which themes and arrangements are drawn."""

    tempo: tuple[int, int]  # beats a minute, lowest and highest
    modes: tuple[str, ...]
    progressions: tuple[tuple[int, ...], ...]  # chord roots as scale degrees, 0 = tonic
    leads: tuple[str, ...]
    chords: tuple[str, ...]
    basses: tuple[str, ...]
    comping: tuple[str, ...]  # names in audio.accompaniment.COMPING
    basslines: tuple[str, ...]  # names in audio.accompaniment.BASSLINES
    grooves: tuple[str, ...]  # names in audio.accompaniment.GROOVES
    beats: int = 4  # in a bar
    swing: float = 0.0  # delay of every second eighth, as a share of an eighth
    reverb: float = 0.2  # level of the room
    busy: float = 0.5  # 0 = few long notes, 1 = many short ones
    sevenths: bool = False


@dataclass(frozen=True)
class Tone:
    """A note of a melody: start and length in beats from the start of its section, height in scale degrees."""

    start: float
    length: float
    degree: int


@dataclass(frozen=True)
class Section:
    """Some bars of a theme: chord roots that share the section's length equally, and a melody."""

    beats: float
    chords: tuple[int, ...]
    melody: tuple[Tone, ...]


@dataclass(frozen=True)
class Theme:
    """A musical work, free of key, tempo and instruments."""

    mode: str
    beats: int
    form: str
    sections: dict[str, Section]

    def pitch(self, degree: int, tonic: int) -> int:
        """MIDI number of a scale degree above `tonic`; degrees may be negative or beyond an octave."""
        octave, step = divmod(degree, 7)
        return tonic + 12 * octave + MODES[self.mode][step]


@dataclass(frozen=True)
class Arrangement:
    """How a recording sets a theme."""

    tempo: float
    tonic: int  # MIDI number of the tonic near middle C
    lead: str
    chords: str
    bass: str
    comping: str
    bassline: str
    groove: str
    swing: float
    reverb: float
    sevenths: bool
    drums_from: int  # index of the section in which the drums enter
    room: int  # seed of the reverberation and of the drum kit


def compose(style: Style, seed: int) -> Theme:
    """Draw a theme in a style: a form over two or three sections of about eight seconds each."""
    rng = Random(f"theme {seed}")
    form = rng.choice(FORMS)
    bars = 4 if style.tempo[0] * 4 / style.beats >= 95 else 2
    cells = sorted(CELLS[style.beats], key=len)
    cut = max(4, round(len(cells) * 0.6))
    shift = round(style.busy * (len(cells) - cut))
    habits = rng.sample(cells[shift : shift + cut], 3)
    sections = {name: compose_section(style, bars, habits, rng) for name in sorted(set(form))}
    return Theme(rng.choice(style.modes), style.beats, form, sections)


def compose_section(style: Style, bars: int, habits: list[tuple[float, ...]], rng: Random) -> Section:
    """Chords, then a melody of two-bar phrases: motif, answer, motif moved, close."""
    beats = float(bars * style.beats)
    roots = list(rng.choice(style.progressions))
    turn = rng.choice((0, 0, 1, 2))
    chords = tuple(roots[turn:] + roots[:turn])
    first, second = rng.choice(habits), rng.choice(habits)
    height = rng.randint(0, 5)
    contour = [rng.choice((-2, -1, -1, 0, 1, 1, 2, 3)) for _ in range(8)]
    melody: list[Tone] = []
    for bar in range(bars):
        rhythm = (first, second, first, rng.choice(habits))[bar % 4]
        moves = contour if bar % 2 == 0 else contour[::-1]
        at = bar * style.beats
        chord = chords[int(at * len(chords) / beats)]
        tones = melodic_bar(rhythm, moves, height, chord, rng)
        melody += [Tone(at + tone.start, tone.length, tone.degree) for tone in tones]
        height = max(-2, min(8, tones[-1].degree + rng.choice((-2, -1, 0, 1, 2)))) if tones else height
    return Section(beats, chords, tuple(close(melody, beats, chords[-1])))


def melodic_bar(rhythm: tuple[float, ...], moves: list[int], height: int, chord: int, rng: Random) -> list[Tone]:
    """One bar: the contour's steps, bent to a chord tone wherever a note falls on a beat that carries weight."""
    tones, at, degree = [], 0.0, height
    for number, length in enumerate(rhythm):
        if length > 0:
            degree = max(-3, min(9, degree + moves[number % len(moves)]))
            if at % 2 == 0 or length >= 1.5:
                degree = nearest_chord_tone(degree, chord, rng)
            tones.append(Tone(at, length, degree))
        at += abs(length)
    return tones


def nearest_chord_tone(degree: int, chord: int, rng: Random) -> int:
    """The closest degree that belongs to the triad on `chord`; of two equally close ones, either."""
    near = [degree + step for step in (0, 1, -1, 2, -2) if (degree + step - chord) % 7 in (0, 2, 4)]
    closest = min(abs(candidate - degree) for candidate in near)
    return rng.choice([candidate for candidate in near if abs(candidate - degree) == closest])


def close(melody: list[Tone], beats: float, chord: int) -> list[Tone]:
    """End the phrase: the last note becomes a chord tone held to the end of the section."""
    if not melody:
        return melody
    last = melody[-1]
    degree = nearest_chord_tone(last.degree, chord, Random(last.degree))
    return [*melody[:-1], Tone(last.start, beats - last.start, degree)]


def arrange(style: Style, seed: int) -> Arrangement:
    """Draw an arrangement in a style."""
    rng = Random(f"arrangement {seed}")
    return Arrangement(
        tempo=round(rng.uniform(*style.tempo), 1),
        tonic=rng.randint(55, 66),
        lead=rng.choice(style.leads),
        chords=rng.choice(style.chords),
        bass=rng.choice(style.basses),
        comping=rng.choice(style.comping),
        bassline=rng.choice(style.basslines),
        groove=rng.choice(style.grooves),
        swing=style.swing,
        reverb=style.reverb * rng.uniform(0.7, 1.3),
        sevenths=style.sevenths,
        drums_from=rng.choice((0, 0, 1)),
        room=rng.randrange(1 << 30),
    )
