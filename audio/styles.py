"""Thirteen ways of making music, as tables of habits for the composer.

They are caricatures, chosen to lie far apart: what a listener would call a genre shows here as tempo, mode, harmony,
instruments, rhythm and room.
"""

from audio.composition import Style

POP = ((0, 4, 5, 3), (5, 3, 0, 4), (0, 5, 3, 4), (3, 0, 4, 5), (0, 2, 3, 4))
MODAL = ((0, 6, 5, 6), (0, 3, 0, 6), (0, 6, 3, 0), (0, 5, 6, 0))
JAZZ = ((1, 4, 0, 5), (0, 5, 1, 4), (2, 5, 1, 4), (3, 6, 2, 5), (0, 3, 2, 5))
BLUES = ((0, 0, 3, 0), (0, 3, 0, 4), (3, 3, 0, 0), (4, 3, 0, 4))
CLASSICAL = ((0, 3, 4, 0), (0, 4, 0, 4), (0, 5, 1, 4), (0, 4, 5, 2), (3, 0, 1, 4))
DARK = ((0, 5, 2, 6), (0, 3, 5, 4), (0, 0, 5, 6), (5, 6, 0, 0))

STYLES: dict[str, Style] = {
    "folk waltz": Style(
        (88, 112), ("major", "mixolydian"), CLASSICAL, ("fiddle", "flute"), ("nylon guitar", "harp"), ("plucked bass",),
        ("after", "alberti"), ("root",), ("none", "waltz"), beats=3, reverb=0.2, busy=0.3,
    ),
    "house": Style(
        (118, 128), ("minor", "dorian"), DARK, ("lead", "bell"), ("pad", "organ"), ("synth bass", "fm bass"),
        ("offbeat", "charleston"), ("octaves", "syncopated"), ("four",), reverb=0.25, busy=0.7, sevenths=True,
    ),
    "bossa": Style(
        (118, 136), ("major", "dorian"), JAZZ, ("flute", "voice"), ("nylon guitar",), ("plucked bass",),
        ("bossa",), ("halves", "fifths"), ("bossa",), reverb=0.15, busy=0.5, sevenths=True,
    ),
    "jazz": Style(
        (132, 168), ("dorian", "major"), JAZZ, ("vibraphone", "clarinet"), ("piano",), ("plucked bass",),
        ("charleston",), ("walking",), ("swing",), swing=0.33, reverb=0.18, busy=0.8, sevenths=True,
    ),
    "brass band": Style(
        (100, 120), ("major",), CLASSICAL, ("brass",), ("brass", "reed organ"), ("picked bass", "round bass"),
        ("offbeat", "block"), ("fifths", "halves"), ("march",), reverb=0.3, busy=0.5,
    ),
    "ambient": Style(
        (60, 74), ("lydian", "minor"), MODAL, ("bell", "flute"), ("pad", "strings"), ("round bass",),
        ("held",), ("root",), ("none", "pulse"), reverb=0.7, busy=0.0,
    ),
    "funk": Style(
        (100, 114), ("dorian", "mixolydian"), MODAL, ("brass", "clavinet"), ("clavinet", "electric piano"),
        ("picked bass",), ("funk",), ("syncopated",), ("funk",), reverb=0.1, busy=1.0, sevenths=True,
    ),
    "synth pop": Style(
        (112, 132), ("minor", "major"), POP, ("high voice", "lead"), ("strings", "pad"), ("synth bass",),
        ("rolling", "held"), ("eighths",), ("driving", "rock"), reverb=0.22, busy=0.6,
    ),
    "blues": Style(
        (96, 118), ("mixolydian",), BLUES, ("voice", "steel guitar"), ("piano", "organ"), ("picked bass",),
        ("block", "charleston"), ("walking", "fifths"), ("shuffle",), swing=0.3, reverb=0.12, busy=0.5, sevenths=True,
    ),
    "reel": Style(
        (150, 176), ("dorian", "major"), MODAL, ("fiddle", "flute"), ("steel guitar",), ("picked bass",),
        ("block", "alberti"), ("halves",), ("toms", "none"), reverb=0.2, busy=1.0,
    ),
    "dub": Style(
        (68, 78), ("minor", "dorian"), MODAL, ("reed organ", "brass"), ("organ", "electric piano"), ("round bass",),
        ("skank",), ("dub",), ("one drop",), reverb=0.5, busy=0.4,
    ),
    "chamber": Style(
        (72, 92), ("harmonic minor", "minor"), CLASSICAL, ("fiddle", "clarinet"), ("strings", "harp"), ("strings",),
        ("alberti", "halves"), ("halves", "root"), ("none",), reverb=0.4, busy=0.4,
    ),
    "chanson": Style(
        (92, 116), ("minor", "harmonic minor"), CLASSICAL, ("voice",), ("reed organ", "piano"), ("plucked bass",),
        ("after",), ("root",), ("waltz",), beats=3, reverb=0.2, busy=0.4,
    ),
}  # fmt: skip
