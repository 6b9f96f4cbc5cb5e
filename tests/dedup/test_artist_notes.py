"""Notes that tell namesakes apart."""

import json
from typing import Any

import pytest

from dedup.artist_notes import Facts, facts, note

HOUSE = Facts("US", "house", "Strictly Rhythm", (1998, 2003))
METAL = Facts("Poland", "heavy metal", "Metal Mind", (1988, 1988))


def track(**values: Any) -> dict[str, Any]:
    style = values.pop("style", None)
    extra = json.dumps({"style": style}) if style else None
    return {"track_id": "t", "label": None, "country": None, "genre": None, "extra": extra, **values}


def test_a_note_names_what_differs_from_namesakes() -> None:
    assert note(HOUSE, [METAL]) == "US house, 1998-2003, Strictly Rhythm"
    assert note(METAL, [HOUSE]) == "Poland heavy metal, 1988, Metal Mind"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Facts("US", "techno", "Strictly Rhythm", (1998, 2003)), "house"),
        (Facts("US", "house", "Nu Groove", (1990, 1992)), "1998-2003, Strictly Rhythm"),
        (Facts("US", "house", "Strictly Rhythm", (1998, 2003)), "US house, 1998-2003, Strictly Rhythm"),
        (Facts("", "", "", None), "US house, 1998-2003, Strictly Rhythm"),
    ],
)
def test_what_all_namesakes_share_is_left_out_unless_nothing_is_left(other: Facts, expected: str) -> None:
    assert note(HOUSE, [other]) == expected


def test_a_trait_that_tells_one_of_two_namesakes_stays() -> None:
    assert note(HOUSE, [METAL, Facts("US", "house", "Strictly Rhythm", (1970, 1971))]) == note(HOUSE, [METAL])


def test_facts_are_what_a_third_of_the_known_tracks_have() -> None:
    rows = [track(label="Big", country="US", style="Deep House; House") for _ in range(4)]
    rows += [track(label=f"Small {i}", country="UK & Ireland", style="House") for i in range(3)]
    assert facts(rows, (1999, 2001)) == Facts("US", "house", "Big", (1999, 2001))
    scattered = [track(label=f"Label {i}") for i in range(4)]
    assert facts(scattered, None) == Facts("", "", "", None)


@pytest.mark.parametrize(
    ("given", "label", "style"),
    [
        ({"label": "Virgin (2)", "genre": "Hip Hop"}, "Virgin", "hip hop"),
        ({"label": "Not On Label (Bo Self-released)", "genre": "MPB"}, "", "MPB"),
        ({"label": "[no label]", "genre": "J-pop, Ballad"}, "", "ballad"),
        ({"label": "Nonesuch", "style": "RnB/Swing"}, "Nonesuch", "RnB/Swing"),
        ({"label": "Nonesuch", "style": ["Deep House", "Techno"]}, "Nonesuch", "deep house"),
    ],
)
def test_labels_and_styles_as_people_write_them(given: dict[str, Any], label: str, style: str) -> None:
    found = facts([track(**given)], None)
    assert (found.label, found.style) == (label, style)


def test_nothing_known_is_an_empty_note() -> None:
    assert note(facts([], None), []) == note(facts([track()], None), [HOUSE]) == ""
