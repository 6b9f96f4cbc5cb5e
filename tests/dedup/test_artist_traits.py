"""Texts as codes, and what a credit's track has."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.artist_codes import Texts, code, codes, combined, part_codes
from dedup.artist_scripts import scripts
from dedup.artist_values import VALUES_KEPT, Values, pairs_within
from tests.dedup.artist_examples import traits

SCRIPT_OF = {
    "Abba": "latin",
    "Élan": "latin",
    "Юность": "cyrillic",
    "Ω": "greek",
    "さくら 桜": "kana",
    "桜": "han",
    "Live in Москва": "cyrillic",
    "1999": None,
    "—": None,
}
CREDIT = {"track_id": "t1", "position": 0, "name": "Abba"}


@given(st.lists(st.text(max_size=12), max_size=20))
def test_texts_share_a_code_only_with_themselves(texts: list[str]) -> None:
    found = codes(pa.array(texts, pa.string())).tolist()
    assert [not number for number in found] == [not text for text in texts]
    assert len(set(found)) == len(set(texts))
    assert found == [code(text) for text in texts]


def test_codes_are_the_same_on_every_machine() -> None:
    assert code("a") == 17189161910051005891
    assert codes(pa.chunked_array([["a"], [None, "b", "a"]])[1:]).tolist() == [0, code("b"), code("a")]


def test_the_code_of_a_part_is_that_of_the_same_text_alone() -> None:
    texts = Texts.of(pa.array(["xyz abba", "abba"]))
    assert len(set(part_codes(texts, texts.ends - 4, texts.ends).tolist())) == 1


def test_the_order_of_what_is_combined_counts() -> None:
    a, b = codes(pa.array(["a"])), codes(pa.array(["b"]))
    assert combined(a, b) != combined(b, a)


@pytest.mark.parametrize(("title", "script"), SCRIPT_OF.items())
def test_scripts(title: str, script: str | None) -> None:
    assert scripts(pa.array([title, None, "x"])).to_pylist() == [script, None, "latin"]


def test_what_is_folded_alike_has_one_code() -> None:
    rows = [
        {
            **CREDIT,
            "label": "EMI Ltd.",
            "country": "US; uk",
            "genre": "Folk, World, & Country, Rock",
            "language": "Eng",
        },
        {**CREDIT, "label": "emi ltd", "country": "UK, US", "genre": "rock", "style": "Folk, World, & Country"},
    ]
    found = traits(rows)
    for name in ("label", "country", "genre"):
        first, second = found.column(name).to_pylist()
        assert first == second or sorted(first) == sorted(second)
    assert found.column("language").to_pylist() == [code("eng"), 0]


def test_a_short_title_and_a_missing_album_are_nothing() -> None:
    rows = [{**CREDIT, "title_core": "home"}, {**CREDIT, "title_core": "homes", "album_core": "x", "source": "s"}]
    found = traits(rows)
    assert found.column("title").to_pylist() == [0, code("homes")]
    assert found.column("crowd").to_pylist()[0] == 0
    assert len(set(found.column("release").to_pylist())) == 2


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=60), st.data())
def test_values_are_sets(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    owner, value = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    found = Values.gather(owner, value.astype(np.uint64), 6)
    expected = [{v for o, v in pairs if o == i and v} for i in range(6)]
    assert [set(each) for each in found.lists().to_pylist()] == expected
    assert [set(each) for each in Values.of_lists(found.lists()).lists().to_pylist()] == expected
    a, b = (np.array(data.draw(st.lists(st.integers(0, 5), min_size=4, max_size=4))) for _ in "ab")
    pair, place = found.shared(a, b)
    for i in range(4):
        assert set(found.different[place[pair == i]].tolist()) == expected[a[i]] & expected[b[i]]
    assert found.has(a, b.astype(np.uint64)).tolist() == [int(y) in expected[x] for x, y in zip(a, b, strict=True)]
    grouped = found.regrouped(np.array([0, 0, 1, 1, 2, 2]), 3)
    assert [set(each) for each in grouped.lists().to_pylist()] == [expected[i] | expected[i + 1] for i in (0, 2, 4)]


def test_of_many_values_the_first_are_kept() -> None:
    numbers = np.random.default_rng(4).permutation(np.arange(1, 200)).astype(np.uint64)
    kept = Values.gather(np.ones(199, dtype=np.int64), numbers, 2)
    assert kept.counts.tolist() == [0, VALUES_KEPT]
    assert set(kept.codes.tolist()) == set(numbers[:VALUES_KEPT].tolist())


def test_pairs_within_groups() -> None:
    a, b = pairs_within(np.array([0, 0, 0, 1, 2, 2]))
    assert sorted(zip(a.tolist(), b.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2), (4, 5)]
