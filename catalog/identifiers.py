"""Identifiers that the industry gives out: ISRC (ISO 3901) for a recording, UPC/EAN (GS1) for a release.

Both are strong evidence but fallible: sources copy the release's code to every track, spreadsheets cut zeros and round
long numbers. A code is normalised only when its own syntax or check digit vouches for it, and refused otherwise.
"""

import re
from functools import lru_cache

from catalog.reading import Reading, is_missing
from catalog.text import clean

_ISRC = re.compile(r"(?:ISRC(?:CODE)?:?)?([A-Z]{2}[A-Z0-9]{3}[0-9]{7})")
_SEPARATORS = str.maketrans("", "", " -.\u2010\u2011\u2012\u2013\t\u00a0")
_GUARDS = "=\"' "
"""What keeps a spreadsheet from taking a code for a number: '036..., ="036..."."""

_LABEL = re.compile(r"(?:UPC|EAN|GTIN)(?:-?1[234])?[: ]\s*", re.IGNORECASE)
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def isrc(text: str | None) -> str | None:
    """Twelve characters without hyphens, or None where missing or refused."""
    return read_isrc(text).value


def upc(text: str | None) -> str | None:
    """Thirteen digits (EAN-13; a UPC-A gets a leading zero), or None where missing or refused."""
    return read_upc(text).value


@lru_cache(1 << 12)
def read_isrc(text: str | None) -> Reading[str]:
    """ISRC: country, registrant, year, designation; refused where the syntax is another."""
    if text is None or is_missing(text):
        return Reading(None)
    match = _ISRC.fullmatch(clean(text).strip(_GUARDS).upper().translate(_SEPARATORS))
    if match is None:
        return Reading(None, "an ISRC is two letters, three letters or digits and seven digits, such as USRC17607839")
    if match[1].endswith("0000000"):
        return Reading(None, "a placeholder with neither year nor number; leave it empty")
    return Reading(match[1])


@lru_cache(1 << 14)
def read_upc(text: str | None) -> Reading[str]:
    """UPC-A, EAN-8, EAN-13 or GTIN-14 as EAN-13, or 14 digits where it is a carton; refused where a digit is wrong."""
    if text is None or is_missing(text):
        return Reading(None)
    text = _LABEL.sub("", clean(text).strip(_GUARDS))
    if _ROUNDED.fullmatch(text):
        return Reading(None, "a spreadsheet has rounded it; format the column as text before saving")
    whole = _WHOLE_FLOAT.fullmatch(text)
    digits = (whole[1] if whole else text).translate(_SEPARATORS)
    if not (digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 14):
        return Reading(None, "a UPC or EAN is 8, 12, 13 or 14 digits")
    if not digits.strip("0"):
        return Reading(None, "a placeholder of zeros; leave it empty")
    if not check_digit_fits(digits):
        return Reading(None, "its last digit does not check the others; compare it with the release")
    return Reading(digits.lstrip("0").zfill(13))


def check_digit_fits(digits: str) -> bool:
    """Whether the last digit is GS1's modulo-10 check of the others, weighted 3 and 1 from the right."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighted % 10 == 0
