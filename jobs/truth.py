"""Tables of right answers, as `unisono evaluate` takes them: CSV files in UTF-8 whose first line names the columns."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from catalog.errors import SourceError


def read_truth(path: Path, *, needed: tuple[str, ...], one_of: tuple[str, ...] = ()) -> pa.Table:
    """Read those columns of a CSV file of right answers: texts, null where a cell is empty.

    All columns of `needed` must be there and filled in every row, and at least one of `one_of` must be there. Raises
    `SourceError` naming the file, the column and what is wrong with it.
    """
    table = _read(path)
    names = table.column_names
    if not set(needed) <= set(names) or (one_of and not set(one_of) & set(names)):
        wanted = ", ".join(needed) + (f" and {' or '.join(one_of)}" if one_of else "")
        raise SourceError(f"{path}: needs the columns {wanted}; it has {', '.join(names)}")
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise SourceError(f"{path}: has the column {doubled} twice; remove one of them")
    if table.num_rows == 0:
        raise SourceError(f"{path}: holds no row below its column names")
    for name in needed:
        if table[name].null_count:
            raise SourceError(f"{path}: {table[name].null_count} rows have no {name}; fill or remove them")
    return table.select([name for name in names if name in (*needed, *one_of)])


def once_each(truth: pa.Table, path: Path, key: tuple[str, ...]) -> pa.Table:
    """Drop rows that say the same twice. Raises `SourceError` where two rows of one `key` differ."""
    distinct = truth.group_by(truth.column_names, use_threads=False).aggregate([])
    counts = distinct.group_by(list(key), use_threads=False).aggregate([([], "count_all")])
    doubled = counts.filter(pc.greater(counts["count_all"], 1))
    if doubled.num_rows:
        example = ", ".join(str(doubled[name][0]) for name in key)
        raise SourceError(f"{path}: contradicts itself about {doubled.num_rows} of its entries, such as {example}")
    return distinct


def _read(path: Path) -> pa.Table:
    layout = pa.csv.ParseOptions(newlines_in_values=True)
    try:
        with pa.csv.open_csv(path, parse_options=layout) as reader:
            names = reader.schema.names
        text = pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        )
        return pa.csv.read_csv(path, parse_options=layout, convert_options=text)
    except FileNotFoundError as error:
        raise SourceError(f"{path}: there is no such file") from error
    except (OSError, pa.ArrowInvalid) as error:
        raise SourceError(f"{path}: cannot be read as CSV ({error})") from error
