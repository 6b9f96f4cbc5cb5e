import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.dates import parse_date, read_date

TODAY = datetime.date(2025, 6, 1)

READ = [
    ("1999", "1999"),
    ("1999.0", "1999"),
    ("200 7", "2007"),
    ("'05", "2005"),
    ("’84", "1984"),
    ("' 84", "1984"),
    ("99", "1999"),
    ("01", "2001"),
    ("6", "2006"),
    ("0 5", "2005"),
    ("28", "1928"),
    ("27", "2027"),  # announced
    ("1999-11-02", "1999-11-02"),
    ("1999-04-00", "1999-04"),
    ("1999-00-00", "1999"),
    ("1999/4", "1999-04"),
    ("19991102", "1999-11-02"),
    ("2014-09-16T00:00:00Z", "2014-09-16"),
    ("September 16 , 2014", "2014-09-16"),
    ("16 September 2014", "2014-09-16"),
    ("31-Mar-15", "2015-03-31"),
    ("Nov 1999", "1999-11"),
    ("11th of May 2001", "2001-05-11"),
    ("16 de septiembre de 2014", "2014-09-16"),
    ("2.5.1999", "1999-05-02"),
    ("13/05/1999", "1999-05-13"),
    ("05/13/1999", "1999-05-13"),
    ("04/05/1999", "1999"),  # April or May
    ("04/05/99", "1999"),
    ("31.12.99", "1999-12-31"),
    ("25/12/1999 00:00:00", "1999-12-25"),
    ("2.5.1999 12:00:00 AM", "1999-05-02"),
    ("02/1999", "1999-02"),
    ("1999年11月2日", "1999-11-02"),
    ("1999年", "1999"),
]
REFUSED = [
    "1999-13-01",
    "2001-02-30",
    "1066",
    "2995",
    "0000",
    "Ger.",
    "Bach Cantatas",
    "02:24",
    "29190",
    "12/11/02",
    "12-11-99",
]


@pytest.mark.parametrize(("text", "iso"), READ)
def test_readable(text, iso):
    parsed = read_date(text, today=TODAY).value
    assert parsed == (iso, int(iso[:4]))


@pytest.mark.parametrize("text", REFUSED)
def test_impossible_or_unreadable(text):
    value, refused = read_date(text, today=TODAY)
    assert value is None
    assert "YYYY" in refused


@pytest.mark.parametrize("text", [None, "", "unk.", "null", "-", "\\N", "0000-00-00", "1/0/1900", "12/30/1899"])
def test_unknown(text):
    assert read_date(text) == (None, "")


def test_the_date_wins_over_the_year_and_the_year_over_nothing():
    assert parse_date("1999-11-02", "2004") == ("1999-11-02", 1999)
    assert parse_date("", "2004") == ("2004", 2004)
    assert parse_date(None, None) is None


@given(st.text())
def test_never_raises(text):
    read_date(text)


@given(st.dates(datetime.date(1860, 1, 1), TODAY))
def test_every_day_of_the_calendar_in_several_spellings(day):
    for spelling in ("%Y-%m-%d", "%B %d, %Y", "%d %b %Y", "%d.%m.%Y", "%Y%m%d"):
        assert read_date(day.strftime(spelling), today=TODAY).value == (day.isoformat(), day.year)


@pytest.mark.parametrize("text", ["0", "0.0", " 0 "])
def test_zero_is_no_year(text):
    assert read_date(text, today=TODAY) == (None, "")
