"""Titles that name nothing, and what two tracks without a title have in common."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dedup.compare import compare
from dedup.fields import FIELD_NAMES, FIELDS, MISSING
from dedup.nameless import COUNTEREXAMPLES, EXAMPLES, nameless
from tests.dedup.record_examples import pair


def title_level(a: dict[str, Any], b: dict[str, Any]) -> str | None:
    number = FIELD_NAMES.index("title")
    level = compare(pair(a, b))[0, number]
    return None if level == MISSING else FIELDS[number].levels[level].name


def test_what_rippers_write_names_nothing() -> None:
    assert nameless(pa.array(EXAMPLES), np.ones(len(EXAMPLES), bool)).all()


def test_titles_that_look_alike_name_a_track() -> None:
    found = nameless(pa.array(COUNTEREXAMPLES), np.zeros(len(COUNTEREXAMPLES), bool))
    assert not found.any(), np.array(COUNTEREXAMPLES)[found]


def test_unknown_is_a_title_where_somebody_sings_it() -> None:
    titles = pa.array(["unknown", "weizhi"])
    assert nameless(titles, np.array([False, False])).all()
    assert not nameless(titles, np.array([True, True])).any()


@pytest.mark.parametrize("title", ["track 05", "untitled", "titel 5", "unknown"])
def test_untagged_discs_do_not_agree_on_their_titles(title: str) -> None:
    assert title_level({"title_core": title, "position": 5}, {"title_core": title, "position": 5}) is None


def test_a_ripper_s_title_does_not_contradict_the_real_one() -> None:
    real = {"title_core": "slow harbour", "artist_core": "olive quartet"}
    assert title_level({"title_core": "track 05", "artist_core": "olive quartet"}, real) is None


def test_a_ripper_s_title_does_not_say_that_the_take_is_the_plain_one() -> None:
    number = FIELD_NAMES.index("version")
    live = {"title_core": "slow harbour", "artist_core": "olive quartet", "versions": ("live",)}
    ripped = {"title_core": "track 05", "artist_core": "olive quartet"}
    assert compare(pair(live, ripped))[0, number] == compare(pair(ripped, live))[0, number] == MISSING
    assert compare(pair(live, ripped | {"title_core": "slow harbor"}))[0, number] != MISSING


def test_two_numbers_are_two_tracks_all_the_same() -> None:
    assert title_level({"title_core": "track 05"}, {"title_core": "track 06"}) == "other number"


def test_other_titles_are_compared_as_before() -> None:
    sung = {"title_core": "unknown", "artist_core": "lyn paul"}
    assert title_level(sung, sung) == "exact"
    assert title_level({"title_core": "song 2"}, {"title_core": "song 2"}) == "exact"
