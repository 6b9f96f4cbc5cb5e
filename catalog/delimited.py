"""CSV and TSV files as DELIVERED batches (RFC 4180, read leniently), a bad record reported and passed over.

The delimiter is the one under which the header names most of our columns and the first rows agree best on their width.
A quote that is not closed would swallow the rows after it: a record over several lines must be well-formed in itself,
else its first line is read as if quotes meant nothing, or given up, and reading goes on with the next. Blocks of lines
that are plainly one record each, which most are, go through `catalog.regular_lines`, several times faster.
"""

import csv
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.columns import Layout, recognised, require_title, resolve
from catalog.delivered import BATCH_ROWS, Origin, from_cells, text_array
from catalog.errors import SourceError
from catalog.lines import BATCH_BYTES, Lines, Report
from catalog.regular_lines import DELIMITERS, regular_cells

_SNIFFED_LINES = 50
_LATEST_HEADER = 30
"""Rows among which the column names are looked for."""


def read_delimited(lines: Lines, origin: Origin, columns: dict[str, str], report: Report) -> Iterator[pa.RecordBatch]:
    """DELIVERED batches of at most 8,192 rows; raises SourceError where there is no header or no title column."""
    delimiter = sniff_delimiter(lines)
    header = _header(lines, delimiter, origin.path, columns)
    if header.before:
        report(header.before, "preamble", f"{header.before} lines above the line of column names were left out")
    layout = require_title(resolve(header.cells, columns, place=str(origin.path)), place=str(origin.path))
    for notice in layout.notices:
        report(lines.number, "column", notice)
    for batch in _batches(_pieces(lines, delimiter, layout, report)):
        *cells, numbers = batch.columns
        if kept := _without_names(cells, numbers, layout, report):
            yield from_cells(*kept, layout, origin)


def sniff_delimiter(lines: Lines) -> str:
    """The delimiter of the file; its lines are handed out again afterwards."""
    sample = list(islice(lines, _SNIFFED_LINES))
    lines.back()
    if sample and sample[0].lower().startswith("sep=") and len(sample[0].strip("\r\n")) == 5:
        next(iter(lines))  # a spreadsheet's own way of saying it
        lines.forget()
        return sample[0][4]
    # Of delimiters that divide nothing, in a list of titles, the tab is the last to stand inside one.
    return max(sorted(DELIMITERS, key="\t,;|".index), key=lambda delimiter: _fit(sample, delimiter))


def _fit(sample: list[str], delimiter: str) -> tuple[int, float, int]:
    """How well the delimiter explains the lines: our names in the header, rows as wide as it, its width."""
    rows: list[list[str]] = []
    with suppress(csv.Error):  # a cell longer than any: what stands before it tells
        rows.extend(row for row in csv.reader(sample, delimiter=delimiter) if row)
    if not rows:
        return (0, 0.0, 0)
    names = [recognised(row) for row in rows[:_LATEST_HEADER]]
    first = names.index(max(names)) if not names[0] else 0  # a report has lines above its column names
    width = len(rows[first])
    alike = sum(len(row) == width for row in rows[first:]) / len(rows[first:])
    return (names[first], alike if width > 1 else 0.0, width)


class Header(NamedTuple):
    """The column names, and how many lines stand above them."""

    cells: list[str]
    before: int


def _header(lines: Lines, delimiter: str, path: Path, columns: dict[str, str]) -> Header:
    """The first row, or a later one where that has no title and the later one has, as below the head of a report."""
    first: Header | None = None
    try:
        for row in islice(csv.reader(lines, delimiter=delimiter), _LATEST_HEADER):
            found = Header(row, lines.number - 1)
            if any(cell.strip() for cell in row):
                first = first or found
                if (found is first or columns or recognised(row) > 1) and _has_title(row, columns, path):
                    lines.forget()
                    return found if found is not first else Header(row, 0)
    except csv.Error as error:
        if first is None:
            raise SourceError(
                f"{path}: line {lines.number} cannot be the header ({error}); give a table with one"
            ) from error
    if first is None:
        raise SourceError(f"{path}: holds no lines that can be read; give a table with a header and rows")
    return Header(first.cells, 0)


def _has_title(row: list[str], columns: dict[str, str], path: Path) -> bool:
    with suppress(SourceError):  # a column that is mapped is not there
        return "title" in resolve(row, columns, place=str(path)).ours
    return False


def _without_names(
    cells: list[pa.Array], numbers: pa.Array, layout: Layout, report: Report
) -> tuple[list[pa.Array], pa.Array] | None:
    """The rows without those that are the column names again, as in files put together; None if none is left."""
    names = [place for place, name in enumerate(layout.header) if name.strip()]
    if len(names) < 2:
        return cells, numbers  # a song may be called "Title"
    name = layout.header[names[0]]
    again = pc.fill_null(pc.is_in(cells[names[0]], pa.array([name, f"\ufeff{name}"])), False)
    for place in names[1:]:
        if not pc.any(again).as_py():
            return cells, numbers
        again = pc.and_(again, pc.fill_null(pc.equal(cells[place], layout.header[place]), False))
    for line in numbers.filter(again).to_pylist():
        report(line, "header", "the column names again; the row is left out")
    rows = pc.invert(again)
    return ([cell.filter(rows) for cell in cells], numbers.filter(rows)) if pc.any(rows).as_py() else None


def _batches(pieces: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same records in batches of `BATCH_ROWS`, shorter where the cells are very long."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for piece in pieces:
        held.append(piece)
        rows, size = rows + piece.num_rows, size + piece.nbytes
        while rows >= BATCH_ROWS or size > BATCH_BYTES:
            batch = pa.concat_batches(held)
            yield batch.slice(0, BATCH_ROWS)
            rest = batch.slice(BATCH_ROWS)
            held, rows, size = [rest], rest.num_rows, rest.nbytes
    if rows:
        yield pa.concat_batches(held)


def _pieces(lines: Lines, delimiter: str, layout: Layout, report: Report) -> Iterator[pa.RecordBatch]:
    """The good records in order: the cells, each row as wide as the header, and the line number."""
    width = len(layout.header)
    while (block := lines.block()) or lines.inside:
        if block and (cells := regular_cells(block, delimiter, width)):
            first, count = lines.number + 1, len(cells[0])
            lines.pass_over(count)
            yield _piece(cells, pa.array(np.arange(first, first + count)))
            continue
        if block:
            lines.refuse()
        records = _records(lines, delimiter, layout, report)
        while some := list(islice(records, BATCH_ROWS)):
            columns = zip(*[row for _, row in some], strict=True)
            yield _piece([text_array(column) for column in columns], pa.array([line for line, _ in some]))


def _piece(cells: list[pa.Array], numbers: pa.Array) -> pa.RecordBatch:
    return pa.record_batch([*cells, numbers], [*map(str, range(len(cells))), "line"])


def _records(lines: Lines, delimiter: str, layout: Layout, report: Report) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every good record among the lines that are to be taken one by one, at least."""
    width = len(layout.header)
    while lines.inside:
        if not lines.returned:
            if rows := _one_a_line(lines.piece(), delimiter, width):
                yield from enumerate(rows, lines.number - len(rows) + 1)
                lines.forget()
                continue
            lines.back()
        yield from _one_by_one(lines, delimiter, layout, report)


def _one_a_line(lines: list[str], delimiter: str, width: int) -> list[list[str]] | None:
    """The rows of lines that are a good record each; None where any is not, or is left open at the last line."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return None
    good = len(rows) == len(lines) and set(map(len, rows)) == {width} and all(map(any, rows))
    return rows if good and not rows[-1][-1].endswith(("\n", "\r")) else None


def _one_by_one(lines: Lines, delimiter: str, layout: Layout, report: Report) -> Iterator[tuple[int, list[str]]]:
    """The records of the lines that wait to be handed out again, each looked at closely; the last may go beyond."""
    width, taken = len(layout.header), lines.taken
    row: list[str] | None
    while True:
        try:
            for row in csv.reader(lines, delimiter=delimiter):
                if _left_open(taken, row, delimiter) or (len(taken) > 1 and not _well_formed(taken, delimiter, width)):
                    row = _first_line(lines, delimiter, width, "a quote is not closed", report)
                elif len(row) != width or not any(row):
                    row = _fitted(row, layout, lines.number, report)
                if row:
                    yield lines.number - len(taken) + 1, row
                taken.clear()
                if not lines.returned:
                    return
        except csv.Error as error:
            if row := _first_line(lines, delimiter, width, str(error), report):
                yield lines.number, row
            taken.clear()
        if not lines.returned:
            return


def _well_formed(taken: list[str], delimiter: str, width: int) -> bool:
    try:
        return [len(row) for row in csv.reader(taken, delimiter=delimiter, strict=True)] == [width]
    except csv.Error:
        return False


def _left_open(taken: list[str], row: list[str], delimiter: str) -> bool:
    """Whether a record of one line ends inside a quoted cell, as only the last one of a file can."""
    if len(taken) != 1 or not row:
        return False
    if taken[0].endswith(("\n", "\r")):
        return row[-1].endswith(("\n", "\r"))
    return len(list(csv.reader([*taken, "next"], delimiter=delimiter))) == 1


def _first_line(lines: Lines, delimiter: str, width: int, reason: str, report: Report) -> list[str] | None:
    """The first line of a bad record with its quotes as plain characters; None where that gives no row either."""
    lines.back(keep=1)
    try:
        (row,) = csv.reader(lines.taken, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    except csv.Error:
        row = []
    if len(row) == width:
        report(lines.number, "quote", f"{reason}; the quotes of this line were read as part of the text")
        return row
    report(lines.number, "bad_row", f"{reason}; the line is left out; quote the cell and double the quotes inside it")
    return None


def _fitted(row: list[str], layout: Layout, line: int, report: Report) -> list[str] | None:
    """A row of another width: trailing empty cells are dropped, missing ones filled; None where cells are too many."""
    width = len(layout.header)
    if not any(row):
        return None
    if not any(row[width:]) and len(row) > layout.ours["title"]:
        if len(row) < width:
            report(line, "ragged", f"{len(row)} cells instead of {width}; the missing ones are taken as empty")
        return row[:width] + [""] * (width - len(row))
    report(
        line, "ragged", f"{len(row)} cells instead of {width}; the row is left out; quote cells that hold the delimiter"
    )
    return None
