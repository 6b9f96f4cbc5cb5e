"""What is written into record files is what they show."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dedup.buffers import text_buffers
from dedup.hashing import combine, hash_texts
from dedup.patterns import pack, unpack
from dedup.records import NUMBERS, TEXTS, mapped_text, open_records, writing


def batch(count: int, seed: int) -> dict[str, pa.Array]:
    rng = np.random.default_rng(seed)
    texts = {name: pa.array([f"{name} {n} é" * int(rng.integers(0, 3)) for n in range(count)]) for name in TEXTS}
    numbers = {name: pa.array(rng.integers(0, 100, count).astype(kind)) for name, kind in NUMBERS.items()}
    return texts | numbers


def test_batches_come_back_as_one_table(tmp_path: Path) -> None:
    batches = [batch(count, seed) for seed, count in enumerate((5, 0, 17))]
    with writing(tmp_path) as writer:
        for one in batches:
            writer.append(one)
    table = open_records(tmp_path, (*TEXTS, *NUMBERS))
    assert writer.count == table.num_rows == 22
    for name in (*TEXTS, *NUMBERS):
        assert table.column(name).to_pylist() == [value for one in batches for value in one[name].to_pylist()]
    assert table.column("title").take(pa.array([20, 3])).to_pylist() == [
        batches[2]["title"][15].as_py(),
        batches[0]["title"][3].as_py(),
    ]


def test_no_track_at_all_is_an_empty_table(tmp_path: Path) -> None:
    with writing(tmp_path):
        pass
    assert open_records(tmp_path, ("title", "row")).num_rows == 0
    assert len(mapped_text(tmp_path, "title")) == 0


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_text_buffers_of_a_slice(kind: pa.DataType) -> None:
    offsets, data = text_buffers(pa.array(["ab", "", "cde", "f"], kind)[1:3])
    assert offsets.tolist() == [0, 0, 3]
    assert data.tobytes() == b"cde"


def test_hashes_tell_texts_apart_and_do_not_depend_on_the_batch() -> None:
    texts = [f"{word} {n}" for n in range(2000) for word in ("amber", "river", "ab", "ba")] + ["", None]
    whole = hash_texts(pa.array(texts))
    assert len(np.unique(whole)) == len(texts) - 1
    assert whole[-2:].tolist() == [0, 0]
    assert (hash_texts(pa.array(texts)[500:700]) == whole[500:700]).all()


def test_a_combined_hash_depends_on_order_and_kind() -> None:
    a, b = np.array([3], np.uint64), np.array([5], np.uint64)
    found = {int(combine(number, *parts)[0]) for number in (1, 2) for parts in ((a, b), (b, a), (a,))}
    assert len(found) == 6


def test_patterns_round_trip() -> None:
    from dedup.fields import FIELDS

    rng = np.random.default_rng(0)
    levels = np.stack([rng.integers(-1, len(field.levels), 500) for field in FIELDS], axis=1).astype(np.int8)
    patterns = pack(levels)
    assert (unpack(patterns) == levels).all()
    assert len(np.unique(patterns)) == len(np.unique(levels, axis=0))
