"""A plain listing in columns, for the answers that must be there at once: `rich` takes long to import.

A terminal gets lines that fit it, texts cut with an ellipsis and columns in which nothing stands left out; a pipe or a
file gets every column and every text whole.
"""

import os
import shutil
import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress
from unicodedata import category, east_asian_width

import typer

from jobs.console import harmless

GAP, LEAST = 2, 7
"""Spaces between columns, and how narrow a cut column gets at most."""

ELLIPSIS = "…"


@dataclass(frozen=True)
class Column:
    """`right` stands at the right edge of its column; `cut` may be shortened where a line is too long."""

    name: str
    right: bool = False
    cut: bool = False


def print_columns(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Print a title, where there is one, a line of column names and the rows on stdout."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    head, *lines = laid_out(columns, rows, width)
    if title:
        typer.echo(visible(title))
    typer.echo(head if os.environ.get("TERM") == "dumb" else typer.style(head, bold=True))
    for line in lines:
        typer.echo(line)


def laid_out(columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int | None) -> list[str]:
    """The lines, names first, of `width` cells where that is possible, or as wide as they come."""
    table = [[column.name for column in columns], *([visible(text) for text in row] for row in rows)]
    if width is not None and len(table) > 1:  # what is empty all the way down takes room from what is not
        said = [any(texts) for texts in zip(*table[1:], strict=True)]
        columns = list(compress(columns, said))
        table = [list(compress(row, said)) for row in table]
    widths = [max(map(cells, texts)) for texts in zip(*table, strict=True)]
    if width is not None:
        widths = fitted(widths, [column.cut for column in columns], width - GAP * (len(columns) - 1))
    return [
        (" " * GAP).join(_placed(*cell) for cell in zip(row, columns, widths, strict=True)).rstrip() for row in table
    ]


def fitted(widths: Sequence[int], cut: Sequence[bool], room: int) -> list[int]:
    """Widths whose sum is `room` at most, where cutting those that may be to `LEAST` allows it: the widest first."""
    widths = [min(width, max(room, LEAST)) if may else width for width, may in zip(widths, cut, strict=True)]
    while sum(widths) > room:
        widest = max((i for i, may in enumerate(cut) if may), key=lambda i: widths[i], default=None)
        if widest is None or widths[widest] <= LEAST:
            break
        widths[widest] -= 1
    return widths


def cells(text: str) -> int:
    """How many cells of a terminal a text takes: two for the wide characters of Unicode TR 11, none for marks."""
    return sum(map(_cells, text))


def visible(text: str) -> str:
    """A delivered text on one line, without what would steer the terminal."""
    return harmless(text, keep="")


def _cells(letter: str) -> int:
    if category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def _placed(text: str, column: Column, width: int) -> str:
    """A text in its column."""
    if cells(text) > width:
        text = text[: bisect_right(list(accumulate(map(_cells, text))), width - 1)] + ELLIPSIS
    space = " " * (width - cells(text))
    return space + text if column.right else text + space
