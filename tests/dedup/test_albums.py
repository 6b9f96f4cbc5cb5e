"""What albums say of their tracks, and when it counts."""

import pyarrow as pa
import pytest

from catalog.titles import parse_album
from dedup import explain
from dedup.albums import applied, telling_tags

ALBUMS = [
    ("Rain (Instrumentals)", "album instrumental"),
    ("Rain Instrumentals", "album instrumental"),
    ("Rain (Sped Up)", "album sped-up"),
    ("Rain (Karaoke)", "album karaoke"),
    ("Rain (Live in Paris)", "album live:paris"),
    ("Live in Paris", "called live:paris"),
    ("Live in Paris (Deluxe Edition)", "called live:paris"),
    ("Rain (Deluxe Edition + Instrumentals)", ""),
    ("Rain (Remixes)", ""),
    ("Rain (Remastered)", ""),
    ("Live Through This", ""),
    ("", ""),
]
PARIS, BERLIN, PLAIN = ("called live:paris",), ("called live:berlin",), ()
APPLIED = [
    (PARIS, PARIS, (), ()),
    (PARIS, ("live", *PARIS), ("live:paris",), ("live", "live:paris")),
    (PARIS, BERLIN, ("live:paris",), ("live:berlin",)),
    (PARIS, PLAIN, (), ()),
    (PARIS, ("live",), ("live:paris",), ("live",)),
    (PARIS, ("live:lyon",), ("live",), ("live:lyon",)),
    (("album instrumental",), ("remaster",), ("instrumental",), ("remaster",)),
]


@pytest.mark.parametrize(("album", "said"), ALBUMS)
def test_what_an_album_says(album: str, said: str) -> None:
    parsed = parse_album(album)
    tags = telling_tags(
        pa.array([parsed.core or None], pa.string()), pa.array([parsed.versions], pa.list_(pa.string()))
    )
    assert tags.to_pylist() == [said]


@pytest.mark.parametrize(("a", "b", "ours", "theirs"), APPLIED)
def test_when_an_albums_words_count(
    a: tuple[str, ...], b: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    assert applied(a, b) == (ours, theirs)
    assert applied(b, a) == (theirs, ours)


SEEN = [
    ("live:paris", "called live:paris", "live:paris"),
    ("", "called live:paris", "album live:paris"),
    ("remix:bo", "album instrumental\ncalled live:rome", "remix:bo, album instrumental, album live:rome"),
    ("", "", ""),
]


@pytest.mark.parametrize(("title", "album", "seen"), SEEN)
def test_people_see_what_an_album_adds_to_a_title(title: str, album: str, seen: str) -> None:
    columns = {"versions_a": title, "album_tags_a": album}
    pairs = pa.table({name: pa.array([text], pa.large_string()) for name, text in columns.items()})
    assert explain._shown("version", pairs, "a").to_pylist() == [seen]
