"""Parquet files as DELIVERED batches: columns of any type become the text that a person would have typed.

Lists are joined by "; ", structs become JSON text, whole numbers lose the ".0" that a missing value elsewhere in the
column gave them, a timestamp at midnight is a date, and a duration type carries its unit.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog.columns import Layout, require_title, resolve
from catalog.completed import completed
from catalog.delivered import BATCH_ROWS, Origin, delivered, extra_array, text_array, with_unit, without_empty
from catalog.errors import SourceError
from catalog.jsonlines import field_text, plain_text
from catalog.lines import Report

_BYTES = (
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_binary_view,
)


def read_columnar(origin: Origin, columns: dict[str, str], report: Report) -> Iterator[pa.RecordBatch]:
    """DELIVERED batches of at most 8,192 rows; raises SourceError where the file is damaged or has no title column."""
    place = str(origin.path)
    try:
        with pq.ParquetFile(origin.path) as file:  # row groups are read one by one
            layout = require_title(resolve(file.schema_arrow.names, columns, place=place), place=place)
            for notice in layout.notices:
                report(0, "column", notice)
            first = 1
            for batch in file.iter_batches(BATCH_ROWS):
                yield _batch(batch, layout, first, origin)
                first += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{place}: not a readable Parquet file ({error}); write the file again") from error


def as_text(array: pa.Array) -> pa.Array:
    """Any Arrow column [n] as text [n]; empty text is null."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return as_text(array.dictionary_decode())
    if isinstance(kind, pa.UuidType):
        return text_array([None if value is None else str(value) for value in array.to_pylist()])
    if isinstance(kind, pa.BaseExtensionType):
        return as_text(array.storage)
    if pa.types.is_floating(kind):
        return text_array(_numbers(array))
    if pa.types.is_duration(kind):
        return with_unit(pc.cast(pc.cast(array, pa.duration("ms"), safe=False).cast(pa.int64()), pa.string()), "ms")
    if pa.types.is_timestamp(kind):
        return pc.replace_substring_regex(pc.cast(array, pa.string()), r" 00:00:00(\.0+)?Z?$", "")
    if pa.types.is_nested(kind):
        return text_array([plain_text(value) for value in array.to_pylist()])
    if any(is_bytes(kind) for is_bytes in _BYTES):
        return text_array([None if v is None else v.decode("utf-8", "replace") for v in array.to_pylist()])
    return without_empty(pc.replace_substring(_valid(pc.cast(array, pa.string())), "\0", ""))


def _valid(text: pa.Array) -> pa.Array:
    """Text whose bytes are UTF-8, which Parquet does not promise."""
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return as_text(text.cast(pa.binary()))
    return text


def _field(array: pa.Array) -> pa.Array:
    """A column that is one of our fields [n] as text [n]: of nested values, the names in them."""
    if pa.types.is_nested(array.type):
        return text_array([field_text(value) for value in array.to_pylist()])
    return as_text(array)


def _batch(batch: pa.RecordBatch, layout: Layout, first: int, origin: Origin) -> pa.RecordBatch:
    fields = {name: _field(batch.column(position)) for name, position in layout.ours.items()}
    if layout.unit:
        fields["duration"] = with_unit(fields["duration"], layout.unit)
    fields = completed(fields, {name: as_text(batch.column(place)) for name, place in layout.completing.items()})
    extra = extra_array({name: as_text(batch.column(place)) for name, place in layout.extras.items()})
    return delivered(fields, extra, pa.array(range(first, first + batch.num_rows)), origin)


def _numbers(array: pa.Array) -> list[str | None]:
    values = array.to_pylist()
    return [None if v is None or v != v else str(int(v)) if v.is_integer() else repr(v) for v in values]
