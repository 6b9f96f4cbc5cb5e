"""Several parts of a title, the year of a remaster behind a dash of its own, and formats that end an album's title."""

import pytest

from catalog.titles import parse_album, parse_title


@pytest.mark.parametrize(
    "title",
    [
        "Harbour, Pts. 1-2",
        "Harbour (Parts I & II)",
        "Harbour (Pt. 1 & 2)",
        "Harbour, Parts One and Two",
        "Harbour Pts. 1–2",
    ],
)
def test_parts_that_follow_one_another(title):
    assert parse_title(title)[:2] == ("harbour", ("part:1-2",))


@pytest.mark.parametrize(
    ("title", "core", "tags"),
    [
        ("Harbour (Parts 1, 2 & 3)", "harbour", ("part:1-3",)),
        ("Symphony No. 5 - 1. Allegro", "symphony allegro", ("movement:1", "number:5")),
        ("Harbour, Part 1 - 2 Hours", "harbour 2 hours", ("part:1",)),
        ("Sinfonia n. 5", "sinfonia", ("number:5",)),
        ("Harbour - 2011 - Remaster", "harbour", ("remaster",)),
        ("Harbour - 1984", "harbour 1984", ()),
        ("Harbour (Live Acoustic from Rome)", "harbour", ("live:rome",)),
    ],
)
def test_numbers_behind_numbers(title, core, tags):
    assert parse_title(title)[:2] == (core, tags)


def test_formats_end_an_album():
    assert parse_album("Harbour EP") == parse_album("Harbour - EP")
    assert parse_album("Harbour OST").core == "harbour"
    assert parse_album("The EP").core == "the ep"
