"""Parquet files checked against, and read as, the schema that `catalog.schema` declares for their table.

A table may hold columns beyond the declared ones. Types agree when they hold the same values: Spark and Arrow name the
item of a list differently and disagree on nullability, which is not a difference.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from catalog.errors import CatalogError


def check_schema(actual: pa.Schema, declared: pa.Schema, *, place: str) -> None:
    """Raise CatalogError naming every declared column that is missing or of another type in `actual`."""
    faults = []
    for field in declared:
        position = actual.get_field_index(field.name)
        if position < 0:
            faults.append(f"column {field.name!r} is missing (or there twice)")
        elif not _same(actual.field(position).type, field.type):
            faults.append(f"column {field.name!r} is {actual.field(position).type} instead of {field.type}")
    if faults:
        raise CatalogError(f"{place}: does not fit the table's schema: {'; '.join(faults)}")


def measure(files: Sequence[Path], declared: pa.Schema) -> tuple[int, pa.Schema]:
    """Rows of all files and their common schema, from the footers alone; every file is checked."""
    rows, schemas = 0, []
    for path in files:
        footer = _footer(path)
        schema = footer.schema.to_arrow_schema().remove_metadata()
        check_schema(schema, declared, place=str(path))
        rows += footer.num_rows
        schemas.append(schema)
    return rows, _with_extras(declared, schemas)


def open_dataset(files: Sequence[Path], declared: pa.Schema) -> ds.Dataset:
    """The files as one dataset whose declared columns have the declared types; other columns follow."""
    _, schema = measure(files, declared)
    return ds.dataset([str(path) for path in files], format="parquet", schema=schema)


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Raise CatalogError for what Arrow raises while the body reads damaged files of `folder`: data, not footers."""
    try:
        yield
    except (OSError, pa.ArrowInvalid) as error:
        told = " ".join(str(error).split())  # it may be several lines
        raise CatalogError(
            f"{folder}: cannot be read ({told}); `unisono doctor --catalog DIR` says which file is damaged"
        ) from error


def _footer(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise CatalogError(f"{path}: not a readable Parquet file ({error})") from error


def _with_extras(declared: pa.Schema, schemas: Sequence[pa.Schema]) -> pa.Schema:
    known = set(declared.names)
    extras = [pa.schema([field for field in schema if field.name not in known]) for schema in schemas]
    return pa.unify_schemas([declared, *extras])


def _same(actual: pa.DataType, declared: pa.DataType) -> bool:
    if pa.types.is_struct(declared):
        return pa.types.is_struct(actual) and _same_fields(actual, declared)
    if _is_list(declared):
        return _is_list(actual) and _same(actual.value_type, declared.value_type)
    return bool(actual == declared or {actual, declared} in _WIDTHS)


def _same_fields(actual: pa.StructType, declared: pa.StructType) -> bool:
    pairs = zip(actual.fields, declared.fields, strict=False)
    return actual.num_fields == declared.num_fields and all(
        a.name == b.name and _same(a.type, b.type) for a, b in pairs
    )


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


_WIDTHS = ({pa.string(), pa.large_string()}, {pa.binary(), pa.large_binary()})
