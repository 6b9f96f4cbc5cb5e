import csv
import io
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog import delimited, lines
from catalog.delivered import BATCH_ROWS
from catalog.errors import SourceError
from catalog.lines import Lines
from catalog.regular_lines import regular_cells
from catalog.sources import SourceSpec, read_source

PIECE = st.sampled_from(
    [
        "a",
        "bc",
        '"',
        '""',
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\r",
        "\r\n",
        " ",
        "é",
        "歌",
        "🎵",
        "\ufeff",
        "\ufffd",
        "\0",
        "\\",
    ]
)
MESS = st.lists(PIECE, max_size=40).map("".join)
CELL = st.sampled_from(["", "", "a", "b c", "é", "歌", '"x, y"', '"so ""blue"""', '"x"y', 'x"y', '""', "#1", "\ufeff"])
TABLE = st.lists(st.tuples(CELL, CELL, st.sampled_from(["\n", "\r\n"])), max_size=12).map(
    lambda rows: "".join(f"{title},{artist}{end}" for title, artist, end in rows)
)


def rows_of(cells):
    return [[cell.as_py() or "" for cell in row] for row in zip(*cells, strict=True)]


def read(path, block):
    """Batches and problems of a file that is read in blocks of about so many characters."""
    problems = []
    with patch.object(lines, "BLOCK", block):
        try:
            return list(read_source(SourceSpec(path), on_problem=problems.append)), problems
        except SourceError as error:
            return str(error), problems


def read_closely(path):
    """The same with every block refused."""
    with patch.object(delimited, "regular_cells", lambda *_: None):
        return read(path, lines.BLOCK)


@given(text=MESS | TABLE, width=st.integers(1, 3), delimiter=st.sampled_from(",;"))
@example(text='a,"b\n', width=2, delimiter=",")
@example(text="a\n\n", width=1, delimiter=",")
def test_regular_cells_are_those_of_pythons_parser(text, width, delimiter):
    cells = regular_cells(text, delimiter, width)
    if cells is not None:
        assert rows_of(cells) == list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert len(cells) == width
        assert len(cells[0]) == len(list(io.StringIO(text, newline="")))


@given(text=TABLE)
def test_good_lines_are_not_refused(text):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    cells = regular_cells(text, ",", 2)
    assert (cells is not None) == (bool(rows) and all(map(any, rows)) and not text.startswith("\ufeff"))


@pytest.mark.parametrize(
    "text",
    [
        "a,b\nc\n", "a,b,c\n", "a,b\n\n", "a,b\n,\n", "a,b", "a,b\rc,d\n", "a,b\0\n", "a,\ufffd\n",
        f"a,{chr(0xDCE9)}\n", "\ufeffa,b\n", 'a,"b\nc,d"\n', 'a,"b\n', f"a,{'x' * 131_073}\n", "",
    ],
    ids=[
        "short", "wide", "blank", "empty", "no end", "lone return", "zero byte", "replaced", "not UTF-8", "mark",
        "two lines", "open", "long", "nothing",
    ],
)  # fmt: skip
def test_a_block_that_is_not_regular_is_refused(text):
    assert regular_cells(text, ",", 2) is None
    assert regular_cells("a,b\n", ",", 2) is not None


@given(text=MESS | st.lists(MESS | TABLE, max_size=4).map("".join), block=st.integers(1, 60), encoding=st.booleans())
def test_blocks_change_nothing(tmp_path_factory, text, block, encoding):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(f"title,artist\n{text}".encode("utf-8-sig" if encoding else "utf-8"))
    assert read(path, block) == read_closely(path)


@pytest.mark.parametrize("bad", [b"x,\xe9\n", b"x\n", b'"x\n', b'"x\ny",z\n', b"x,\0\n", b"\n", b"x,y\r"])
def test_an_irregular_line_among_regular_blocks_is_read_closely(tmp_path, bad):
    good = [f'{n},"Zoë, {n}"\n'.encode() for n in range(3 * BATCH_ROWS)]
    path = tmp_path / "a.csv"
    path.write_bytes(b"".join([b"title,artist\n", *good[: 2 * BATCH_ROWS], bad, *good[2 * BATCH_ROWS :]]))
    taken = []
    with patch.object(delimited, "regular_cells", lambda *given: taken.append(regular_cells(*given)) or taken[-1]):
        found = read(path, 1 << 12)
    assert found == read_closely(path)
    assert [batch.num_rows for batch in found[0]][:3] == [BATCH_ROWS] * 3
    assert sum(cells is None for cells in taken) == 1


@given(
    parts=st.lists(st.sampled_from(["a", "bcd", "x" * 20, "END", "é"]), max_size=30),
    end=st.sampled_from("\n\r"),
    block=st.integers(1, 40),
)
def test_lines_are_the_same_whatever_the_blocks(parts, end, block):
    raw = "".join(parts).replace("END", end).encode()

    def handed_out(block):
        problems = []
        with patch.object(lines, "BLOCK", block), patch.object(lines, "LONGEST", 16):
            handle = io.BytesIO(raw)
            text = io.TextIOWrapper(handle, encoding="utf-8", newline="")
            return list(Lines(text, handle, lambda *problem: problems.append(problem))), problems

    assert handed_out(block) == handed_out(1 << 20)
