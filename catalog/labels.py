"""Words that a form put in front of a value: "song title Yesterday", "artist name Queen", "album by Queen".

Such words also start real titles and names ("Band of Horses"), so they count only where a whole source is decorated:
several different labels, each on a visible share of its rows (`decorating`). Those labels are then cut off.
"""

import re
from collections.abc import Mapping
from functools import cache

TITLE_LABELS = (
    *("song title", "song name", "the song", "title", "song", "name", "with title", "listen to", "play", "track"),
    *("track title", "track name", "the track"),
)
ARTIST_LABELS = (
    *(
        "artist name",
        "the artist",
        "artist",
        "the singer",
        "singer",
        "the band",
        "band",
        "the group",
        "group",
        "song by",
    ),
    *("an album by", "album by", "by", "the great band of", "compilation", "performed by", "music by", "performer"),
)
ALBUM_LABELS = ("album title", "album name", "the album", "from the album", "album", "release", "record")

LEAST_LABELS = 3
"""Different labels that a column must show before it counts as decorated."""

LEAST_SHARE = 0.004
"""Share of a column's filled rows that a label must stand on."""


@cache
def _pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(labels, key=len, reverse=True)
    return re.compile(rf"({'|'.join(longest_first)})[:]?\s+(?=\S)", re.IGNORECASE)


@cache
def _initials(labels: tuple[str, ...]) -> frozenset[str]:
    """The letters that labels start with, in either case."""
    return frozenset(letter for label in labels for letter in (label[0], label[0].upper()))


def label_of(text: str, labels: tuple[str, ...]) -> str | None:
    """The label that a text starts with, lower-case."""
    if text[:1] not in _initials(labels) and text[:1].isascii():
        return None
    match = _pattern(labels).match(text)
    return match[1].lower() if match else None


def decorating(counts: Mapping[str, int], filled: int) -> tuple[str, ...]:
    """The labels that decorate a column with `filled` values, given how many values start with each."""
    frequent = tuple(label for label, count in counts.items() if count >= max(2, LEAST_SHARE * filled))
    return frequent if len(frequent) >= LEAST_LABELS else ()


def without_label(text: str, labels: tuple[str, ...]) -> str:
    """The text without its label; unchanged where it has none."""
    match = _pattern(labels).match(text)
    return text[match.end() :] if match else text
