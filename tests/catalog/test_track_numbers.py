import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.track_numbers import parse_track_number, read_track_number, roman

READ = [
    ("7", (None, 7)),
    ("007", (None, 7)),
    ("7.0", (None, 7)),
    ("3/12", (None, 3)),
    ("3 of 12", (None, 3)),
    ("Track 7", (None, 7)),
    ("11b", (None, 11)),
    ("A1", ("A", 1)),
    ("0A1", ("A", 1)),
    ("AA2", ("AA", 2)),
    ("B", ("B", 1)),
    ("b", ("B", 1)),
    ("B6 (b)", ("B", 6)),
    ("A.8", ("A", 8)),
    ("CD6-3", ("CD6", 3)),
    ("CD-6", ("CD", 6)),
    ("2-05", ("2", 5)),
    ("2-11b", ("2", 11)),
    ("1-1.14", ("1", 1)),
    ("LP1-A2", ("LP1-A", 2)),
    ("III", (None, 3)),
]


@pytest.mark.parametrize(("text", "number"), READ)
def test_readable(text, number):
    assert parse_track_number(text) == number


@pytest.mark.parametrize("text", ["WoM1234567", "CD3-Video", "123000", "Just Stay", "99&"])
def test_refused(text):
    value, refused = read_track_number(text)
    assert value is None
    assert "A1" in refused


@pytest.mark.parametrize("text", [None, "", "unk.", "0", "00"])
def test_unknown(text):
    assert read_track_number(text) == (None, "")


def test_roman_numerals_up_to_39():
    tens, ones = ("", "X", "XX", "XXX"), ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    numerals = [ten + one for ten in tens for one in ones]
    assert [roman(numeral) for numeral in numerals[1:]] == list(range(1, 40))


@given(st.text())
def test_never_raises(text):
    read_track_number(text)
