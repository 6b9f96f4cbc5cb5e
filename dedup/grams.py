"""Character n-grams of title, artist and album together, and how common each is in the catalogue.

Folded text has 37 symbols, so five letters are a number below 37**5 (69 million) and no hashing is needed. How many
tracks hold a gram is kept in one byte each: exact up to 127, then in steps of about 4.5% (a probabilistic counter's
scale, Morris 1978, applied to exact counts), which is all that ranking by rarity needs; 69 MB whatever the catalogue.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.buffers import filled, text_buffers
from dedup.runs import starts

GRAM = 5
SYMBOLS = " abcdefghijklmnopqrstuvwxyz0123456789"
SPACE = len(SYMBOLS) ** GRAM
"""How many different grams there can be."""

EXACT = 128
_STEP = 1.045
_BORDER = 1
"""A byte that stands behind every field and in no text."""

STEP = 1 << 13
"""Records whose grams are made at once; what belongs to them stays near the processor."""

TEXT_FIELDS = ("title_core", "artist_core", "album_core")

_SYMBOL = np.zeros(256, np.uint32)
_SYMBOL[np.frombuffer(SYMBOLS.encode(), np.uint8)] = np.arange(len(SYMBOLS))
_NO_SYMBOL = (np.arange(256) == _BORDER) | (np.arange(256) > 127)


def grams(records: pa.Table) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Grams of every record, repeated ones included: `(record, gram)`, both `[n]`, by record.

    A gram of a record of `[r]` TEXT_FIELDS never crosses from one field into the next; fields begin and end with a
    space.
    """
    offsets, letters = text_buffers(_joined(records))
    windows = len(letters) - GRAM + 1
    if windows <= 0:
        return np.empty(0, np.uint32), np.empty(0, np.uint32)
    symbols = _SYMBOL.take(letters)
    packed = symbols[:windows].copy()
    for place in range(1, GRAM):
        packed *= np.uint32(len(SYMBOLS))
        packed += symbols[place : windows + place]
    record = np.repeat(np.arange(records.num_rows, dtype=np.uint32), np.diff(offsets))
    inside = np.flatnonzero(~_crossing(_NO_SYMBOL.take(letters), windows))
    return record.take(inside), packed.take(inside)


def _joined(records: pa.Table) -> pa.Array:
    """One text a record: " title \\x01 artist \\x01 album \\x01"."""
    parts = [filled(_single(records.column(name))).cast(pa.large_string()) for name in TEXT_FIELDS]
    border, space, end = (pa.scalar(text, pa.large_string()) for text in (f" {chr(_BORDER)} ", " ", f" {chr(_BORDER)}"))
    inner = pc.binary_join_element_wise(*parts, border)
    return _single(pc.binary_join_element_wise(space, inner, end, pa.scalar("", pa.large_string())))


def _single(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _crossing(border: NDArray[np.bool_], windows: int) -> NDArray[np.bool_]:
    """Windows `[windows]` that hold a border."""
    crossing = border[:windows].copy()
    for place in range(1, GRAM):
        crossing |= border[place : windows + place]
    return crossing


def count_grams(records: pa.Table) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Distinct grams of some records, ascending, and how many of the records hold each."""
    steps = [_held(records.slice(start, STEP), start) for start in range(0, records.num_rows, STEP)]
    held = np.concatenate([np.empty(0, np.uint64), *steps])
    held.sort()
    gram = (held.take(starts(held)) >> np.uint64(32)).astype(np.uint32)
    first = starts(gram)
    return gram.take(first), np.diff(first, append=len(gram))


def _held(records: pa.Table, first: int) -> NDArray[np.uint64]:
    """Grams of records with the number of the record, from `first` on, in the lower half."""
    record, gram = grams(records)
    return (gram.astype(np.uint64) << np.uint64(32)) | (record + np.uint32(first))


def commonness(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Counts as one byte each, in the same order: exact below EXACT, logarithmic above."""
    bytes_ = np.minimum(counts, EXACT).astype(np.uint8)
    many = np.flatnonzero(counts >= EXACT)
    steps = EXACT + np.floor(np.log(counts[many] / EXACT) / np.log(_STEP))
    bytes_[many] = np.minimum(steps, 255)
    return bytes_
