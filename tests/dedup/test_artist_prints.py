"""Names of one key that are printed as two people's."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dedup.artist_names import name_key
from dedup.artist_prints import MOST_PRINTS, prints, two_people
from dedup.artists import resolve_catalogue
from tests.dedup.artist_examples import catalogue, release, table

CATALOGUE = catalogue(60)
STRAUSS = ("Johann Strauss (1804-1849)", "Johann Strauss (1825-1899)")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("张磊", "张蕾"),
        ("张磊", "章雷"),
        ("張磊", "张蕾"),
        ("李健", "李建"),
        STRAUSS,
        ("Bob Ray (b. 1941)", "Bob Ray (1932-)"),
    ],
)
def test_two_people(a: str, b: str) -> None:
    assert name_key(a) == name_key(b)
    assert two_people(a, b)
    assert two_people(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("林俊杰", "林俊傑"),  # simplified and traditional
        ("張學友", "张学友"),
        ("张磊", "Zhanglei"),
        ("Johann Strauss", STRAUSS[1]),
        ("Ann Lee (1770-1827)", "Ann Lee (1771-1827)"),  # nobody knows the birthday
        ("Ann Lee (1770-1827)", "Ann Lee (b. 1770)"),
        ("The Kit (1962-1966)", "The Kit (1967-1970)"),  # years of its tracks
    ],
)
def test_one_person_perhaps(a: str, b: str) -> None:
    assert name_key(a) == name_key(b)
    assert not two_people(a, b)


def test_numbers_tell_people_of_one_key_apart_and_are_0_where_nothing_does() -> None:
    names = ["张磊", "Zhanglei", "张蕾", "張磊", "张磊", "Zhang Lei"]
    found = prints(np.array([0, 0, 0, 0, 0, 0]), pa.chunked_array([pa.array(names)])).tolist()
    assert found[0] == found[3] == found[4] > 0
    assert found[2] not in (0, found[0])
    assert (found[1], found[5]) == (0, 0)
    assert not prints(np.arange(6), pa.chunked_array([pa.array(names)])).any()
    assert len(prints(np.empty(0, np.int64), pa.chunked_array([], pa.string()))) == 0


def test_of_very_many_prints_the_first_are_compared() -> None:
    names = [f"Ann Lee ({year}-)" for year in range(1000, 1000 + 3 * MOST_PRINTS)]
    found = prints(np.zeros(len(names), np.int64), pa.chunked_array([pa.array(names)]))
    assert len(set(found.tolist())) == MOST_PRINTS + 1


def resolved(printed: tuple[str, ...], **more: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """Artists of two releases a name, all on one label in one scene, and what is told of namesakes."""
    rows = [row for i, name in enumerate(printed) for n in (0, 1) for row in release(name, 2 * i + n, 2, **more)]
    out = resolve_catalogue(table([*CATALOGUE, *rows]))
    ids = out.artists.column("artist_id").to_pylist()[len(CATALOGUE) :]
    return ids[::6], out.namesakes.to_pylist()


@pytest.mark.parametrize("printed", [STRAUSS, ("张磊", "张蕾")])
def test_two_people_are_two_artists_though_all_else_agrees_and_the_evidence_says_why(printed: tuple[str, str]) -> None:
    ids, told = resolved(printed, label="one")
    assert len(set(ids)) == 2
    assert {row["artist_id"] for row in told} >= set(ids)
    for row in told:
        if row["artist_id"] in ids:
            assert row["odds"] < 0
            assert "printed as two people's" in [one["level"] for one in row["evidence"]]
            assert row["odds"] == pytest.approx(sum(one["weight"] for one in row["evidence"]))


def test_two_people_on_one_album_are_two_artists() -> None:
    ids, _ = resolved(("张磊", "张蕾"), album_core="the voice", label="one", release_year=2015)
    assert len(set(ids)) == 2


def test_two_people_of_very_many_releases_are_two_artists() -> None:
    rows = [row for n in range(240) for row in release(STRAUSS[n % 2], n, 2, label="one")]
    ids = resolve_catalogue(table([*CATALOGUE, *rows])).artists.column("artist_id").to_pylist()[len(CATALOGUE) :]
    of = [{id_ for id_, row in zip(ids, rows, strict=True) if row["name"] == name} for name in STRAUSS]
    assert [len(each) for each in of] == [1, 1]
    assert of[0] != of[1]


def test_one_recording_is_one_artists_however_its_name_is_printed() -> None:
    ids, _ = resolved(("张磊", "张蕾"), recording_id="r")
    assert len(set(ids)) == 1
