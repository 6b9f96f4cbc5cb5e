"""Tables divided into buckets that travel through Spark packed: one compressed Arrow stream for a bucket of a batch.

Spark shuffles a few large binary values in place of many wide rows: neither the JVM nor the border to Python touches a
row. A bucket holds whole groups (names, albums), so that a pure function from table to table sees all of each.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from catalog.atomic import replacing
from dedup.artist_codes import Codes
from jobs.columns import spark_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

BROUGHT = pa.schema([("bucket", pa.int32()), ("place", pa.int32()), ("payload", pa.binary())])
PACKED = pa.schema([pa.field("bucket", pa.int32()), pa.field("payload", pa.binary())])
TableFunction = Callable[[pa.Table], pa.Table]
STREAM = pa.ipc.IpcWriteOptions(compression="zstd")


def pack(table: pa.Table, bucket: NDArray[np.integer]) -> pa.RecordBatch:
    """One row of `PACKED` for each bucket that any row of the table is in."""
    order = np.argsort(bucket, kind="stable")
    numbers, starts, counts = np.unique(bucket[order], return_index=True, return_counts=True)
    ordered = table.take(pa.array(order)).combine_chunks()
    payloads = [_stream(ordered.slice(i, n)) for i, n in zip(starts.tolist(), counts.tolist(), strict=True)]
    return pa.record_batch([pa.array(numbers, pa.int32()), pa.array(payloads, pa.binary())], schema=PACKED)


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=STREAM) as writer:
        writer.write_table(table)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def unpack(packed: pa.Table | pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """The rows in `PACKED`, bucket by bucket: those of their columns that `schema` has, in the order that they have."""
    tables = [_read(payload, schema) for payload in packed.column("payload").to_pylist()]
    return pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()


def _read(payload: bytes, schema: pa.Schema) -> pa.Table:
    whole = pa.ipc.open_stream(payload).schema
    wanted = pa.ipc.IpcReadOptions(included_fields=[whole.get_field_index(name) for name in schema.names])
    return pa.ipc.open_stream(payload, options=wanted).read_all()


def bucket_of(codes: Codes, buckets: int) -> NDArray[np.int32]:
    """The bucket of each code, evenly."""
    return (codes % np.uint64(buckets)).astype(np.int32)


def write_buckets(
    packed: "DataFrame", function: Callable[[pa.Table], Sequence[pa.Table]], folder: Path, *, taken: pa.Schema
) -> list[pa.RecordBatch]:
    """Write the first table that a function gives for each bucket as a Parquet file; whoever computes it writes it.

    The further tables, which are small, come back packed, in order of buckets; `brought` unpacks them.
    """

    def in_bucket(table: pa.Table) -> pa.Table:
        bucket = table.column("bucket")[0].as_py()
        target = folder / f"part-{bucket:05d}.parquet"
        written, *others = function(unpack(table, taken))
        with replacing(target) as unfinished:
            pq.write_table(written, unfinished, compression="zstd")
        payloads = [_stream(other) for other in others]
        columns = [pa.array([bucket] * len(others), pa.int32()), range(len(others)), payloads]
        return pa.table(columns, schema=BROUGHT)

    found = packed.groupBy("bucket").applyInArrow(in_bucket, spark_schema(BROUGHT)).toArrow()
    order = pc.sort_indices(found, [("bucket", "ascending"), ("place", "ascending")]).to_pylist()
    return [found.slice(i, 1).combine_chunks().to_batches()[0] for i in order]  # `take` cannot hold 2 GiB of payloads


def brought(batches: Iterable[pa.RecordBatch], place: int, schema: pa.Schema) -> pa.Table:
    """The rows of the further table at `place` that came back from `write_buckets`."""
    tables = [pa.Table.from_batches([batch]).filter(pc.field("place") == place) for batch in batches]
    return pa.concat_tables([schema.empty_table(), *(unpack(table, schema) for table in tables)]).combine_chunks()


def collected(packed: "DataFrame", function: TableFunction, *, taken: pa.Schema, given: pa.Schema) -> pa.Table:
    """What a function gives for each bucket, on the driver, in order of buckets; in any Arrow types."""

    def in_bucket(table: pa.Table) -> pa.Table:
        found = function(unpack(table, taken))
        bucket = np.full(len(found), table.column("bucket")[0].as_py())
        return pa.Table.from_batches([pack(found, bucket)])

    found = packed.groupBy("bucket").applyInArrow(in_bucket, spark_schema(PACKED)).toArrow()
    order = pc.sort_indices(found, [("bucket", "ascending")]).to_pylist()
    ordered = (_read(found.column("payload")[i].as_py(), given) for i in order)  # `take` cannot hold 2 GiB of payloads
    return pa.concat_tables([given.empty_table(), *ordered]).combine_chunks()
