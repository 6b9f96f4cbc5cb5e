"""Release dates as precise as the source knows them, in ISO 8601: "1999", "1999-11", "1999-11-02".

An unknown part is written as zeros by some sources ("1999-04-00"); it is left out. A date whose day and month cannot
be told apart ("04/05/1999") keeps only what is certain, its year. Two digits are a year of the last hundred.
"""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from catalog.reading import Reading, is_missing
from catalog.text import fold

EARLIEST_YEAR = 1860
"""The first sound recordings."""

YEARS_AHEAD = 2
"""Releases are announced up to this many years before they come out."""

MEND = "write YYYY, YYYY-MM or YYYY-MM-DD"

MONTHS = {
    1: "jan januar january janvier enero ene gennaio gen janeiro",
    2: "feb februar february fevrier fev febrero febbraio fevereiro",
    3: "mar marz mrz march mars marzo marco maart",
    4: "apr april avril avr abril abr aprile",
    5: "may mai mayo maggio mag maio mei",
    6: "jun juni june juin junio giugno giu junho",
    7: "jul juli july juillet juil julio luglio lug julho",
    8: "aug august aout agosto ago augustus",
    9: "sep sept september septembre septiembre settembre set setembro",
    10: "oct okt october oktober octobre octubre ottobre ott outubro out",
    11: "nov november novembre noviembre novembro",
    12: "dec dez december dezember decembre diciembre dic dicembre dezembro",
}
_MONTH = {name: number for number, names in MONTHS.items() for name in names.split()}

_NO_DATE = re.compile(
    r"(?:0(?:\.0)?|0000-00-00|1900-01-00|1899-12-3[01]|(?:0?0/0?1|0?1/0?0|00\.01|0\.1)[/.]1900|30\.12\.1899|12/30/1899)"
    r"(?:[T ]0?0:00.*)?"
)
"""What tables hold where no date was entered; "00" is the year 2000. Spreadsheets begin with 1/0/1900 or 12/30/1899."""

_YEAR_ONLY = re.compile(r"['’`‘]?\s*(\d\s?\d\s?\d\s?\d|\d\s?\d?)(?:\.0?)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})(?:[-/. ](\d{1,2}))?(?:[T ]\d{2}:\d{2}.*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|(?<=[/.])(?:[4-9]\d|3[2-9]|00))(?: \d{1,2}:\d{2}.*)?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_HAN = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NAMED_MONTH = re.compile(
    r"(?:(?P<day>\d{1,2})(?: ?st| ?nd| ?rd| ?th)? (?:de |of )?)?(?P<month>[a-z]{3,10}) (?:de |of )?"
    r"(?:(?P<late_day>\d{1,2})(?: ?st| ?nd| ?rd| ?th)? )?(?P<year>\d{4}|\d{2})"
)


class PartialDate(NamedTuple):
    """ISO 8601 text as precise as known, and its year."""

    text: str
    year: int


def parse_date(release_date: str | None, year: str | None = None, *, today: date | None = None) -> PartialDate | None:
    """The release date, else the year; None where neither can be read."""
    return read_date(release_date, today=today).value or read_date(year, today=today).value


@lru_cache(1 << 14)
def read_date(text: str | None, *, today: date | None = None) -> Reading[PartialDate]:
    """A date in any printed form; refused where unreadable or impossible. Two digits are read relative to `today`."""
    if text is None or is_missing(text) or _NO_DATE.fullmatch(text.strip()):
        return Reading(None)
    latest = (today or date.today()).year + YEARS_AHEAD
    parts = _year_parts(text.strip()) or _named_month_parts(fold(text))
    if parts is None:
        return Reading(None, MEND)
    year, month, day = parts
    return _checked(_full_year(year, latest), int(month or 0), int(day or 0), latest)


def _year_parts(text: str) -> tuple[str, str | None, str | None] | None:
    """Year, month, day as printed in digits."""
    if match := _YEAR_ONLY.fullmatch(text):
        return "".join(match[1].split()), None, None
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text) or _HAN.fullmatch("".join(text.split())):
        return match[1], match[2], match[3]
    if match := _YEAR_LAST.fullmatch(text):
        return match[3], *_month_and_day(match[1], match[2], dotted=text[match.end(1)] == ".")
    if match := _MONTH_YEAR.fullmatch(text):
        return match[2], match[1], None
    return None


def _month_and_day(first: str, second: str, *, dotted: bool) -> tuple[str | None, str | None]:
    """Which of two numbers is the month; unknown where both could be. With dots the day stands first (DIN 1355)."""
    if dotted or int(first) > 12 or first == second:
        return second, first
    return (first, second) if int(second) > 12 else (None, None)


def _named_month_parts(folded: str) -> tuple[str, str | None, str | None] | None:
    """Year, month, day of "September 16 , 2014", "31-Mar-15", "Nov 1999"."""
    match = _NAMED_MONTH.fullmatch(folded)
    if match is None or match["month"] not in _MONTH:
        return None
    return match["year"], str(_MONTH[match["month"]]), match["day"] or match["late_day"]


def _full_year(year: str, latest: int) -> int:
    """Four digits of a year; one or two digits are the latest such year that is not beyond `latest`."""
    if len(year) == 4:
        return int(year)
    return latest - (latest - int(year)) % 100


def _checked(year: int, month: int, day: int, latest: int) -> Reading[PartialDate]:
    if not EARLIEST_YEAR <= year <= latest:
        return Reading(None, f"no recording was released in {year}; {MEND}")
    if not month:
        return Reading(PartialDate(f"{year:04d}", year))
    try:
        date(year, month, day or 1)
    except ValueError as error:
        return Reading(None, f"{error}; {MEND}")
    return Reading(PartialDate(f"{year:04d}-{month:02d}" + (f"-{day:02d}" if day else ""), year))
