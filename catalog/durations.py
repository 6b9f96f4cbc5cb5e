"""Durations in every form that sources print, as seconds.

A clock ("4:04", "1:02:03", ISO 8601 "PT3M5.5S", "4'33''", "1m 58sec") carries its units. A bare number does not:
"4.367", "276" and "321266" are minutes, seconds and milliseconds. Which one a source means is counted over all its
rows (`catalog.profile`); a single value that no track could last in that unit is read in the unit that fits. A
spreadsheet takes m:ss for h:mm and hands 3:10 on as "03:10:00"; others print 3:45 as "3.45" (or "3,45"). Both are told
by the whole source: of minutes with two decimals, two in five have decimals from 60 on.
"""

import re
from functools import lru_cache

from catalog.reading import Reading, is_missing
from catalog.text import CACHED_TEXTS

SECONDS_PER = {"min": 60.0, "s": 1.0, "ms": 0.001}
"""The units a bare number may have."""

USUAL_S = (20.0, 1500.0)
"""What a track usually lasts, seconds; counted over a source, it tells the unit of its bare numbers."""

POSSIBLE_S = (0.5, 6 * 3600.0)
"""What a track can last, seconds; outside it a bare number was meant in another unit."""

SHORTEST_S, LONGEST_S = 0.05, 48 * 3600.0
"""Beyond these a duration is refused."""

MEND = "write seconds (187), m:ss (3:07) or ISO 8601 (PT3M7S)"

_CONFUSED = str.maketrans("OoIl|", "00111")
_CONFUSED_NUMBER = re.compile(r"(?=.*\d)[\dOoIl|:.]+")
_BARE = re.compile(r"\d{1,9}(?:\.\d{0,20})?")  # a binary fraction is printed with up to 17 digits
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d(?:\.\d+)?)")
_LONG_CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d):00(?:\.0+)?")
_POINTED = re.compile(r"(\d{1,2})(?:\.(\d{1,2}))?")
_UNITS = re.compile(
    r"(?:(\d+)h(?:ours?|rs?|r)?[-,.]?)?"
    r"(?:(\d+(?:\.\d+)?)(?:m|mins?|minutes?|minuten|minutos?|min|[`'])(?![a-z])[-,.]?)?"
    r"(?:(\d+(?:\.\d+)?)(?:s|secs?|seconds?|sek|seg|sekunden|segundos?|\"|''|``)\.?)?"
    r"(?:(\d+(?:\.\d+)?)(?:ms|msecs?|milliseconds?))?"
)
_UNIT_END = re.compile(r"(?<=[a-z])\.")
_ISO = re.compile(r"pt(?:(\d+)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")
_QUOTES = str.maketrans("′’‘″“”", "'''\"\"\"")


def parse_duration(text: str | None, unit: str = "s") -> float | None:
    """Seconds, or None where unknown or unreadable; `unit` (`s`, `ms`, `min`) applies to bare numbers only."""
    return read_duration(text, unit).value


@lru_cache(CACHED_TEXTS)
def read_duration(text: str | None, unit: str = "s", *, shifted: bool = False, pointed: bool = False) -> Reading[float]:
    """Seconds, more than 0; a duration of nothing ("00:00", "0") is unknown, not refused.

    `shifted`: the source's h:mm:00 is m:ss. `pointed`: its m.ss is m:ss, also "3.5", of which a spreadsheet cut the 0.
    """
    if text is None or is_missing(text):
        return Reading(None)
    compact = _compact(text)
    if shifted and (match := _LONG_CLOCK.fullmatch(compact)):
        seconds: float | None = int(match[1]) * 60 + int(match[2])
    elif pointed and (match := _POINTED.fullmatch(compact)) and (match[2] or "0").ljust(2, "0") < "60":
        seconds = int(match[1]) * 60 + int((match[2] or "0").ljust(2, "0"))
    else:
        seconds = _bare(compact, unit) if _BARE.fullmatch(compact) else _spelled(compact)
    if seconds is None or 0 < seconds < SHORTEST_S or seconds > LONGEST_S:
        return Reading(None, MEND)
    return Reading(seconds if seconds > 0 else None)


def bare_number(text: str) -> float | None:
    """The number where the text is one without a unit ("276", "4.367", "2 76"), else None."""
    compact = _compact(text)
    return float(compact) if _BARE.fullmatch(compact) else None


def decimals(text: str) -> int | None:
    """The hundredths of a bare number that has two decimals ("3.45", "3,45"), else None."""
    match = _POINTED.fullmatch(_compact(text))
    return int(match[2]) if match and match[2] and len(match[2]) == 2 else None


def long_clock(text: str) -> tuple[int, int] | None:
    """Hours and minutes where the text is a clock without seconds, "03:10:00", else None."""
    match = _LONG_CLOCK.fullmatch(_compact(text))
    return (int(match[1]), int(match[2])) if match else None


def has_hours(text: str) -> bool:
    """Whether the text is a clock of three parts."""
    match = _CLOCK.fullmatch(_compact(text))
    return bool(match and match[1])


def is_usual(number: float, unit: str) -> bool:
    """Whether a bare number is what a track usually lasts, were it in this unit."""
    return USUAL_S[0] <= number * SECONDS_PER[unit] <= USUAL_S[1]


def _compact(text: str) -> str:
    """No spaces, lower-case, one kind of quote and decimal point; letters drawn for digits ("O3:22") become digits."""
    compact = "".join(text.split()).translate(_QUOTES)
    if _CONFUSED_NUMBER.fullmatch(compact):
        compact = compact.translate(_CONFUSED)
    return compact.lower().replace(",", ".") if compact.count(",") == 1 else compact.lower()


def _bare(compact: str, unit: str) -> float:
    """Seconds of a bare number in the source's unit, or in the only unit that it makes sense in."""
    number = float(compact)
    seconds = number * SECONDS_PER[unit]
    if number == 0 or POSSIBLE_S[0] <= seconds <= POSSIBLE_S[1]:
        return round(seconds, 6)
    others = ("s", "ms") if number.is_integer() else ("min", "s")
    usual = [number * SECONDS_PER[other] for other in others if is_usual(number, other)]
    return round(usual[0] if usual else seconds, 6)


def _spelled(compact: str) -> float | None:
    """Seconds of a duration that carries its units, None where it cannot be read."""
    if match := _CLOCK.fullmatch(compact):
        return _clock_seconds(*match.groups())
    if match := _ISO.fullmatch(compact) or _UNITS.fullmatch(_UNIT_END.sub("", compact)):
        parts = [float(part) if part else 0.0 for part in (*match.groups(), None)]
        seconds = parts[0] * 3600 + parts[1] * 60 + parts[2] + parts[3] / 1000
        grouped = "." in compact and parts[3] and seconds < POSSIBLE_S[0]  # "321,266 ms" has no decimals
        return seconds if any(match.groups()) and not grouped else None
    return None


def _clock_seconds(hours: str | None, minutes: str, seconds: str) -> float | None:
    if hours is None:
        return int(minutes) * 60 + float(seconds)
    if int(minutes) > 59:
        return None
    total = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    # A spreadsheet that took m:ss for h:mm hands 24:48 on as 24:48:00.
    return total / 60 if total > POSSIBLE_S[1] and float(seconds) == 0 else total
