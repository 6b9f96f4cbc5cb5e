"""`unisono export`: a table of the catalogue as CSV, Parquet or JSON Lines, streamed batch by batch.

Parquet keeps every type. CSV has one text a cell: lists and structs stand as JSON, bytes as base64, unknown values as
nothing at all. JSON Lines has one object a row, bytes as base64, unknown values as null.
"""

import base64
import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from catalog.errors import UsageError
from catalog.schema import TABLES
from catalog.store import Catalogue
from jobs.console import note

Write = Callable[[pa.RecordBatch], None]


def export(catalogue_dir: Path, table: str, out: Path) -> int:
    """Write a table to `out`, whose suffix says the form, replacing it whole. Returns the number of rows.

    Raises `UsageError` where table or suffix is unknown, and `CatalogError` where the table has not been made yet or is
    damaged.
    """
    if table not in TABLES:
        raise UsageError(f"no table is called {table!r}; there are: {', '.join(TABLES)}")
    if out.suffix.lower() not in WRITERS:
        raise UsageError(f"{out}: the name must end in one of {', '.join(WRITERS)}")
    catalogue = Catalogue.open(catalogue_dir)
    schema = catalogue.dataset(table).schema
    rows = 0
    with replaced(out) as partial, WRITERS[out.suffix.lower()](partial, schema) as write:
        for batch in catalogue.batches(table):
            write(batch)
            rows += batch.num_rows
    for late in catalogue.outdated([table]):
        note(late)
    return rows


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """Yield a hidden file beside `out` to write into, which takes its name when all went well. Raises UsageError."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from error
    partial = out.with_name(f".{uuid.uuid4().hex}.partial")  # however long the name is
    try:
        yield partial
        partial.replace(out)
    except OSError as error:
        raise _unwritable(out, error) from error
    finally:
        partial.unlink(missing_ok=True)


def _unwritable(out: Path, error: OSError) -> UsageError:
    """Arrow's own words would name the hidden file."""
    reason = os.strerror(error.errno) if error.errno else error
    return UsageError(f"{out}: cannot be written ({reason}); name another file")


@contextmanager
def _csv(path: Path, schema: pa.Schema) -> Iterator[Write]:
    flat = pa.schema([pa.field(field.name, _cell_type(field.type)) for field in schema])
    with pa.csv.CSVWriter(path, flat) as writer:
        yield lambda batch: writer.write_batch(pa.record_batch([_cells(c) for c in batch.columns], schema=flat))


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[Write]:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield writer.write_batch


@contextmanager
def _json_lines(path: Path, schema: pa.Schema) -> Iterator[Write]:  # noqa: ARG001  (one signature for all writers)
    with path.open("w", encoding="utf-8") as file:
        yield lambda batch: file.writelines(_json(row) + "\n" for row in batch.to_pylist())


WRITERS: dict[str, Callable[[Path, pa.Schema], AbstractContextManager[Write]]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".jsonl": _json_lines,
}


def _cell_type(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_nested(kind) or pa.types.is_binary(kind) else kind


def _cells(column: pa.Array) -> pa.Array:
    """Turn a column of lists, structs or bytes into one of text; leave the others as they are."""
    if pa.types.is_binary(column.type):
        return pa.array([None if value is None else _base64(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_nested(column.type):
        return pa.array([None if value is None else _json(value) for value in column.to_pylist()], pa.string())
    return column


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_base64)


def _base64(value: Any) -> str:
    return base64.b64encode(value).decode("ascii")
