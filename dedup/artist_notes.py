"""Distinguishing notes: a few words that tell an artist from its namesakes, "US house, 1998-2003, Strictly Rhythm".

A note names the artist's usual country and style, its years and its usual label: those in which it differs from a
namesake, or all where it differs in none. What fewer than a third of the known tracks have is not usual.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.jsonlines import plain_text
from dedup.artist_credits import STYLE_COLUMNS
from dedup.artist_traits import COUNTRY_SEPARATORS, GENRE_SEPARATORS

USUAL = 1 / 3
READ = ("track_id", "label", "country", "genre", "extra")
_NO_LABEL = re.compile(r"(?i)\[?(?:not on label|no label|none|unknown label|self[- ]?released)\b")
_NUMBER = re.compile(r"\s*\(\d{1,3}\)$")  # Discogs' number for a label of a common name


@dataclass(frozen=True)
class Facts:
    """What an artist usually has: (country, styles, label), each "" where nothing is usual; years, None if unknown."""

    country: str
    style: str
    label: str
    years: tuple[int, int] | None


def facts(tracks: Iterable[Mapping[str, str | None]], years: tuple[int, int] | None) -> Facts:
    """What some tracks (`READ` columns) of one artist usually have."""
    rows = list(tracks)
    styles = [_styles(row) for row in rows]
    return Facts(
        _usual([COUNTRY_SEPARATORS.split(row["country"])[0].strip() if row["country"] else "" for row in rows]),
        _plain(_usual([style for own in styles for style in dict.fromkeys(own)], of=sum(map(bool, styles)))),
        _usual([_label(row["label"] or "") for row in rows]),
        years,
    )


def note(one: Facts, others: Sequence[Facts]) -> str:
    """The note of one artist beside its namesakes (none: all that is usual is named); "" where nothing is known."""
    told = [_tells(getattr(one, name), [getattr(other, name) for other in others]) for name in ("country", "style")]
    years = _tells(_years(one.years), [_years(other.years) for other in others])
    label = _tells(one.label, [other.label for other in others])
    found = ", ".join(filter(None, (" ".join(filter(None, told)), years, label)))
    return found if found or not others else note(one, [])


def _tells(value: str, others: Sequence[str]) -> str:
    """The value, "" where every namesake has the same one."""
    return "" if others and all(other == value for other in others) else value


def _styles(row: Mapping[str, str | None]) -> list[str]:
    extra = json.loads(row["extra"]) if row["extra"] else {}
    delivered = [plain_text(value) or "" for key, value in extra.items() if key.lower() in STYLE_COLUMNS and value]
    text = ";".join(delivered) or row["genre"] or ""
    return [part.strip() for part in GENRE_SEPARATORS.split(text) if part.strip()]


def _label(label: str) -> str:
    return "" if _NO_LABEL.match(label) else _NUMBER.sub("", label.strip())


def _usual(values: Sequence[str], *, of: int | None = None) -> str:
    """The commonest value, of equals the first; "" where fewer than `USUAL` of the known ones have it."""
    counts = Counter(value for value in values if value)
    best = min(counts, key=lambda value: (-counts[value], value), default="")
    return best if best and counts[best] >= USUAL * (of or counts.total()) else ""


def _plain(style: str) -> str:
    """A style inside a sentence: "Deep House" is "deep house", "MPB" stays."""
    return " ".join(word.lower() if word.istitle() else word for word in style.split())


def _years(years: tuple[int, int] | None) -> str:
    if years is None:
        return ""
    return f"{years[0]}-{years[1]}" if years[0] != years[1] else str(years[0])
