from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from jobs import report_query as query


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(3)
    return [
        {
            "key": None if i % 17 == 0 else f"k{random.integers(40)}",
            "value": None if i % 13 == 0 else float(random.normal()),
            "id": f"t{i}",
        }
        for i in range(2000)
    ]


@pytest.fixture(scope="module")
def dataset(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    for part in range(4):
        table = pa.Table.from_pylist(rows[part::4])
        pq.write_table(table, folder / f"{part}.parquet", row_group_size=97)
    return ds.dataset(folder)


def test_grouping_counts_what_a_counter_counts(rows, dataset):
    measures = {"least": ("value", "min"), "known": ("value", "count")}
    found = {row["key"]: row for row in query.grouped(dataset, ["key"], measures=measures).to_pylist()}
    assert {key: row["n"] for key, row in found.items()} == Counter(row["key"] for row in rows)
    for key, group in found.items():
        values = [row["value"] for row in rows if row["key"] == key and row["value"] is not None]
        assert (group["least"], group["known"]) == (min(values), len(values))


def test_best_rows_are_the_first_of_all_rows_sorted(rows, dataset):
    values = sorted(row["value"] for row in rows if row["value"] is not None)
    kept = query.best(query.batches(dataset, ["value"], where=pc.field("value").is_valid()), 25, by="value")
    assert kept is not None
    assert sorted(kept.column("value").to_pylist()) == values[:25]
    assert query.best(iter(()), 25, by="value") is None


def test_histogram_is_numpys_with_the_ends_open(rows, dataset):
    edges = np.linspace(-1, 1, 9)
    values = np.array([row["value"] for row in rows if row["value"] is not None])
    assert query.histogram(dataset, "value", edges).tolist() == np.histogram(np.clip(values, -1, 1), edges)[0].tolist()


def test_sample_is_seeded_and_drawn_from_the_values(rows, dataset):
    once, again = (query.sample(dataset, 200, "value", seed=5).to_pylist() for _ in range(2))
    assert once == again
    assert 150 <= len(once) <= 208
    assert set(once) <= {row["value"] for row in rows} - {None}


@pytest.mark.parametrize("chunk", [1, 64, 10**6])
def test_pairs_of_sources_are_counted_once_each(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(query, "CHUNK", chunk)
    random = np.random.default_rng(11)
    source = {f"t{i}": f"s{random.integers(4)}" for i in range(50)}
    pairs = [tuple(f"t{i}" for i in random.integers(50, size=2)) for _ in range(300)]
    tracks = pa.table({"track_id": list(source), "source": list(source.values())})
    matches = pa.table({"track_id_a": [a for a, _ in pairs], "track_id_b": [b for _, b in pairs], "row": range(300)})
    pq.write_table(matches, tmp_path / "matches.parquet", row_group_size=32)
    counts = query.paired_sources(ds.dataset(tmp_path / "matches.parquet"), ds.dataset(tracks), pc.field("row") < 200)
    assert counts == Counter(tuple(sorted((source[a], source[b]))) for a, b in pairs[:200])
