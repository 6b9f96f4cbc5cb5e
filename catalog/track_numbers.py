"""Track numbers: which medium or side, and which place on it.

"7" and "007" have no medium; "A1", "B", "CD6-3", "2-05" and "LP1-A2" do. A side that is printed alone ("B") holds one
track. The total of "3/12" is dropped, and so is the letter of a part of a track ("3a").
"""

import re
from functools import lru_cache
from typing import NamedTuple

from catalog.reading import Reading, is_missing

MEND = "write 7, A1, 2-05 or CD6-3"

_PLAIN = re.compile(r"(?:TRACK|NR|NO|#)?\.?0*(\d{1,3})(?:/\d{1,3}|OF\d{1,3}|\.0)?[.)]?")
_PART = re.compile(r"(\d{1,3})[A-Z](?:\([A-Z]\))?|(\d{1,3})\([A-Z]\)")
_SIDE = re.compile(r"0*([A-Z]{1,2})[-. ]?0*(\d{1,3})?(?:[A-Z]|\([A-Z]\)|\.\d{1,2})?")
_MEDIUM = re.compile(
    r"((?:CD|DVD|LP|MC|EP|BD|BR|SACD|VINYL|DISC|DISK|FILE|MP)?\d{0,2})[-.:](?:0*(\d{1,3})[A-Z]?(?:\.\d{1,2})?)"
)
_MEDIUM_SIDE = re.compile(r"((?:CD|LP|MC|VINYL)?\d{1,2}-?[A-Z])0*(\d{1,3})[A-Z]?")
_ROMAN = re.compile(r"(?=[IVX]{2,})(X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUE = {"I": 1, "V": 5, "X": 10}


class TrackNumber(NamedTuple):
    """`medium`: side or disc as printed, upper-case, None where there is none; `position`: place on it, from 1."""

    medium: str | None
    position: int


def parse_track_number(text: str | None) -> TrackNumber | None:
    """Medium and position, or None where missing or refused."""
    return read_track_number(text).value


@lru_cache(1 << 12)
def read_track_number(text: str | None) -> Reading[TrackNumber]:
    """Medium and position of a printed track number; refused where it is none."""
    if text is None or is_missing(text):
        return Reading(None)
    number = _place("".join(text.split()).upper())
    if number is None:
        return Reading(None, MEND)
    return Reading(number if number.position else None)  # 0 is what tags hold where no number was entered


def _place(compact: str) -> TrackNumber | None:
    if match := _PLAIN.fullmatch(compact) or _PART.fullmatch(compact):
        return TrackNumber(None, int(next(group for group in match.groups() if group)))
    if _ROMAN.fullmatch(compact):
        return TrackNumber(None, roman(compact))
    if match := _SIDE.fullmatch(compact):
        return TrackNumber(match[1], int(match[2] or 1))
    if match := _MEDIUM.fullmatch(compact) or _MEDIUM_SIDE.fullmatch(compact):
        return TrackNumber(match[1].lstrip("0") or None, int(match[2]))
    return None


def roman(numeral: str) -> int:
    """Value of an upper-case roman numeral of I, V and X."""
    values = [_ROMAN_VALUE[letter] for letter in numeral]
    return sum(
        value if value >= following else -value for value, following in zip(values, [*values[1:], 0], strict=True)
    )
