"""Candidate generation against brute force."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from dedup.blocks import Expansion, expand
from dedup.candidates import GENERATORS, SIGNATURES, Blocking, count_grams, grams, signatures

BLOCKING = Blocking(gram=4, buckets=1 << 16, keys=6, pair_grams=3, cap=5)


def tracks(*records: dict[str, object]) -> pa.Table:
    columns = {
        "title_core": pa.string(),
        "artist_core": pa.string(),
        "album_core": pa.string(),
        "position": pa.int32(),
        "isrc_code": pa.string(),
        "duration_s": pa.float64(),
    }
    data = {name: pa.array([record.get(name) for record in records], kind) for name, kind in columns.items()}
    return pa.table({"row": pa.array(range(100, 100 + len(records)), pa.int64()), **data})


def frequencies(table: pa.Table, blocking: Blocking) -> np.ndarray:
    counts = count_grams(table, blocking)
    found = np.ones(blocking.buckets, np.int32)
    found[counts.column("bucket").to_numpy()] = counts.column("count").to_numpy()
    return found


def text_grams(text: str, size: int) -> set[str]:
    padded = f" {text} "
    return {padded[i : i + size] for i in range(len(padded) - size + 1)}


def test_grams_are_the_distinct_ones_of_every_field() -> None:
    table = tracks({"title_core": "banana banana", "artist_core": "anna"}, {"title_core": None}, {"title_core": "anna"})
    record, hashed = grams(table, BLOCKING)
    expected = text_grams("banana banana", 4) | text_grams("anna", 4)
    assert (record == 0).sum() == len(expected)
    assert (record == 1).sum() == 0
    assert set(hashed[record == 2]) <= set(hashed[record == 0])  # "anna" says the same as a title or an artist


def test_no_gram_crosses_from_one_record_into_the_next() -> None:
    alone = grams(tracks({"title_core": "abcd"}), BLOCKING)[1]
    among = grams(tracks({"title_core": "wxyz"}, {"title_core": "abcd"}, {"title_core": "mnop"}), BLOCKING)
    assert set(among[1][among[0] == 1]) == set(alone)


def test_a_typo_and_a_swapped_field_still_share_a_key() -> None:
    table = tracks(
        {"title_core": "strange little harbour", "artist_core": "olive quartet"},
        {"title_core": "strange litle harbour", "artist_core": "olive quartet"},
        {"title_core": "olive quartet strange little harbour"},
        {"title_core": "another thing", "artist_core": "somebody else"},
    )
    signed = signatures(table, frequencies(table, BLOCKING), BLOCKING)
    keys = {row: set() for row in range(100, 104)}
    for key, row in zip(signed.column("key").to_pylist(), signed.column("row").to_pylist(), strict=True):
        keys[row].add(key)
    assert keys[100] & keys[101]
    assert keys[100] & keys[2 + 100]
    assert not keys[100] & keys[103]


def test_signatures_are_bounded_and_do_not_depend_on_the_batch() -> None:
    rng = np.random.default_rng(3)
    words = ["river", "stone", "night", "amber", "coral", "delta", "ember", "frost"]
    table = tracks(*({"title_core": " ".join(rng.choice(words, 4)), "artist_core": "same artist"} for _ in range(60)))
    known = frequencies(table, BLOCKING)
    whole = signatures(table, known, BLOCKING)
    assert whole.schema == SIGNATURES
    per_row = np.unique(whole.column("row").to_numpy(), return_counts=True)[1]
    pairs = BLOCKING.pair_grams * (BLOCKING.pair_grams - 1) // 2
    assert per_row.max() <= BLOCKING.keys + pairs + len(GENERATORS)
    parts = [signatures(table.slice(start, 20), known, BLOCKING) for start in (0, 20, 40)]
    merged = pa.Table.from_batches(parts).to_pylist()
    assert sorted(map(str, merged)) == sorted(map(str, whole.to_pylist()))


def test_exact_keys_need_all_their_values() -> None:
    table = tracks({"isrc_code": "GBAYE0601477"}, {"isrc_code": "GBAYE0601477"}, {"album_core": "x", "position": None})
    signed = signatures(table, frequencies(table, BLOCKING), BLOCKING)
    by_isrc = np.array(signed.column("generator")) == GENERATORS.index("isrc")
    assert by_isrc.sum() == 2
    assert len(set(np.array(signed.column("key"))[by_isrc])) == 1
    assert not (np.array(signed.column("generator")) == GENERATORS.index("album_position")).any()


def blocks(*members: list[tuple[int, int, float]]) -> pa.RecordBatch:
    return pa.record_batch(
        {
            "rows": pa.array([[m[0] for m in block] for block in members], pa.list_(pa.int64())),
            "exclusive": pa.array([[m[1] for m in block] for block in members], pa.list_(pa.int32())),
            "seconds": pa.array([[m[2] for m in block] for block in members], pa.list_(pa.float64())),
            "generator": pa.array([n % len(GENERATORS) for n in range(len(members))], pa.int8()),
        }
    )


@pytest.mark.parametrize("seed", range(5))
def test_small_blocks_give_all_pairs_but_those_inside_a_promising_source(seed: int) -> None:
    rng = np.random.default_rng(seed)
    members = [
        [(int(row), int(rng.integers(-1, 3)), 1.0) for row in rng.choice(50, int(rng.integers(1, 8)), replace=False)]
        for _ in range(12)
    ]
    found = expand(blocks(*members), Expansion(cap=8))
    expected = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), 1 << (n % len(GENERATORS)))
        for n, block in enumerate(members)
        for a, b in combinations(block, 2)
        if a[1] < 0 or a[1] != b[1]
    )
    assert sorted(zip(*(column.to_pylist() for column in found.columns), strict=True)) == expected


def test_a_large_block_costs_a_window_and_keeps_near_durations() -> None:
    rng = np.random.default_rng(1)
    members = [(row, -1, float(seconds)) for row, seconds in enumerate(rng.permutation(1000))]
    found = expand(blocks(members), Expansion(cap=60, window=4))
    assert found.num_rows <= 4 * len(members)
    seconds = {row: value for row, _, value in members}
    pairs = list(zip(found.column("row_a").to_pylist(), found.column("row_b").to_pylist(), strict=True))
    assert max(abs(seconds[a] - seconds[b]) for a, b in pairs) == 4
    assert len(set(pairs)) == len(pairs)
