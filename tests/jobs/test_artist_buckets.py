"""Tables that travel packed, and tracks read beside what is known of them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.artist_buckets import BROUGHT, PACKED, brought, bucket_of, pack, unpack
from jobs.artist_tracks import read_beside, track_files

TABLE = pa.table({"name": ["a", "b", None, "d"], "values": [[1], [], None, [2, 3]]})


def test_what_is_packed_is_unpacked_bucket_by_bucket() -> None:
    packed = pack(TABLE, np.array([2, 0, 2, 1]))
    assert packed.schema == PACKED
    assert packed.column("bucket").to_pylist() == [0, 1, 2]
    assert unpack(packed, TABLE.schema).equals(TABLE.take([1, 3, 0, 2]))
    assert unpack(packed.slice(2), TABLE.schema).equals(TABLE.take([0, 2]))
    assert unpack(packed.slice(2), pa.schema([TABLE.field("values")])).equals(TABLE.select(["values"]).take([0, 2]))


def test_no_rows_are_no_buckets() -> None:
    packed = pack(TABLE.slice(0, 0), np.empty(0, dtype=np.int32))
    assert packed.num_rows == 0
    assert unpack(packed, TABLE.schema).equals(TABLE.slice(0, 0))


def test_buckets_are_about_equal() -> None:
    codes = np.random.default_rng(1).integers(1 << 63, size=10_000).astype(np.uint64)
    counts = np.bincount(bucket_of(codes, 10))
    assert len(counts) == 10
    assert counts.min() > 850


def test_only_the_files_that_hold_wanted_rows_are_read(tmp_path: Path) -> None:
    for i in range(3):
        rows = list(range(10 * i, 10 * i + 10))
        table = pa.table({"row": rows, "title": [f"title {row}" for row in rows], "unread": rows})
        pq.write_table(table, tmp_path / f"part-{i}.parquet", row_group_size=4)
    files = track_files(tmp_path)
    assert [(file.first, file.last) for file in files] == [(0, 9), (10, 19), (20, 29)]
    (tmp_path / "part-0.parquet").unlink()
    known = pa.table({"row": [21, 18, 19, 20], "recording_id": ["d", "a", None, "c"]})
    assert read_beside(known, files, ["title"]).sort_by("row").to_pydict() == {
        "row": [18, 19, 20, 21],
        "title": ["title 18", "title 19", "title 20", "title 21"],
        "recording_id": ["a", None, "c", "d"],
    }


def test_a_file_without_rows_is_left_out_and_an_empty_group_does_no_harm(tmp_path: Path) -> None:
    table = pa.table({"row": [4, 5], "title": ["Jolene", "Coyotes"]})
    pq.write_table(table.slice(0, 0), tmp_path / "part-0.parquet")
    with pq.ParquetWriter(tmp_path / "part-1.parquet", table.schema) as writer:
        writer.write_table(table.slice(0, 0))
        writer.write_table(table)
    found = track_files(tmp_path)
    assert [(Path(file.path).name, file.first, file.last) for file in found] == [("part-1.parquet", 4, 5)]
    known = pa.table({"row": [5], "recording_id": ["a"]})
    assert read_beside(known, found, ["title"]).to_pylist() == [{"row": 5, "title": "Coyotes", "recording_id": "a"}]


def test_tables_that_came_back_are_told_apart_by_their_place() -> None:
    schemas = pa.schema([("a", pa.int64())]), pa.schema([("b", pa.string())])
    packed = [
        pack(pa.table([values], schema=schema), np.zeros(len(values), dtype=np.int32)).column("payload")
        for values, schema in (([1, 2], schemas[0]), (["x"], schemas[1]), ([3], schemas[0]))
    ]
    payloads = pa.concat_arrays(packed)
    batch = pa.record_batch(
        [pa.array([0, 0, 1], pa.int32()), pa.array([0, 1, 0], pa.int32()), payloads], schema=BROUGHT
    )
    assert brought([batch], 0, schemas[0]).column("a").to_pylist() == [1, 2, 3]
    assert brought([batch], 1, schemas[1]).column("b").to_pylist() == ["x"]
    assert brought([], 1, schemas[1]).num_rows == 0
