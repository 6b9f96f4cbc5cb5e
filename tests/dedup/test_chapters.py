"""Audio books and plays: chapters are told by their numbers, whatever shops print of the book."""

import numpy as np
import pyarrow as pa
import pytest

from catalog.titles import parse_title
from dedup.chapters import MANY, chapter_titles, same_titles
from dedup.compare import compare
from dedup.fields import FIELD_NAMES, FIELDS
from dedup.releases import places
from tests.dedup.record_examples import pair

PRINTED = [
    ("Kapitel 12", "nordwind", "nordwind"),
    ("Act I, Scene 3", "der kleine rabe", "der kleine rabe"),
    ("Op. 27 No. 2", "moonlight", "moonlight"),
    ("Kapitel 12", "", "book 12"),
    ("Nordwind, Kapitel 12", "nordwind", "nordwind"),
    ("Kapitel 12: Der Sturm", "nordwind", "der sturm"),
    ("Part Time", "nordwind", "part time"),
    ("", "nordwind", ""),
]


@pytest.mark.parametrize(("printed", "album", "title"), PRINTED)
def test_a_title_of_nothing_but_numbers_is_the_albums(printed: str, album: str, title: str) -> None:
    core = parse_title(printed).core
    told = chapter_titles(pa.array([core, "other"], pa.large_string()), pa.array([album, album], pa.large_string()))
    assert told.to_pylist() == [title, "other"]


def test_places_of_one_title_are_counted_numbers_apart() -> None:
    title = pa.array(["nordwind"] * 6 + ["song"] * 4, pa.large_string())
    versions = ["book:1", "book:2", "part:1\nbook:3", "", "live", "", "", "remix:x", "dub", ""]
    release = np.array([5] * 5 + [0] + [6] * 4, np.uint64)
    position = np.array([1, 2, 3, 4, 5, 6, 1, 2, 3, 1], np.int32)
    found = same_titles(release, title, pa.array(versions, pa.large_string()), places(pa.array([""] * 10), position))
    assert found.tolist() == [4, 4, 4, 4, 1, 0, 1, 1, 1, 1]


CHAPTERS = [
    ({"position": 9}, {"position": 8, "versions": ["part:8"]}, "other number"),
    ({"position": 8}, {"position": 8, "versions": ["part:8"]}, "exact"),
    ({"position": 3, "versions": ["part:8"]}, {"position": 8, "versions": ["part:8"]}, "exact"),
    ({}, {"position": 8, "versions": ["part:8"]}, "exact"),
]


@pytest.mark.parametrize(("one", "other", "level"), CHAPTERS)
def test_the_place_is_the_chapter_where_an_album_has_one_title(one: dict, other: dict, level: str) -> None:
    told = {"title_core": "nordwind", "artist_core": "mara stern", "album_core": "nordwind"}
    for many, expected in ((MANY, level), (MANY - 1, "exact")):
        pairs = pair(told | one, told | other)
        for side, count in (("a", many), ("b", 1)):
            pairs = pairs.append_column(f"same_titles_{side}", pa.array([count], pa.int32()))
        found = compare(pairs)[0, FIELD_NAMES.index("title")]
        assert FIELDS[FIELD_NAMES.index("title")].levels[found].name == expected
