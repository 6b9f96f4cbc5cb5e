"""What two records say about each other, case by case: levels that must and levels that must not be reached."""

import numpy as np
import pyarrow as pa
import pytest

from catalog.text import fold
from dedup.compare import compare
from dedup.fields import FIELD_NAMES, FIELDS, MISSING
from dedup.listed import listed_titles, title_keys, version_keys
from dedup.native import native_form
from tests.dedup.record_examples import pair

VERSION = FIELD_NAMES.index("version")


def levels(a: dict[str, object], b: dict[str, object]) -> dict[str, str | None]:
    """Level names of one pair."""
    found = compare(pair(a, b))[0]
    return {
        field.name: None if level == MISSING else field.levels[level].name
        for field, level in zip(FIELDS, found, strict=True)
    }


TITLES = [
    ("slow harbour", "slow harbour", "exact"),
    ("slow harbour", "slow harbor", "near"),
    ("blink 182 song", "blink182 song", "exact"),
    ("the long slow harbour night", "long slow harbour", "similar"),
    ("slow harbour", "quick mountain", "different"),
    ("kontsert", "kontsert no", "near"),
    ("forest theme 2", "forest theme 3", "other number"),
    ("forest theme a", "forest theme b", "other number"),
    ("cube waltz", "cube waltz 2", "other number"),
    ("forest theme 02", "forest theme 2", "near"),
    ("slow monday harbour", "slow friday harbour", "other word"),
    ("slow harbour in c major", "slow harbour in c minor", "other word"),
    ("slow harbour", None, None),
    (None, None, None),
]


@pytest.mark.parametrize(("a", "b", "level"), TITLES)
def test_titles(a: str | None, b: str | None, level: str | None) -> None:
    assert levels({"title_core": a}, {"title_core": b})["title"] == level
    assert levels({"title_core": b}, {"title_core": a})["title"] == level


def test_a_common_title_is_weaker_evidence() -> None:
    common = {"title_core": "intro", "title_frequency": 40}
    assert levels(common, common)["title"] == "exact, common title"


def test_a_title_that_stands_in_the_other_records_text() -> None:
    swapped = {"title_core": "olive quartet live at the harbour", "artist_core": "slow night train"}
    assert levels({"title_core": "slow night train"}, swapped)["title"] == "inside the other's text"


ARTISTS = [
    ("olive quartet", "olive quartet", "exact"),
    ("olive quartet", "olive quartett", "near"),
    ("ada lind", "lind ada", "exact"),
    ("olive quartet", "olive quartet bo berg", "one holds the other"),
    ("olive quartet", "granite choir", "different"),
    ("olive quartet", None, None),
]


@pytest.mark.parametrize(("a", "b", "level"), ARTISTS)
def test_artists(a: str, b: str | None, level: str | None) -> None:
    assert levels({"artist_core": a}, {"artist_core": b})["artist"] == level
    assert levels({"artist_core": b}, {"artist_core": a})["artist"] == level


def test_an_artist_missing_because_it_stands_in_the_title() -> None:
    found = levels({"artist_core": "olive quartet"}, {"title_core": "olive quartet slow harbour"})
    assert found["artist"] == "inside the other's text"


DURATIONS = [
    (200.0, 200.0, "within 0.6 s"),
    (200.0, 200.5, "within 0.6 s"),
    (200.0, 201.0, "within 1.5 s"),
    (200.0, 201.5, "within 1.5 s"),
    (200.0, 203.0, "within 3 s"),
    (200.0, 206.9, "within 7 s"),
    (200.0, 214.0, "within 15 s"),
    (200.0, 300.0, "apart"),
    (200.0, None, None),
]


@pytest.mark.parametrize(("a", "b", "level"), DURATIONS)
def test_durations(a: float, b: float | None, level: str | None) -> None:
    assert levels({"duration_s": a}, {"duration_s": b})["duration"] == level


@pytest.mark.parametrize(("a", "b", "level"), [(1999, 1999, "same"), (1999, 2000, "next"), (1999, 2010, "other")])
def test_years(a: int, b: int, level: str) -> None:
    assert levels({"release_year": a}, {"release_year": b})["year"] == level


POSITIONS = [
    ((None, 7), (None, 7), "same"),
    (("A", 1), ("a", 1), "same"),
    (("A", 1), (None, 1), "same"),
    (("A", 1), ("B", 1), "other"),
    ((None, 7), (None, 8), "other"),
    ((None, None), (None, 8), None),
]


@pytest.mark.parametrize(("a", "b", "level"), POSITIONS)
def test_positions(a: tuple[str | None, int | None], b: tuple[str | None, int | None], level: str | None) -> None:
    left, right = ({"medium": medium, "position": number} for medium, number in (a, b))
    assert levels(left, right)["position"] == level


def test_isrc_and_album() -> None:
    assert levels({"isrc_code": "GBAYE0601477"}, {"isrc_code": "GBAYE0601477"})["isrc"] == "same"
    assert levels({"isrc_code": "GBAYE0601477"}, {"isrc_code": "GBAYE0601478"})["isrc"] == "other"
    assert levels({"isrc_code": "GBAYE0601477"}, {})["isrc"] is None
    assert levels({"album_core": "greatest hits"}, {"album_core": "greatest hits volume two"})["album"] == "similar"


def test_records_without_values_say_nothing_but_that_both_are_plain() -> None:
    found = levels({}, {})
    assert {name for name, level in found.items() if level is not None} == {"version"}
    assert found["version"] == "both plain"


def test_comparison_is_symmetric_on_random_records() -> None:
    rng = np.random.default_rng(9)
    words = ["amber", "river", "night", "choir", "stone", "no"]

    def text() -> str | None:
        return " ".join(rng.choice(words, int(rng.integers(1, 4)))) if rng.random() < 0.8 else None

    for _ in range(60):
        a, b = ({"title_core": text(), "artist_core": text(), "album_core": text()} for _ in range(2))
        assert levels(a, b) == levels(b, a)


def test_every_field_has_a_column() -> None:
    assert set(levels({}, {})) == set(FIELD_NAMES)


def test_a_title_that_is_nothing_but_its_place_names_nothing() -> None:
    number, named = {"title_core": "8"}, {"title_core": "juliet", "position": 8}
    assert levels(number, named)["title"] is None
    assert levels(named, number | {"position": 8})["title"] is None
    assert levels(number | {"position": 3}, named)["title"] == "different"
    assert levels(number, named | {"position": 9})["title"] == "different"
    assert levels({"title_core": "99"}, {"title_core": "99", "position": 99})["title"] == "exact"


def test_two_places_on_one_listing_are_told_from_those_on_two() -> None:
    table = pair({"position": 3}, {"position": 9})
    at, releases = FIELD_NAMES.index("position"), {"one": (5, 5), "two": (5, 6), "none": (0, 0)}
    found = {}
    for name, sides in releases.items():
        told = table
        for side, release in zip("ab", sides, strict=True):
            told = told.append_column(f"listing_{side}", pa.array([release], pa.uint64()))
        found[name] = FIELDS[at].levels[compare(told)[0, at]].name
    assert found == {"one": "other, on one release", "two": "other", "none": "other"}


PRINTED = [
    ("東京の夜", "東京の朝", "other word"),
    ("夜", "葉", "other word"),  # of one reading
    ("東京の夜", "東京の夜", "exact"),
    ("Тихая ночь", "Tihaya noch", "near"),
]


@pytest.mark.parametrize(("a", "b", "level"), PRINTED)
def test_titles_of_one_script_are_compared_as_they_are_printed(a: str, b: str, level: str) -> None:
    sides = ({"title_core": fold(title), "title_native": native_form(title)} for title in (a, b))
    assert levels(*sides)["title"] == level


def test_an_album_that_lists_both_titles_tells_them_apart() -> None:
    titles = ("boss battle", "final boss battle")
    keys = title_keys(pa.array(titles))
    listed = listed_titles(keys, np.array([7, 7], np.uint64), keys)
    a, b = ({"title_core": text, "title_key": int(key)} for text, key in zip(titles, keys, strict=True))
    for ours, theirs, level in ((7, 8, "other word"), (9, 7, "other word"), (9, 8, "similar"), (0, 0, "similar")):
        sides = pair(a | {"listed_under": ours}, b | {"listed_under": theirs})
        assert FIELDS[0].levels[compare(sides, listed)[0, 0]].name == level


def test_a_release_that_lists_both_versions_tells_them_apart() -> None:
    titles, tags = pa.array(["rain", "rain"]), pa.array(["", "edit:radio\nremaster:2009"])
    keys, versions = title_keys(titles), version_keys(titles, tags)
    listed = listed_titles(keys, np.array([7, 7], np.uint64), versions)
    plain, edit = (
        {"title_core": "rain", "versions": tag.split("\n") if tag else (), "version_key": int(key)}
        for tag, key in zip(tags.to_pylist(), versions, strict=True)
    )
    for ours, theirs, level in ((7, 8, "plain against version"), (9, 7, "plain against version")):
        found = compare(pair(plain | {"listed_under": ours}, edit | {"listed_under": theirs}), listed)
        assert FIELDS[VERSION].levels[found[0, VERSION]].name == level
    found = compare(pair(plain | {"listed_under": 9}, edit | {"listed_under": 8}), listed)
    assert FIELDS[VERSION].levels[found[0, VERSION]].name == "one plain, one version"


def test_a_version_says_nothing_beside_a_title_that_is_not_known() -> None:
    live = {"title_core": "rain", "versions": ("live",)}
    assert levels(live, {"artist_core": "olive quartet"})["version"] is None
    assert levels(live, {"title_core": "rain"})["version"] == "plain against version"


PLAYERS = [
    ("orchestra:berliner philharmoniker", "orchestra:wiener philharmoniker", "other players"),
    ("orchestra:berliner philharmoniker", "orchestra:berlin philharmonic orchestra", "exact"),
    ("orchestra:wiener philharmoniker", "orchestra:vienna philharmonic orchestra", "exact"),
    ("orchestra:ndr sinfonieorchester", "orchestra:swr sinfonieorchester", "other players"),
    ("orchestra:berliner philharmoniker", "conductor:herbert von karajan", "exact"),
    ("conductor:herbert von karajan", "conductor:karajan", "exact"),
    ("conductor:evgeny mravinsky", "conductor:yevgeni mravinskij", "exact"),
    ("conductor:colin davis", "conductor:charles munch", "other players"),
    ("guest:martha argerich", "guest:maurizio pollini", "other players"),
    ("guest:ada lind\nmain:bo berg", "guest:cy fox\nmain:ada lind", "exact"),
    ("guest:ada lind", "", "exact"),
]


@pytest.mark.parametrize(("a", "b", "level"), PLAYERS)
def test_other_players_of_one_composer_are_other_artists(a: str, b: str, level: str) -> None:
    sides = [{"artist_core": "ludwig van beethoven", "players": told} for told in (a, b)]
    assert levels(*sides)["artist"] == levels(*sides[::-1])["artist"] == level


def test_the_guests_of_other_songs_are_no_other_artists() -> None:
    a, b = ({"artist_core": "olive quartet", "players": f"guest:{guest}"} for guest in ("ada lind", "bo berg"))
    assert levels(a | {"title_core": "slow harbour"}, b | {"title_core": "quick mountain"})["artist"] == "exact"
    assert levels(a | {"title_core": "slow harbour"}, b | {"title_core": "slow harbor"})["artist"] == "other players"
    assert levels(a, b | {"title_core": "slow harbour"})["artist"] == "other players"


ADDITIONS = [
    ("boss battle", "final boss battle", 2, 7, "other word"),
    ("boss battle", "final boss battle", 2, 2, "similar"),
    ("boss battle", "boss battle arena", 2, 7, "similar"),  # the album's name
    ("slow harbour", "slow harbor", 2, 7, "near"),
]


@pytest.mark.parametrize(("a", "b", "ours", "theirs", "level"), ADDITIONS)
def test_a_word_more_at_another_place_of_one_album(a: str, b: str, ours: int, theirs: int, level: str) -> None:
    one, other = ({"title_core": text, "position": at, "album_core": "arena"} for text, at in ((a, ours), (b, theirs)))
    assert levels(one, other)["title"] == levels(other, one)["title"] == level


ALBUM_WORDS = [
    ("album instrumental", "", "rain", "rain", "plain against version"),
    ("album instrumental", "", "rain", None, "both plain"),
    ("album instrumental", "album instrumental", "rain", "rain", "both plain"),
    ("called live:paris", "called live:berlin", "live in paris", "live in berlin", "conflict"),
    ("called live:paris", "", "live in paris", "greatest hits", "both plain"),
    ("album live:the village gate", "", "doing the thing", "doing the thing live tt he village gate", "both plain"),
]


@pytest.mark.parametrize(("a", "b", "ours", "theirs", "level"), ALBUM_WORDS)
def test_what_an_album_says_of_its_tracks(a: str, b: str, ours: str, theirs: str | None, level: str) -> None:
    given = {"title_core": "sun"}
    one, other = (given | {"album_tags": tags, "album_core": album} for tags, album in ((a, ours), (b, theirs)))
    assert levels(one, other)["version"] == levels(other, one)["version"] == level
    assert levels(one | {"title_core": None}, other)["version"] == "both plain"


@pytest.mark.parametrize(("seconds", "level"), [(330, "same"), (300, "one plain, one version"), (None, "same")])
def test_versions_told_in_other_words_agree_where_their_lengths_do(seconds: float | None, level: str) -> None:
    told = {"title_core": "slow harbour", "artist_core": "ann", "duration_s": 331.0, "versions": ("remix:ada lind",)}
    other = told | {"versions": ("remix",), "duration_s": seconds}
    assert levels(told, other)["version"] == level
    assert levels(told, told | {"duration_s": seconds})["version"] == "same"
