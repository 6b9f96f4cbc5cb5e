"""What plays under a melody: comping figures, bass lines and drum grooves, as small tables.

A comping figure lists strokes (beat within the bar, length in beats, which chord tones); a bass line lists steps
(beat, length, interval in scale degrees above the root); a groove writes one line a drum, a sixteenth a character:
`X` accented, `x` plain, `o` soft. Figures that are longer than the bar are cut at its end, so that the same tables
serve three and four beats.
"""

ALL = (0, 1, 2, 3)  # every tone of the chord at once

COMPING: dict[str, tuple[tuple[float, float, tuple[int, ...]], ...]] = {
    "held": ((0, 4, ALL),),
    "halves": ((0, 1.9, ALL), (2, 1.9, ALL)),
    "block": ((0, 0.9, ALL), (1, 0.9, ALL), (2, 0.9, ALL), (3, 0.9, ALL)),
    "offbeat": ((0.5, 0.3, ALL), (1.5, 0.3, ALL), (2.5, 0.3, ALL), (3.5, 0.3, ALL)),
    "after": ((1, 0.6, ALL), (2, 0.6, ALL), (3, 0.6, ALL)),
    "skank": ((1, 0.2, ALL), (3, 0.2, ALL), (3.5, 0.15, ALL)),
    "charleston": ((0, 1.2, ALL), (1.5, 0.4, ALL)),
    "bossa": ((0, 0.4, ALL), (0.75, 0.4, ALL), (1.5, 0.9, ALL), (2.5, 0.4, ALL), (3.25, 0.6, ALL)),
    "funk": ((0, 0.2, ALL), (0.75, 0.2, ALL), (1.25, 0.15, ALL), (2.5, 0.2, ALL), (3.25, 0.2, ALL), (3.75, 0.1, ALL)),
    "arpeggio": tuple((0.5 * n, 0.6, ((0, 1, 2, 3, 2, 1, 2, 1)[n],)) for n in range(8)),
    "rolling": tuple((0.25 * n, 0.3, ((0, 2, 1, 3)[n % 4],)) for n in range(16)),
    "rising": tuple((n / 3, 0.45, ((0, 1, 2)[n % 3],)) for n in range(12)),
    "alberti": tuple((0.5 * n, 0.5, ((0, 2, 1, 2)[n % 4],)) for n in range(8)),
}

BASSLINES: dict[str, tuple[tuple[float, float, int], ...]] = {
    "root": ((0, 3.8, 0),),
    "halves": ((0, 1.8, 0), (2, 1.8, 4)),
    "fifths": ((0, 0.9, 0), (1, 0.9, 0), (2, 0.9, 4), (3, 0.9, 4)),
    "walking": ((0, 0.95, 0), (1, 0.95, 2), (2, 0.95, 4), (3, 0.95, 5)),
    "octaves": tuple((0.5 * n, 0.4, (0, 7)[n % 2]) for n in range(8)),
    "eighths": tuple((0.5 * n, 0.45, 0) for n in range(8)),
    "syncopated": ((0, 0.7, 0), (0.75, 0.4, 0), (1.5, 0.4, 7), (2.5, 0.4, 4), (3, 0.4, 6), (3.5, 0.4, 7)),
    "tumbao": ((1.5, 1.2, 4), (3, 0.9, 7)),
    "dub": ((0, 0.6, 0), (0.75, 0.3, 0), (1.5, 0.8, 2), (3, 0.4, -3)),
}

GROOVES: dict[str, dict[str, str]] = {
    "none": {},
    "rock": {"kick": "X.......x.x.....", "snare": "....X.......X...", "hat": "x.o.x.o.x.o.x.o."},
    "driving": {"kick": "X...x...X...x.x.", "snare": "....X.......X..o", "open hat": "..x...x...x...x."},
    "four": {
        "kick": "X...X...X...X...", "clap": "....x.......x...", "open hat": "..x...x...x...x.",
        "shaker": "oooooooooooooooo",
    },
    "broken": {"kick": "X.....x..xx.....", "snare": "....X..o.o..X..o", "hat": "x.x.x.x.x.x.xxx."},
    "half": {"kick": "X.........x.....", "snare": "........X.......", "ride": "x...x...x...x..."},
    "funk": {
        "kick": "X..x..x...x..x..", "snare": "....X..o.o..X...", "hat": "xoxoxoxoxoxoxoxo",
        "cowbell": "x.......x.......",
    },
    "bossa": {"kick": "X..xx..xX..xx..x", "rim": "x..x..x...x..x..", "shaker": "xoxoxoxoxoxoxoxo"},
    "swing": {"ride": "x...x.x.x...x.x.", "brush": "....x.......x...", "kick": "o...........o..."},
    "shuffle": {"kick": "X.......X.x.....", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
    "march": {"low tom": "X...x...X...x...", "snare": "x.xxx.x.x.xxx.xx", "ride": "X..............."},
    "one drop": {"kick": "........X.......", "rim": "........X..x....", "hat": "..x...x...x...x."},
    "toms": {"low tom": "X..x....x..x....", "tom": "......x.......xx", "shaker": "x.o.x.o.x.o.x.o."},
    "waltz": {"kick": "X...........", "brush": "....x...x...", "ride": "x...x...x..."},
    "jig": {"low tom": "X.....x.....", "shaker": "x.oxx.xoxx.o", "rim": "......x....."},
    "pulse": {"kick": "X.......x.......", "shaker": "..o...o...o...o."},
}  # fmt: skip
LEVELS = {"X": 1.0, "x": 0.7, "o": 0.35}
