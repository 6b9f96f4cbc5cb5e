"""The plain listing in columns: what fits a terminal, what a pipe gets, wide scripts and hostile texts."""

import os
import pty

import pytest

from jobs.listing import ELLIPSIS, GAP, LEAST, Column, cells, fitted, laid_out, print_columns, visible

COLUMNS = (Column("score", right=True), Column("title", cut=True), Column("artist", cut=True), Column("track"))
ROWS = [
    ("0.97", "宇多田ヒカル First Love (Remastered 2014, Single Version)", "Utada Hikaru", "label/0001"),
    ("0.5", "Déjà vu", "é" * 30, "label/0002"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blue", 4),
        ("宇多田", 6),
        ("ﾋﾅ", 2),  # half width
        ("한국", 4),
        ("e\u0301", 1),
        ("Ólafur", 6),
        ("می\u200cخواهم", 7),  # a joiner takes no room
        ("", 0),
    ],
)
def test_cells_of_a_terminal(text, expected):
    assert cells(text) == expected


def test_a_pipe_gets_every_text_whole_and_in_columns():
    head, *lines = laid_out(COLUMNS, ROWS, None)
    starts = [cells(line[: line.index("label/")]) for line in lines]
    assert starts == [cells(head[: head.index("track")])] * 2
    assert all(text in line for line, row in zip(lines, ROWS, strict=True) for text in row)
    assert lines[1].startswith("  0.5" + " " * GAP)  # numbers at the right edge, under their name


@pytest.mark.parametrize("width", [50, 60, 80, 100])
def test_a_terminal_gets_lines_that_fit(width):
    lines = laid_out(COLUMNS, ROWS, width)
    assert max(map(cells, lines)) <= width
    assert all(line.endswith(row[-1]) for line, row in zip(lines[1:], ROWS, strict=True))  # an id is never cut
    assert ELLIPSIS in lines[1]


def test_what_is_empty_all_the_way_down_takes_no_room_of_a_terminal():
    columns = (Column("score", right=True), Column("title", cut=True), Column("album", cut=True), Column("track"))
    rows = [("0.9", "A title of some length", "", "label/0001"), ("0.8", "Another", "", "label/0002")]
    head, line, _ = laid_out(columns, rows, 45)
    assert "album" not in head
    assert "A title of some length" in line
    assert "album" in laid_out(columns, [*rows, ("0.7", "", "One", "label/0003")], 45)[0]
    assert "album" in laid_out(columns, rows, None)[0]  # a program that reads a pipe finds its columns
    assert laid_out(columns, [], 80) == ["score  title  album  track"]


def test_the_widest_gives_way_first_and_none_vanishes():
    assert fitted([5, 40, 20, 10], [False, True, True, False], 60) == [5, 25, 20, 10]
    assert fitted([5, 40, 40, 10], [False, True, True, False], 20) == [5, LEAST, LEAST, 10]
    assert fitted([50, 6], [False, True], 30) == [50, 6]
    assert fitted([100_000, 40, 9], [True, True, False], 69) == [30, 30, 9]
    assert fitted([100_000, 9], [True, False], 5) == [LEAST, 9]


def test_a_title_of_very_many_letters_is_cut_to_the_terminal():
    column = Column("title", cut=True)
    for text in ("x" * 1500, "宇" * 1500, "e\u0301" * 1500, "a宇\u200c" * 1500):
        for width in (19, 20, 21):
            _, line = laid_out((column, Column("track")), [(text, "t")], width + GAP + len("track"))
            longest = max(end for end in range(2 * width + 4) if cells(text[:end]) <= width - 1)
            assert line.startswith(text[:longest] + ELLIPSIS)
            assert cells(line[: line.index(ELLIPSIS)]) >= width - 2


def test_a_delivered_text_cannot_steer_the_terminal():
    assert visible("a\x1b[2Jb\nc\u2028d\x07") == "a [2Jb c d "
    assert "\x1b" not in "".join(laid_out(COLUMNS, [("1", "\x1b]0;gone\x07", "x\r\n", "t")], None))
    turning = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
    assert visible("".join(f"a{letter}" for letter in turning)) == "a " * len(turning)
    assert visible("أم كلثوم \u200eאבג") == "أم كلثوم \u200eאבג"  # letters that run leftwards stay


def lines_of(terminal: int, count: int) -> str:
    """The next `count` lines from a terminal, which hands them over in pieces."""
    read = b""
    while read.count(b"\n") < count:
        read += os.read(terminal, 65536)
    return read.decode()


def test_names_are_bold_on_a_terminal_only(capsys, monkeypatch):
    print_columns("Sounds like\nthis", COLUMNS, ROWS)
    assert capsys.readouterr().out.splitlines() == ["Sounds like this", *laid_out(COLUMNS, ROWS, None)]
    ours, theirs = pty.openpty()
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr("sys.stdout", terminal)
        print_columns("Sounds like this", COLUMNS, ROWS)
        terminal.flush()
        shown = lines_of(ours, 2 + len(ROWS))
        monkeypatch.setenv("TERM", "dumb")
        print_columns("", COLUMNS, ROWS)
        terminal.flush()
        plain = lines_of(ours, 1 + len(ROWS))
    os.close(ours)
    assert "\x1b" not in plain
    assert shown.split("\r\n")[1] == f"\x1b[1m{laid_out(COLUMNS, ROWS, 70)[0]}\x1b[0m"
    assert ELLIPSIS in shown
