"""Decisions: the budget of wrong merges, vetoes, and what audio alone may not do."""

import numpy as np
import pytest

from dedup.decide import Policy, decide, policy, relate
from dedup.fields import FIELD_NAMES, FIELDS, level_of
from dedup.weights import probability


def pair(**named: str) -> np.ndarray:
    """Levels of one pair from level names; the rest is missing."""
    found = np.full((1, len(FIELDS)), -1, np.int8)
    for field, level in named.items():
        found[0, FIELD_NAMES.index(field)] = level_of(field, level)
    return found


@pytest.mark.parametrize("rate", [1e-4, 1e-3, 1e-2, 0.1])
def test_expected_wrong_merges_stay_within_the_budget(rate: float) -> None:
    rng = np.random.default_rng(4)
    bits, counts = rng.normal(0, 8, 500), rng.integers(1, 50, 500).astype(float)
    chosen = policy(bits, counts, false_merge_rate=rate)
    merged = bits >= chosen.merge
    assert (counts * (1 - probability(bits)))[merged].sum() / counts[merged].sum() <= rate
    lower = bits[(bits < chosen.merge) & (bits > np.log2(9))]
    if len(lower):  # one pattern more would overspend
        wider = bits >= lower.max()
        assert (counts * (1 - probability(bits)))[wider].sum() / counts[wider].sum() > rate


def test_nothing_merges_where_nothing_is_sure() -> None:
    assert policy(np.array([-3.0, 0.5]), np.array([10.0, 10.0]), false_merge_rate=1e-3).merge == float("inf")


def test_a_strong_pair_merges_a_middling_one_is_reviewed() -> None:
    good = pair(title="exact", artist="exact", version="both plain")
    levels = np.vstack([good, good, good])
    assert decide(np.array([20.0, 3.0, -4.0]), levels, Policy(merge=8.0)).tolist() == ["merge", "review", "distinct"]


def test_versions_that_exclude_each_other_never_merge() -> None:
    levels = pair(title="exact", artist="exact", version="conflict")
    assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == ["review"]


def test_other_sound_never_merges_though_names_agree() -> None:
    levels = pair(title="exact", artist="exact", version="both plain", audio="other sound")
    assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == ["review"]


def test_names_alone_never_merge_what_does_not_sound_the_same() -> None:
    for level in ("similar sound", "same sound in part"):
        levels = pair(title="exact", artist="exact", version="both plain", audio=level)
        assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == ["review"]


def test_a_version_word_that_one_side_omits_is_overruled_by_the_same_sound() -> None:
    levels = pair(title="exact", artist="exact", version="plain against version", audio="same sound")
    assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == ["merge"]
    levels = pair(title="exact", artist="exact", version="plain against version")
    assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == ["review"]


def test_sound_alone_never_merges() -> None:
    levels = pair(title="different", artist="different", version="both plain", audio="same sound")
    assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == ["review"]


def test_relations() -> None:
    live = pair(title="exact", artist="exact", version="one plain, one version")
    cover = pair(title="exact", artist="different", version="both plain")
    other = pair(title="different", artist="exact", version="both plain")
    same = pair(title="exact", artist="exact", version="both plain")
    levels = np.vstack([live, cover, other, same])
    decisions = np.array(["distinct", "distinct", "distinct", "merge"])
    assert relate(levels, decisions).tolist() == ["version", "cover", "different", "same recording"]


def test_a_cover_stays_one_however_much_it_weighs() -> None:
    cover = pair(title="exact", artist="different", version="both plain", album="different")
    alias = pair(title="exact", artist="different", version="both plain", album="exact")
    decisions = decide(np.array([20.0, 3.0]), np.vstack([cover, cover]), Policy(merge=8.0))
    assert relate(np.vstack([cover, cover]), decisions).tolist() == ["cover", "cover"]
    assert relate(alias, np.array(["review"])).tolist() == ["same recording"]


CONTRADICTING = ["other number", "other word", "different"]


def test_other_players_of_one_composer_are_reviewed_whatever_the_album_is_called() -> None:
    levels = pair(title="exact", artist="other players", version="both plain", album="exact")
    assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == ["review"]
    assert relate(levels, np.array(["review"])).tolist() == ["cover"]
    heard = pair(title="exact", artist="other players", version="both plain", album="exact", audio="same sound")
    assert decide(np.array([40.0]), heard, Policy(merge=8.0)).tolist() == ["merge"]


ALIKE = {"artist": "exact", "album": "exact", "version": "both plain", "duration": "within 0.6 s"}


@pytest.mark.parametrize("title", CONTRADICTING)
def test_contradicting_titles_go_to_review_however_alike_the_rest_is(title: str) -> None:
    for more in ({}, {"position": "other"}, {"position": "same", "album": "different"}):
        levels = pair(title=title, **(ALIKE | more))
        assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == ["review"]


@pytest.mark.parametrize("title", CONTRADICTING)
def test_the_place_on_the_album_or_the_sound_shows_that_a_title_is_a_slip(title: str) -> None:
    for more in ({"position": "same"}, {"audio": "same sound"}):
        levels = pair(title=title, **(ALIKE | more))
        assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == ["merge"]


def test_an_isrc_tells_translated_titles_and_not_the_songs_of_an_album_under_one_code() -> None:
    for title, duration, decision in (
        ("different", "within 3 s", "merge"),
        ("different", "apart", "review"),
        ("other number", "within 3 s", "review"),
    ):
        levels = pair(title=title, isrc="same", **(ALIKE | {"duration": duration}))
        assert decide(np.array([40.0]), levels, Policy(merge=8.0)).tolist() == [decision]


def test_a_version_that_one_side_names_lasts_as_long_as_the_other() -> None:
    cut = {"title": "exact", "artist": "exact", "album": "exact", "version": "one plain, one version"}
    for more, decision in (
        ({"duration": "apart"}, "review"),
        ({"duration": "within 15 s"}, "merge"),
        ({}, "merge"),
        ({"duration": "apart", "isrc": "same"}, "merge"),
        ({"duration": "apart", "version": "both plain"}, "merge"),
    ):
        assert decide(np.array([40.0]), pair(**cut | more), Policy(merge=8.0)).tolist() == [decision]


def test_two_places_on_one_release_are_two_tracks_unless_they_sound_the_same() -> None:
    apart = {"title": "exact", **ALIKE, "position": "other, on one release"}
    for more, decision in (({}, "review"), ({"audio": "same sound"}, "merge")):
        assert decide(np.array([40.0]), pair(**apart, **more), Policy(merge=8.0)).tolist() == [decision]
