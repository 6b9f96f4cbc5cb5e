"""What is bounded in the artist stage: hostile cells, crowded tracks, many pairs of names at once."""

import pyarrow as pa
import pytest

from catalog.schema import TRACKS
from dedup import artist_links
from dedup.artist_blocks import relate_names
from dedup.artist_credits import MOST_FELLOWS, credits_of
from dedup.artist_fit import fit
from dedup.artist_merge import merge_names
from dedup.artist_profiles import list_names, profile_names
from dedup.artist_traits import GENRE_SEPARATORS, traits_of
from tests.dedup.artist_examples import catalogue, release, traits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Folk, World, & Country", ["Folk, World, & Country"]),
        ("Rock, Pop", ["Rock", "Pop"]),
        ("Jazz; Funk / Soul|Blues", ["Jazz", "Funk / Soul", "Blues"]),
        ("a," * 20_000, ["a"] * 20_000 + [""]),  # it took as many steps as there are pairs of commas
    ],
)
def test_genres_are_cut_where_a_list_is(text: str, expected: list[str]) -> None:
    assert [part.strip() for part in GENRE_SEPARATORS.split(text)] == expected


def test_of_a_track_with_very_many_names_the_first_are_fellows() -> None:
    count = MOST_FELLOWS + 50
    credited = [{"name": f"Player {i:03}", "role": "main", "join": ", "} for i in range(count)]
    found = credits_of(pa.Table.from_pylist([{"track_id": "t", "row": 0, "artist_names": credited}], schema=TRACKS))
    fellows = found.column("co_names").to_pylist()
    assert [len(names) for names in fellows] == [MOST_FELLOWS - 1] * MOST_FELLOWS + [MOST_FELLOWS] * 50


def test_fellows_are_the_other_names_of_a_track() -> None:
    credited = [{"name": f"Player {i % 7}", "role": "main", "join": ", "} for i in range(30)]
    rows = [{"track_id": "t", "row": 0, "artist_names": credited}, {"track_id": "u", "row": 1, "artist_names": []}]
    rows.append({"track_id": "v", "row": 2, "artist_names": credited[:2]})
    found = credits_of(pa.Table.from_pylist(rows, schema=TRACKS))
    fellows = found.column("co_names").to_pylist()
    names = [f"player {i}" for i in range(7)]
    assert fellows[:30] == [[other for other in names if other != names[i % 7]] for i in range(30)]
    assert fellows[30:] == [["player 1"], ["player 0"]]


def test_hundreds_of_names_of_a_track_are_not_laid_beside_each_of_them() -> None:
    credited = [{"name": f"{'Player ' * 20}{i}", "role": "main", "join": ", "} for i in range(800)]
    table = pa.Table.from_pylist([{"track_id": "t", "row": 0, "artist_names": credited}], schema=TRACKS)
    usual = pa.default_memory_pool()
    counted = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(counted)
    try:
        assert len(credits_of(table)) == len(credited)
    finally:
        pa.set_memory_pool(usual)
    assert counted.max_memory() < 60e6  # 800 times 800 of them are 100 MB


def test_nobody_has_no_sound() -> None:
    rows = [
        {"track_id": name, "position": 0, "name": name, "vector": [1.0, 0.0]} for name in ("Various Artists", "Björk")
    ]
    assert traits_of(pa.Table.from_pylist(rows)).column("vector").to_pylist() == [None, [1.0, 0.0]]


def test_pairs_of_names_are_compared_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = catalogue(40)
    for n, (a, b) in enumerate([("Ella Fitzgerald", "Ella Fitzgerlad"), ("Björn Skifs", "Bjorn Skifs Band")]):
        rows += [*release(a, 10 * n, n, label="tiny"), *release(b, 10 * n + 1, n, label="tiny")]
    found = traits(rows)
    related, profiles, model = relate_names(list_names(found)), profile_names(found), fit(found)
    whole = merge_names(related, profiles, model)
    monkeypatch.setattr(artist_links, "AT_ONCE", 1)
    assert len(related) > 1
    assert merge_names(related, profiles, model).equals(whole)
