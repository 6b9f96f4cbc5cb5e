"""Names merged where their tracks agree, and kept apart where a merge would be a guess."""

from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from dedup.artist_blocks import relate_names
from dedup.artist_codes import codes
from dedup.artist_fit import fit
from dedup.artist_merge import merge_names
from dedup.artist_model import ArtistModel
from dedup.artist_names import name_key
from dedup.artist_profiles import list_names, profile_names, read_profiles
from dedup.artist_releases import FIRST_YEAR
from dedup.artist_values import VALUES_KEPT
from tests.dedup.artist_examples import catalogue, release, traits

CATALOGUE = catalogue(60)


@cache
def model() -> ArtistModel:
    return fit(traits(CATALOGUE))


def merge(rows: list[dict[str, Any]], fitted: ArtistModel) -> pa.Table:
    found = traits(rows)
    return merge_names(relate_names(list_names(found)), profile_names(found), fitted)


def names_of(printed: list[str]) -> pa.Table:
    return list_names(traits([row for i, name in enumerate(printed) for row in release(name, i, 0)]))


def artist_keys(rows: list[dict[str, Any]], fitted: ArtistModel | None = None) -> dict[str, str]:
    """Merge within the catalogue and the rows: name key -> artist key."""
    merged = merge([*CATALOGUE, *rows], fitted or model())
    keys = {key: key for key in (name_key(str(row["name"])) for row in rows)}
    return keys | {row["name_key"]: row["artist_key"] for row in merged.to_pylist()}


def one_artist(a: str, b: str, rows: list[dict[str, Any]]) -> bool:
    keys = artist_keys(rows)
    return keys[name_key(a)] == keys[name_key(b)]


def test_a_long_name_with_a_typo_merges_on_a_shared_label() -> None:
    a, b = "Nusrat Fateh Alhambra Khan", "Nusrat Fateh Alhambra Kahn"
    assert one_artist(a, b, [*release(a, 1, 0, label="tiny"), *release(b, 2, 0, label="tiny")])
    assert not one_artist(a, b, [*release(a, 1, 0, label="tiny"), *release(b, 2, 1, label="other")])


def test_a_short_name_never_merges_by_a_letter() -> None:
    a, b = "John Bell", "Jon Bell"
    assert not one_artist(a, b, [*release(a, 1, 0, label="tiny"), *release(b, 1, 0, label="tiny")])


@pytest.mark.parametrize(("a", "b"), [("AC/DC", "ACDC"), ("Metallica", "Metalica")])
def test_a_short_name_merges_by_a_space_or_a_doubled_letter_where_something_is_shared(a: str, b: str) -> None:
    assert one_artist(a, b, [*release(a, 1, 0, label="tiny"), *release(b, 1, 0, label="tiny")])
    assert not one_artist(a, b, [*release(a, 1, 0, label="tiny"), *release(b, 2, 0, label="other")])


def test_a_wrong_letter_that_makes_another_word_is_another_name() -> None:
    a, b = "Robert Hansen Ensemble", "Roberta Hansen Ensemble"
    rows = [*release(a, 1, 0, label="tiny"), *release(b, 2, 0, label="tiny")]
    known = [f"{first} {last}" for first in ("Robert", "Roberta") for last in ("Flackson", "Palmerston")]
    others = [row for i, name in enumerate(known) for row in release(name, 10 + i, 1)]
    assert one_artist(a, b, rows)
    assert not one_artist(a, b, [*rows, *others])


def test_a_misspelling_that_many_names_have_is_one_still() -> None:
    related = relate_names(names_of(["Micheal Hansen", "Michael Hansen", "Micheal Buber", "Micheal Ono"]))
    assert related.column("relation").to_pylist() == ["typo"]  # one "Michael" only: not known
    many = [f"Michael {chr(97 + i % 26)}{chr(97 + i // 26)}so" for i in range(150)]
    related = relate_names(names_of(["Micheal Hansen", "Michael Hansen", "Micheal Buber", "Micheal Ono", *many]))
    assert {"a": "michael hansen", "b": "micheal hansen", "relation": "typo"} in related.to_pylist()


def test_a_surname_with_a_generation_behind_it_is_a_surname() -> None:
    names = ("Richard Hausser", "Hausser", "Johann Hausser II")
    rows = [row for i, name in enumerate(names) for row in release(name, i, 0, label="tiny")]
    assert one_artist(*names[:2], [row for row in rows if row["name"] != names[2]])
    assert not one_artist(*names[:2], rows)


def test_initials_that_fit_two_names_join_neither() -> None:
    for names in (
        ("Johann Christian Bach", "J.C. Bach", "Johann Christoph Bach"),
        ("John Robert Smithers", "John R. Smithers", "John Richard Smithers"),
        ("Paul F. Willoughby", "Paul Willoughby", "Paul J. Willoughby"),
    ):
        rows = [row for i, name in enumerate(names) for row in release(name, i, 0, label="tiny")]
        assert len(set(artist_keys(rows).values())) == 3
        assert one_artist(*names[:2], [row for row in rows if row["name"] != names[2]])


def test_a_tribute_band_shares_titles_and_style_and_is_another_artist() -> None:
    a, b = "Iron Maiden", "The Iron Maidens"
    theirs = [row | {"label": None} for row in (release(a, 1, 0)[0], release(b, 1, 0)[0])]
    assert one_artist(a, b, theirs)
    assert not one_artist(a, b, [theirs[0], theirs[1] | {"album_core": "tribute"}])


def test_a_name_printed_in_two_scripts_is_both() -> None:
    a, b = "아이유 (IU)", "IU"
    assert one_artist(a, b, [*release(a, 1, 0, label="tiny"), *release(b, 2, 0, label="other")])


def test_a_surname_merges_in_classical_music_unless_it_fits_two() -> None:
    classical = {"genre": "Classical", "style": "Baroque"}
    rows = [*release("Bach", 1, 0, **classical), *release("Johann Sebastian Bach", 2, 1, **classical)]
    rows += release("Wilhelm Friedemann Bach", 3, 2, **classical)
    rows += [*release("Vivaldi", 4, 3, **classical), *release("Antonio Vivaldi", 5, 4, **classical)]
    keys = artist_keys(rows, fit(traits([*CATALOGUE, *rows])))
    assert keys["vivaldi"] == keys["antonio vivaldi"]
    assert len({keys["bach"], keys["johann sebastian bach"], keys["wilhelm friedemann bach"]}) == 3


def test_a_surname_elsewhere_stays_apart() -> None:
    assert not one_artist("Police", "Moron Police", [*release("Police", 1, 0), *release("Moron Police", 2, 0)])


def test_names_credited_together_are_two_artists() -> None:
    a, b = "Anna Maria Lindholm-Sørensen", "Anne Maria Lindholm-Sørensen"
    apart = [*release(a, 1, 0, label="tiny"), *release(b, 2, 0, label="tiny")]
    duet = {**apart[0], "track_id": "duet", "co_names": [name_key(b)]}
    assert one_artist(a, b, apart)
    assert not one_artist(a, b, [*apart, duet])


@pytest.mark.parametrize("beside", [1, 8 * VALUES_KEPT])
def test_names_credited_together_once_are_two_artists_however_many_others_they_play_with(beside: int) -> None:
    a, b = "Anna Maria Lindholm-Sørensen", "Anne Maria Lindholm-Sørensen"
    players = [f"soloist {i}" for i in range(8 * VALUES_KEPT)]
    rows = []
    for name in (a, b):
        track = release(name, 1, 0, label="tiny")[0]
        fellows = [players[i : i + beside] for i in range(0, len(players), beside)]
        rows += [{**track, "track_id": f"{i:03}", "co_names": names} for i, names in enumerate(fellows)]
    duet = [
        {**row, "track_id": "z duet", "co_names": [*row["co_names"], name_key(other)]}
        for row, other in ((rows[0], b), (rows[-1], a))
    ]
    assert one_artist(a, b, rows)
    assert not one_artist(a, b, [*rows, *duet])


def test_an_initial_that_stands_for_two_joins_neither_though_its_name_is_the_longest() -> None:
    part, john, james = "J. Robert Smithson", "John R. Smithson", "James R. Smithson"
    rows = [row for i, name in enumerate((part, john, james)) for row in release(name, i, 0, label="tiny")]
    keys = artist_keys(rows)
    assert len(set(keys.values())) == 3
    assert one_artist(part, john, rows[:6])


def test_the_spelling_with_most_tracks_gives_the_key_and_every_merge_has_a_reason() -> None:
    rows = [*release("Soundgardens", 1, 0), *release("Sound Gardens", 2, 0), *release("Sound Gardens", 3, 0)]
    merged = merge([*CATALOGUE, *rows], model()).to_pylist()
    by_key = {row["name_key"]: row for row in merged}
    assert by_key["soundgardens"]["artist_key"] == by_key["sound gardens"]["artist_key"] == "sound gardens"
    why = by_key["soundgardens"]
    assert why["joined"] == "sound gardens"
    assert why["evidence"][0]["level"] == "spacing"
    assert sum(one["weight"] for one in why["evidence"]) == pytest.approx(why["odds"], abs=0.01)
    assert 0.9 < by_key["soundgardens"]["confidence"] < 1
    assert "artist number 1" not in by_key


def test_discogs_numbers_and_placeholders_stay_apart() -> None:
    rows = [*release("Solitaire (2)", 1, 0), *release("Solitaire", 1, 0), *release("Unknown Artist", 1, 0)]
    rows += release("Unknown Artists", 1, 0)
    keys = artist_keys(rows)
    assert len({keys[name_key(str(row["name"]))] for row in rows}) == 4


def test_the_summary_counts_tracks_and_keeps_the_usual_spelling() -> None:
    rows = [*release("ABBA", 1, 0), *release("Abba", 2, 0)[:1]]
    assert list_names(traits(rows)).to_pylist() == [{"name_key": "abba", "name": "ABBA", "n_tracks": 4}]


def test_a_profile_has_what_all_tracks_of_a_name_have_and_is_read_back_as_written() -> None:
    rows = [*release("ABBA", 1, 0, upc_code="1"), *release("Abba", 2, 1, vector=[0.6, 0.8]), *release("Cher", 3, 2)]
    profiles = profile_names(traits(rows))
    assert profiles.column("name_key").to_pylist() == ["abba", "cher"]
    assert profiles.column("n_tracks").to_pylist() == [6, 3]
    found = read_profiles(profiles.take([1, 0]))
    assert (found.years.codes.astype(int) - FIRST_YEAR).tolist() == [1990, 2000, 2011]
    assert found.values["country"].lists().to_pylist()[0] == sorted(codes(pa.array(["us", "poland"])).tolist())
    assert found.values["upc"].counts.tolist() == [1, 0]
    assert found.vectors[0] == pytest.approx([0.6, 0.8])
    assert found.heard.tolist() == [True, False]


@pytest.mark.parametrize("bad", ["", " ", "!!!", "\u200b"])
def test_a_name_without_letters_does_no_harm(bad: str) -> None:
    rows = [*release(bad, 1, 0), *release("Solitaire", 2, 0)]
    assert artist_keys(rows)["solitaire"] == "solitaire"


def test_members_of_a_group_that_stands_in_brackets_are_not_the_group() -> None:
    printed = ["BTS", "방탄소년단 (BTS)", "방탄소년단", "지민 (BTS)", "지민", "진 (BTS)", "RM (방탄소년단)"]
    keys = artist_keys([row for i, name in enumerate(printed) for row in release(name, i, 2, label="HYBE")])
    artists = [keys[name_key(name)] for name in printed]
    assert artists[1] == artists[2]
    assert artists[3] == artists[4]
    assert len(set(artists)) == 5  # BTS, the group by its whole name, and three members


def test_a_member_of_one_group_is_not_a_namesake_of_another() -> None:
    printed = ["지민 (BTS)", "지민 (AOA)", "지민"]
    keys = artist_keys([row for i, name in enumerate(printed) for row in release(name, i, 2)])
    assert len({keys[name_key(name)] for name in printed}) == 3


def test_one_act_in_two_scripts_is_one_artist() -> None:
    printed = ["IU", "아이유 (IU)", "IU (아이유)", "아이유"]
    keys = artist_keys([row for i, name in enumerate(printed) for row in release(name, i, 2, label="Kakao")])
    assert len({keys[name_key(name)] for name in printed}) == 1
