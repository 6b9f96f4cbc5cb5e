"""How a source lays its titles out, and what a title then holds besides the title.

Sources put other fields into the title column: "Artist - Title", "Title - Album", "Title (Album)", "004-Title". The
layout is inferred from counts over the whole source (`catalog.profile`); each record is then checked on its own: where
the field it repeats is delivered too, the two must agree, or the text stays in the title.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from catalog.brackets import bracket_content, bracket_spans, dash_places
from catalog.featured import bracket_guests, take_featured
from catalog.labels import without_label
from catalog.text import fold
from catalog.version_phrases import version_tags

SAME_TEXT = 85.0
"""Similarity (rapidfuzz ratio of folded texts, 0..100) from which a part of a title is the delivered field."""

SAME_TEXT_IN_LAYOUT = 70.0
"""The same, where the layout already says that the field stands there."""

_NUMBERED = re.compile(
    r"(?:[A-Za-z][A-Za-z ]{0,23} )?(?P<number>\d{2,4})\s*[-._)]+\s*|(?P<plain>\d{1,3})(?:[.)]| -)\s+"
)
_DIGIT = re.compile(r"\d")
_PREFIX = re.compile(r"(?:[A-Za-z][A-Za-z ]{0,23} )?(?P<prefix>[0-9A-Za-z]{1,6})\s*[-._)]\s*")


@dataclass(frozen=True)
class Layout:
    """What the titles of a source hold besides the title, and labels that decorate its columns."""

    artist_first: bool = False  # "Artist - Title"
    album_last: bool = False  # "Title - Album"
    album_in_brackets: bool = False  # "Title (Album)"
    numbered: bool = False  # "004-Title"
    inverted_names: bool = False  # "Presley, Elvis"
    title_labels: tuple[str, ...] = ()
    artist_labels: tuple[str, ...] = ()
    album_labels: tuple[str, ...] = ()


class Parts(NamedTuple):
    """Title, artist and album of a record after its layout was read, "" where unknown; `number`: before the title."""

    title: str
    artist: str
    album: str
    number: int | None = None


@lru_cache(1 << 14)
def same_text(a: str, b: str, least: float = SAME_TEXT) -> bool:
    """Whether two printed texts say the same, up to spelling errors and a cut end."""
    left, right = fold(a), fold(b)
    if not left or not right:
        return False
    short, long = sorted((left, right), key=len)
    return left == right or (len(short) >= 8 and long.startswith(short)) or fuzz.ratio(left, right) >= least


def take_layout(title: str, artist: str, album: str, track_number: str, layout: Layout) -> Parts:
    """The parts of a record. All texts cleaned, "" where missing; a text that is not understood stays in the title."""
    if layout.title_labels:
        title = without_label(title, layout.title_labels)
    if layout.artist_labels:
        artist = without_label(artist, layout.artist_labels)
    if layout.album_labels:
        album = without_label(album, layout.album_labels)
    number = None
    if layout.numbered:
        number, title = _take_number(title, track_number)
    if layout.album_in_brackets:
        title, album = _take_bracketed_album(title, album)
    if " -" in title or title.startswith("- ") or "–" in title or "—" in title:
        title, artist = _take_artist(title, artist, layout)
        title, album = _take_dashed_album(title, album, layout)
    return Parts(title, artist, album, number)


def _take_number(title: str, track_number: str) -> tuple[int | None, str]:
    """Cut the number in front of a title, and what a form put before it ("song title 004-Yesterday")."""
    if match := _DIGIT.search(title) and _NUMBERED.match(title):
        digits = match["number"] or match["plain"]
        if digits.startswith("0") or digits == track_number:
            return int(digits), title[match.end() :]
    match = _PREFIX.match(title) if track_number else None  # "0B1-Title" of track B1
    if match and match["prefix"].lstrip("0").lower() == track_number.lstrip("0").lower():
        return None, title[match.end() :]
    return None, title


def _take_bracketed_album(title: str, album: str) -> tuple[str, str]:
    """Cut "(Album)" off the end of a title; without a delivered album, a bracket that says nothing else is one."""
    if album and title.endswith(f"({album})"):
        return title[: -len(album) - 2].rstrip(), album
    spans = bracket_spans(title)
    if not spans or spans[-1][1] < len(title) or spans[-1][0] == 0:
        return title, album
    content = bracket_content(title, spans[-1])
    if same_text(content, album, SAME_TEXT_IN_LAYOUT) if album else _is_free(content):
        return title[: spans[-1][0]].rstrip(), album or content.strip()
    return title, album


def _is_free(content: str) -> bool:
    """Whether a bracket says neither a version nor guests."""
    return version_tags(content) is None and not bracket_guests(content) and not take_featured(content).names


def _take_artist(title: str, artist: str, layout: Layout) -> tuple[str, str]:
    """Cut "Artist - " off the start of a title."""
    if layout.artist_first and title.startswith("- "):
        return title[2:].lstrip(), artist
    if layout.artist_first and not artist and title.endswith(" -"):
        return "", title[:-2].rstrip()
    if not layout.artist_first and (not artist or _begin_apart(title, artist)):
        return title, artist
    dashes = dash_places(title)
    if not dashes:
        return title, artist
    head, tail = title[: dashes[0][0]], title[dashes[0][1] :]
    if not artist:
        return tail, head
    if not layout.artist_first and version_tags(tail, behind_dash=True) is not None:
        return title, artist  # a song that is called like its artist: "Bad Company - 2015 Remaster"
    repeated = same_text(head, artist) if layout.artist_first else fold(head) == fold(artist)
    return (tail if repeated else title), artist


def _begin_apart(a: str, b: str) -> bool:
    """Whether two texts begin with different letters, so that they cannot fold to the same."""
    first, second = a[0].lower(), b[0].lower()
    return first != second and (first + second).isalpha() and (first + second).isascii()


def _take_dashed_album(title: str, album: str, layout: Layout) -> tuple[str, str]:
    """Cut " - Album" off the end of a title, together with an edition that the album carries behind another dash."""
    if not layout.album_last:
        return title, album
    if title.startswith("- "):
        return "", album or title[2:].lstrip()
    dashes = dash_places(title)
    while len(dashes) > 1 and version_tags(title[dashes[-1][1] :], behind_dash=True) is not None:
        dashes.pop()
    if not dashes:
        return title, album
    head, tail = title[: dashes[-1][0]], title[dashes[-1][1] :]
    if not album:
        return head, tail
    return (head if same_text(tail, album, SAME_TEXT_IN_LAYOUT) else title), album
