"""What all rows of a source together say about how to read one of them.

A single "276" may be seconds or minutes and a single "Oasis - Wonderwall" may be a title; over thousands of rows it is
plain which. A `SourceProfile` is nothing but counts, so profiles of parts of a source add up (`merge`) in any order, on
any number of machines, and fit into a line of JSON.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.artist_cores import BETWEEN_INVERTED
from catalog.brackets import bracket_content, bracket_spans, dash_places
from catalog.credits import ORCHESTRAS
from catalog.durations import SECONDS_PER, bare_number, decimals, has_hours, is_usual, long_clock
from catalog.labels import ALBUM_LABELS, ARTIST_LABELS, TITLE_LABELS, decorating, label_of
from catalog.layouts import Layout, same_text
from catalog.reading import COLLECTIVE_MARKERS, named
from catalog.text import CACHED_TEXTS

MOST = 0.6
"""Share of the rows concerned that must show a layout."""

NEARLY_ALL = 0.8
"""Share of a source's rows whose artist (or album) must be empty before the title is taken to hold it."""

LEAST_ROWS = 5
"""Rows that a share must be taken over; a source of less is read without assumptions."""

LEAST_POINTED = 15
"""Minutes with two decimals that a source must have to be told: 1 in 2,000 then has none from 60 on by chance."""

FEW = 0.02
"""Share of them that may be slips."""

ROUND = 5
"""Minutes that the length of a programme is rounded to; of m:ss only one in five is so by chance."""

_LABELLED = ("title_labels", "artist_labels", "album_labels")
_LABELS = (TITLE_LABELS, ARTIST_LABELS, ALBUM_LABELS)
_LEADING_NUMBER = re.compile(r"(?:[A-Za-z][A-Za-z ]{0,24}+(?<= ))?(?:0\d{1,3}\s*[-._)]|\d{1,3}(?:[.)]| -)\s)")
_PARTICLES = r"(?:(?i:van|von|zu|ter|ten|den|der|de|del|della|di|da|dos|du|la|le|el|al|bin|ibn|st\.?|mc|mac) )*"
_WORD = r"[^\W\d_][\w'’.-]*"
_INVERTED = re.compile(
    rf"{_PARTICLES}{_WORD}, [^\W\d_][\w'’. -]*|{_WORD} {_WORD}, {_WORD}|[^\W\d_][\w'’. -]*, (?i:the|die|les|los|las)"
)
"""A surname and forenames, not two names of a forename and a surname each, which are a list."""


@dataclass(frozen=True)
class SourceProfile:
    """Counts over the rows of one source."""

    titled: int = 0  # rows that have a title
    artists: int = 0  # rows with a title that have an artist
    albums: int = 0  # rows with a title that have an album
    dashed_without_artist: int = 0  # "X - Y" where the artist is empty
    dashed_without_album: int = 0  # "X - Y" where the album is empty
    artist_before_dash: int = 0  # "<artist> - Y"
    album_after_dash: int = 0  # "X - <album>"
    album_in_brackets: int = 0  # "X (<album>)"
    numbered: int = 0  # "004-X"
    inverted_names: int = 0  # artists "Presley, Elvis"
    usual_s: int = 0  # bare durations that a track usually lasts, were they seconds
    usual_ms: int = 0
    usual_min: int = 0
    clocks: int = 0  # durations with hours, minutes and seconds
    odd_clocks: int = 0  # of these, "03:07:00": no seconds, and minutes that nothing was rounded to
    two_decimals: int = 0  # bare durations "3.45" that a track usually lasts, were they minutes
    beyond_59: int = 0  # of these, "3.75": decimals that are no seconds
    title_labels: Mapping[str, int] = field(default_factory=dict)
    artist_labels: Mapping[str, int] = field(default_factory=dict)
    album_labels: Mapping[str, int] = field(default_factory=dict)

    def merge(self, other: "SourceProfile") -> "SourceProfile":
        """Counts of both; associative and commutative, with `SourceProfile()` as the neutral element."""
        added: dict[str, Any] = {
            item.name: _add(getattr(self, item.name), getattr(other, item.name)) for item in fields(self)
        }
        return SourceProfile(**added)

    def times(self, rows: int) -> "SourceProfile":
        """Counts as if each row were so many."""
        return (
            self
            if rows == 1
            else SourceProfile(**{item.name: _times(getattr(self, item.name), rows) for item in fields(self)})
        )

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "SourceProfile":
        """The profile that `to_json` wrote; counts that this version does not know are left out."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in json.loads(text).items() if name in known})

    @cached_property
    def duration_unit(self) -> str:
        """Unit of bare durations: the one in which most are what a track usually lasts; seconds where none is."""
        usual = {"s": self.usual_s, "ms": self.usual_ms, "min": self.usual_min}
        return max(SECONDS_PER, key=lambda unit: (usual[unit], unit == "s"))

    @cached_property
    def shifted_clocks(self) -> bool:
        """Whether a spreadsheet took m:ss for h:mm: hours and odd minutes, but never any seconds."""
        return _most(self.odd_clocks, self.clocks)

    @cached_property
    def pointed_clocks(self) -> bool:
        """Whether bare durations are minutes and seconds with a point between, "3.45" for 3:45."""
        if self.duration_unit != "min" or self.two_decimals < LEAST_POINTED:
            return False
        return self.beyond_59 <= FEW * self.two_decimals

    @cached_property
    def layout(self) -> Layout:
        """How the titles of this source are laid out."""
        no_artist, no_album = self.titled - self.artists, self.titled - self.albums
        artist_first = no_artist >= NEARLY_ALL * self.titled and _most(self.dashed_without_artist, no_artist)
        album_missing = no_album >= NEARLY_ALL * self.titled and not artist_first
        return Layout(
            artist_first=artist_first or _most(self.artist_before_dash, self.artists),
            album_last=_most(self.album_after_dash, self.albums)
            or (album_missing and _most(self.dashed_without_album, no_album)),
            album_in_brackets=_most(self.album_in_brackets, self.albums),
            numbered=_most(self.numbered, self.titled),
            inverted_names=_most(self.inverted_names, self.artists),
            title_labels=decorating(self.title_labels, self.titled),
            artist_labels=decorating(self.artist_labels, self.artists),
            album_labels=decorating(self.album_labels, self.albums),
        )


def _most(count: int, rows: int) -> bool:
    return rows >= LEAST_ROWS and count >= MOST * rows


def _add(a: Any, b: Any) -> Any:
    """Sum of two counts, or of two tables of counts."""
    return a + b if isinstance(a, int) else dict(Counter(a) + Counter(b))


def _times(count: Any, rows: int) -> Any:
    """A count, or a table of counts, multiplied."""
    return count * rows if isinstance(count, int) else {name: number * rows for name, number in count.items()}


def profile_sources(batch: pa.RecordBatch) -> dict[str, SourceProfile]:
    """Source name -> counts over the rows of a batch of `DELIVERED`."""
    source, *columns = (
        pc.fill_null(batch.column(name), "").to_pylist() for name in ("source", "title", "artist", "album", "duration")
    )
    rows_of: dict[str, list[tuple[str, str, str, str]]] = {}
    for name, row in zip(source, zip(*columns, strict=True), strict=True):
        rows_of.setdefault(name, []).append(row)
    return {source: _profile(rows) for source, rows in rows_of.items()}


def merge_profiles(left: Mapping[str, SourceProfile], right: Mapping[str, SourceProfile]) -> dict[str, SourceProfile]:
    """Profiles of the same sources added up."""
    return {
        source: left.get(source, SourceProfile()).merge(right.get(source, SourceProfile()))
        for source in {**left, **right}
    }


def _profile(rows: Iterable[tuple[str, str, str, str]]) -> SourceProfile:
    counted: list[str] = []
    labels: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
    for title, artist, album, duration in rows:
        title, artist, album = named(title), named(artist, COLLECTIVE_MARKERS), named(album, COLLECTIVE_MARKERS)
        counted += _duration_counts(duration)
        if title:
            counted += _title_counts(title, artist, album)
            for counts, text, known in zip(labels, (title, artist, album), _LABELS, strict=True):
                if label := label_of(text, known):
                    counts[label] += 1
    found: dict[str, Any] = {**Counter(counted), **dict(zip(_LABELLED, map(dict, labels), strict=True))}
    return SourceProfile(**found)


@lru_cache(CACHED_TEXTS)
def _duration_counts(duration: str) -> tuple[str, ...]:
    if ":" in duration:
        clock = long_clock(duration)
        odd = clock is not None and clock[1] % ROUND != 0 and is_usual(60 * clock[0] + clock[1], "s")
        return ("clocks", "odd_clocks") if odd else ("clocks",) if has_hours(duration) else ()
    number = bare_number(duration) if duration else None
    if not number:
        return ()
    places = decimals(duration) if is_usual(number, "min") else None
    pointed = () if places is None else ("two_decimals",) if places < 60 else ("two_decimals", "beyond_59")
    return (*(f"usual_{unit}" for unit in SECONDS_PER if is_usual(number, unit)), *pointed)


def _title_counts(title: str, artist: str, album: str) -> list[str]:
    """Names of the counts that a row adds to."""
    found = ["titled"]
    if artist:
        found.append("artists")
        if "," in artist and _is_inverted(artist):
            found.append("inverted_names")
    if album:
        found.append("albums")
        if title[-1] in ")]" and _ends_in_bracket(title, album):
            found.append("album_in_brackets")
    if _LEADING_NUMBER.match(title):
        found.append("numbered")
    if dashes := dash_places(title):
        found += _dash_counts(title, artist, album, dashes)
    return found


def _is_inverted(artist: str) -> bool:
    """Whether all of a credit's names that have a comma are persons' printed "Last, First"."""
    turned = [name for name in BETWEEN_INVERTED.split(artist) if "," in name]
    return all(_INVERTED.fullmatch(name) and not ORCHESTRAS.search(name) for name in turned)


def _dash_counts(title: str, artist: str, album: str, dashes: list[tuple[int, int]]) -> list[str]:
    found = []
    if not artist:
        found.append("dashed_without_artist")
    elif same_text(title[: dashes[0][0]], artist):
        found.append("artist_before_dash")
    if not album:
        found.append("dashed_without_album")
    elif same_text(title[dashes[-1][1] :], album):
        found.append("album_after_dash")
    return found


def _ends_in_bracket(title: str, text: str) -> bool:
    """Whether the last bracket of a title holds this text."""
    if title.endswith(f"({text})"):
        return True
    spans = bracket_spans(title)
    return bool(spans) and spans[-1][1] == len(title) and same_text(bracket_content(title, spans[-1]), text)
