"""Questions the report asks of a table, answered while streaming over it.

Each function reads record batches with only the columns it needs and keeps an aggregate, so that memory depends on what
is asked (distinct keys, bins, the k rows shown) and never on the number of rows. Grouping is Arrow's streaming
aggregation: it holds one entry per distinct key, outside Python.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.acero as acero
import pyarrow.compute as pc
import pyarrow.dataset as ds

Counts = npt.NDArray[np.int64]
CHUNK = 1_000_000  # ids resolved in one pass over a table
_READING: dict[str, Any] = {"batch_size": 1 << 15, "batch_readahead": 4, "fragment_readahead": 2}


def grouped(
    dataset: ds.Dataset,
    keys: Sequence[str],
    *,
    where: pc.Expression | None = None,
    measures: Mapping[str, tuple[str, str]] | None = None,
) -> pa.Table:
    """Group rows by `keys`: one row a group, with its size `n` and each of `measures`, name -> (column, function).

    Functions are Arrow's grouped ones without their prefix: `min`, `max`, `sum`, `count` (of values that are not null).
    """
    wanted = measures or {}
    columns = list(dict.fromkeys([*keys, *(column for column, _ in wanted.values())]))
    aggregates = [(column, f"hash_{function}", None, name) for name, (column, function) in wanted.items()]
    plan = acero.Declaration.from_sequence(
        [
            acero.Declaration(
                "record_batch_reader_source",
                acero.RecordBatchReaderSourceNodeOptions(_scan(dataset, columns, where).to_reader()),
            ),
            acero.Declaration(
                "aggregate",
                acero.AggregateNodeOptions([*aggregates, ([], "hash_count_all", None, "n")], keys=list(keys)),
            ),
        ]
    )
    return plan.to_table()


def batches(
    dataset: ds.Dataset, columns: Sequence[str], *, where: pc.Expression | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows that satisfy `where`, batch by batch, without the empty batches."""
    for batch in _scan(dataset, columns, where).to_batches():
        if batch.num_rows:
            yield batch


def best(rows: Iterator[pa.RecordBatch], k: int, *, by: str, order: str = "ascending") -> pa.Table | None:
    """Keep the `k` rows that come first when sorted by the column `by`; None where there are no rows at all."""
    kept: pa.Table | None = None
    for batch in rows:
        block = pa.Table.from_batches([batch])
        kept = block if kept is None else pa.concat_tables([kept, block])
        kept = kept.take(pc.select_k_unstable(kept, min(k, kept.num_rows), sort_keys=[(by, order)]))
    return kept


def first(dataset: ds.Dataset, k: int, columns: Sequence[str], *, where: pc.Expression | None = None) -> pa.Table:
    """Take `k` rows that satisfy `where`, reading no further than needed."""
    return _scan(dataset, columns, where).head(k)


def sample(dataset: ds.Dataset, k: int, column: str, *, seed: int) -> pa.ChunkedArray:
    """Take about `k` values, never null, from up to eight row groups spread over the table (seeded)."""
    groups = [group for fragment in dataset.get_fragments() for group in fragment.split_by_row_group()]
    random = np.random.default_rng(seed)
    picked = random.choice(len(groups), min(8, len(groups)), replace=False)
    parts = []
    for index in sorted(picked):
        values = groups[index].to_table(columns=[column]).column(0).drop_null()
        share = min(len(values), -(-k // len(picked)))
        parts.append(values.take(pa.array(np.sort(random.choice(len(values), share, replace=False)), pa.int64())))
    return pa.chunked_array([chunk for part in parts for chunk in part.chunks], dataset.schema.field(column).type)


def histogram(
    dataset: ds.Dataset, column: str, edges: npt.NDArray[np.float64], *, where: pc.Expression | None = None
) -> Counts:
    """Count values per bin, int64 [len(edges) - 1]; values outside go to the first or last bin."""
    counts = np.zeros(len(edges) - 1, dtype=np.int64)
    for batch in batches(dataset, [column], where=where):
        values = pc.drop_null(batch.column(0)).to_numpy(zero_copy_only=False).astype(np.float64)
        values = values[~np.isnan(values)]
        counts += np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0]
    return counts


def with_values(dataset: ds.Dataset, column: str, values: Sequence[str], columns: Sequence[str]) -> pa.Table:
    """Read the rows whose `column` is one of `values`: one pass, for the few rows that the report shows."""
    wanted = pc.field(column).isin(pa.array(values, pa.string()))
    return _table(_scan(dataset, columns, wanted))


def value_counts(table: pa.Table, column: str) -> dict[int, int]:
    """Count the values of a small integer column: group size -> number of groups, sorted by size."""
    counted = pc.value_counts(table.column(column)).to_pylist()
    return {int(entry["values"]): int(entry["counts"]) for entry in sorted(counted, key=lambda e: int(e["values"]))}


def paired_sources(matches: ds.Dataset, tracks: ds.Dataset, where: pc.Expression) -> dict[tuple[str, str], int]:
    """Count pairs per (source, source), names sorted within a pair. The tracks are read once per `CHUNK` of pairs."""
    found: dict[tuple[str, str], int] = {}
    for pairs in _chunks(batches(matches, ["track_id_a", "track_id_b"], where=where), CHUNK):
        ids = pc.unique(pa.chunked_array([*pairs.column(0).chunks, *pairs.column(1).chunks]))
        known = _table(_scan(tracks, ["track_id", "source"], pc.field("track_id").isin(ids)))
        sides = pa.table([_source_of(pairs.column(i), known) for i in (0, 1)], names=["a", "b"])
        for row in sides.group_by(["a", "b"]).aggregate([([], "count_all")]).to_pylist():
            key = (min(row["a"], row["b"]), max(row["a"], row["b"]))
            found[key] = found.get(key, 0) + int(row["count_all"])
    return found


def _scan(dataset: ds.Dataset, columns: Sequence[str], where: pc.Expression | None) -> ds.Scanner:
    """Read with little ahead of what is used: Arrow's defaults hold hundreds of megabytes of wide rows."""
    return dataset.scanner(columns=list(columns), filter=where, **_READING)


def _table(scanner: ds.Scanner) -> pa.Table:
    """All rows of a scan. Arrow's own `to_table` reads far ahead whatever it is told."""
    return pa.Table.from_batches(list(scanner.to_batches()), scanner.projected_schema)


def _source_of(ids: pa.ChunkedArray, known: pa.Table) -> pa.ChunkedArray:
    at = pc.index_in(ids, value_set=known.column("track_id"))
    return pc.fill_null(pc.take(known.column("source"), at), "")


def _chunks(rows: Iterator[pa.RecordBatch], size: int) -> Iterator[pa.Table]:
    """Join batches into tables of about `size` rows."""
    waiting: list[pa.RecordBatch] = []
    for batch in rows:
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) >= size:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)
