"""Lines of which each is one good record, parsed at once by Arrow's CSV parser; others are refused.

Both that parser and Python's read quotes in the same lenient way (a quote opens a cell only at its start, and what
follows the closing one belongs to the cell), but they differ over blank lines, zero bytes, lone carriage returns and
cells of any length. A block that has one of these, or a record over several lines, is left to `catalog.delimited`.
"""

import codecs

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from catalog.lines import LONGEST

DELIMITERS = ",;\t|"
_LONGEST_CELL = 131_072  # bytes; Python's limit, in characters
_FOREIGN = (b"\0", "\ufffd".encode())
"""Bytes of lines that are mended and reported."""


def regular_cells(text: str, delimiter: str, width: int) -> list[pa.Array] | None:
    """The cells [width][lines] of whole lines, empty ones null; None where not every line is surely a good record."""
    if delimiter not in DELIMITERS or not text.endswith("\n") or len(text) >= LONGEST:
        return None
    try:
        encoded = text.encode("utf-8")
    except UnicodeEncodeError:
        return None
    if any(foreign in encoded for foreign in _FOREIGN) or encoded.startswith(codecs.BOM_UTF8):  # it would be dropped
        return None
    if b"\r" in encoded and encoded.count(b"\r") != encoded.count(b"\r\n"):
        return None
    columns = _parsed(encoded, delimiter, width)
    return columns if columns and _good(columns, encoded.count(b"\n")) else None


def _parsed(encoded: bytes, delimiter: str, width: int) -> list[pa.Array]:
    """The columns, none where a record is not as wide."""
    names = [str(position) for position in range(width)]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(encoded),
            pacsv.ReadOptions(use_threads=False, column_names=names, block_size=len(encoded) + 1),
            pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            pacsv.ConvertOptions(
                check_utf8=False,  # it has just been encoded
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return []
    return [column.combine_chunks() for column in table.columns]


def _good(columns: list[pa.Array], lines: int) -> bool:
    """Whether the records are one a line, none of them blank, too long or left open."""
    if len(columns[0]) != lines or (columns[-1][-1].as_py() or "").endswith(("\n", "\r")):
        return False
    longest = max(pc.max(pc.binary_length(column)).as_py() or 0 for column in columns)
    return longest <= _LONGEST_CELL and not _any_blank(columns)


def _any_blank(columns: list[pa.Array]) -> bool:
    """Whether a record has only empty cells."""
    if not all(column.null_count for column in columns):
        return False
    blank = columns[0].is_null()
    for column in columns[1:]:
        blank = pc.and_(blank, column.is_null())
    return bool(pc.any(blank).as_py())
