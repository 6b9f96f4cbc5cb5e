"""Batches of DELIVERED from the columns of any source: empty text is null, what is missing is filled in.

A record without an id gets one from the place it stands, which stays the same while the file does. The reader's text is
not otherwise touched; that is the work of `catalog.normalise`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as quote
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.columns import Layout
from catalog.completed import completed
from catalog.schema import DELIVERED, DELIVERED_FIELDS

BATCH_ROWS = 8192
_TEXT = pa.string()
_BARE = r"^\s*[0-9][0-9.,]*\s*$"
_NO_ID = r"(?i)^\s*(?:n/a|null|nan|none|\\n|[(<\[]null[)>\]]|#(?:n/a|ref!|value!|name\?)|\d[.,]\d+e\+\d+|-*)\s*$"
"""What tables hold where there is no id, and what a spreadsheet has rounded ("1.23E+12"): many records share it."""

_SPECIAL = r'[\x00-\x1f"\\]'
"""What JSON text escapes."""


@dataclass(frozen=True)
class Origin:
    """Where the rows of one source come from: the file, the folder audio paths start at, the source's name."""

    path: Path
    root: str
    source: str

    @classmethod
    def of(cls, path: Path, name: str | None) -> "Origin":
        """The origin of a table file; its source is its file name without suffix unless given."""
        return cls(path, str(path.parent.resolve()), name or path.stem)

    def place(self, line: int) -> str:
        """A line (or row) of the file, for messages."""
        return f"{self.path.name}:{line}"


def delivered(
    fields: Mapping[str, pa.Array], extra: pa.Array | None, lines: pa.Array, origin: Origin
) -> pa.RecordBatch:
    """One DELIVERED batch of the given text columns [n each]; `lines` [n] are numbers, or text, that say where in
    the file the records stand."""
    number = pc.cast(lines, _TEXT)
    nothing = pa.nulls(len(lines), _TEXT)
    columns = {name: fields.get(name, nothing) for name in DELIVERED_FIELDS}
    columns["source"] = pc.fill_null(columns["source"], origin.source)
    columns["track_id"] = pc.coalesce(_identifying(columns["track_id"]), _joined(origin.path.stem, number))
    columns["extra"] = nothing if extra is None else extra
    columns["place"] = _joined(origin.path.name, number)
    columns["root"] = pa.repeat(pa.scalar(origin.root), len(lines))
    return pa.record_batch([columns[name] for name in DELIVERED.names], schema=DELIVERED)


def from_cells(cells: Sequence[pa.Array], lines: pa.Array, layout: Layout, origin: Origin) -> pa.RecordBatch:
    """One DELIVERED batch of the layout's columns [n each], text in which empty cells are null."""
    fields = {name: cells[position] for name, position in layout.ours.items()}
    if layout.unit:
        fields["duration"] = with_unit(fields["duration"], layout.unit)
    fields = completed(fields, {name: cells[position] for name, position in layout.completing.items()})
    extra = extra_array({name: cells[position] for name, position in layout.extras.items()})
    return delivered(fields, extra, lines, origin)


def text_array(values: Sequence[str | None]) -> pa.Array:
    """Text [n] with empty strings as null; halves of surrogate pairs, which are no text, become '?'."""
    try:
        array = pa.array(values, _TEXT)
    except UnicodeEncodeError:
        array = pa.array([text and text.encode("utf-8", "replace").decode() for text in values], _TEXT)
    return without_empty(array)


def without_empty(array: pa.Array) -> pa.Array:
    """Text [n] with empty strings as null."""
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, _TEXT), array)


def with_unit(durations: pa.Array, unit: str) -> pa.Array:
    """Bare numbers followed by `unit`; everything else as it is."""
    bare = pc.match_substring_regex(durations, _BARE)
    return pc.if_else(bare, pc.binary_join_element_wise(durations, unit, " "), durations)


def extra_array(columns: Mapping[str, pa.Array]) -> pa.Array | None:
    """JSON objects [n] of the text columns [n each] that are not ours, without null cells; null where none is left."""
    if not columns:
        return None
    members = [pc.binary_join_element_wise(f", {quote(name)}: ", _quoted(cells), "") for name, cells in columns.items()]
    joined = pc.binary_join_element_wise(*[pc.fill_null(member, "") for member in members], "")
    return pc.binary_join_element_wise(pc.utf8_replace_slice(without_empty(joined), 0, 2, "{"), "}", "")


def _quoted(column: pa.Array) -> pa.Array:
    """Text [n] as JSON strings."""
    plain = pc.binary_join_element_wise('"', column, '"', "")
    special = pc.fill_null(pc.match_substring_regex(column, _SPECIAL), False)
    if not pc.any(special).as_py():
        return plain
    return pc.replace_with_mask(plain, special, pa.array(map(quote, column.filter(special).to_pylist()), _TEXT))


def _identifying(ids: pa.Array) -> pa.Array:
    """Ids [n], null where the text is none."""
    return pc.if_else(pc.match_substring_regex(ids, _NO_ID), pa.scalar(None, _TEXT), ids)


def _joined(name: str, number: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(name, number, ":")
