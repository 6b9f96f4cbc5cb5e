"""The releases that a name stands on, and what each has.

Tracks on one release of one source under one name are taken for one artist's (a release hardly ever credits two
namesakes), so the release is the unit that is clustered. Source, album, label, year and country together tell
releases apart: two albums called "Greatest Hits" are two. A track without an album stands for itself.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.text import fold
from dedup.artist_credits import complete
from dedup.artist_language import guess_language
from dedup.artist_names import name_key

COMPILATION_ARTISTS = 4  # from this many first names on, an album is taken for a compilation
VALUES_KEPT = 50  # different values of one field kept (titles of a box set)
TITLE_LETTERS = 5  # a shorter title is shared by chance
RELEASE_COLUMNS = ("source", "album_core", "label", "release_year", "country", "upc_code")
COUNTRY_SEPARATORS = re.compile(r"[;|/,&]+")
# Commas separate genres, but "Folk, World, & Country" is one.
GENRE_SEPARATORS = re.compile(r"[;|]+|,(?![^;|]*, *(?:&|and) )(?! *(?:&|and) )")
SCRIPTS = (
    ("cyrillic", re.compile(r"[\u0400-\u052f]")),
    ("greek", re.compile(r"[\u0370-\u03ff]")),
    ("hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("arabic", re.compile(r"[\u0600-\u06ff]")),
    ("indic", re.compile(r"[\u0900-\u0dff]")),
    ("thai", re.compile(r"[\u0e00-\u0e7f]")),
    ("kana", re.compile(r"[\u3040-\u30ff]")),
    ("hangul", re.compile(r"[\uac00-\ud7af]")),
    ("han", re.compile(r"[\u4e00-\u9fff]")),
    ("latin", re.compile(r"[A-Za-z\u00c0-\u024f]")),
)


@dataclass
class Release:
    """One release's tracks under one artist key: their rows in the credits, and the values they have."""

    key: str  # artist key
    rows: list[int] = field(default_factory=list)
    values: dict[str, set[str]] = field(default_factory=dict)  # field of `artist_evidence.FIELDS` -> values
    year: int | None = None
    compilation: bool = False
    vector: NDArray[np.float32] | None = None  # mean direction of the tracks' vectors

    def get(self, name: str) -> set[str]:
        """The values of a field; empty where nothing is known."""
        return self.values.get(name, set())


def releases(credits: pa.Table) -> list[Release]:
    """Group `artist_credits.CREDITS` by artist key and release, in order of track id, whatever the order of rows."""
    found: dict[tuple[Any, ...], Release] = {}
    vectors: dict[tuple[Any, ...], list[list[float]]] = {}
    titles: dict[tuple[Any, ...], list[str]] = {}
    rows = complete(credits).to_pylist()
    for row in sorted(range(len(rows)), key=lambda i: (rows[i]["track_id"], rows[i]["position"] or 0, i)):
        credit = rows[row]
        key = credit["artist_key"] or name_key(credit["name"])
        place = (key, *(credit[name] for name in RELEASE_COLUMNS)) if credit["album_core"] else (key, row)
        release = found.setdefault(place, Release(key))
        release.rows.append(row)
        _gather(release, credit)
        vectors.setdefault(place, []).extend([credit["vector"]] if credit["vector"] else [])
        titles.setdefault(place, []).extend([credit["title"]] if credit["title"] else [])
    for place, release in found.items():
        _add_language(release, titles[place])
        release.vector = mean_direction(vectors[place])
    return list(found.values())


def _gather(release: Release, credit: dict[str, Any]) -> None:
    release.year = release.year if credit["release_year"] is None else credit["release_year"]
    release.compilation |= (credit["album_artists"] or 0) >= COMPILATION_ARTISTS
    for name, values in _values(credit, release.key).items():
        kept = release.values.setdefault(name, set())
        kept.update(values[: VALUES_KEPT - len(kept)])


def _add_language(release: Release, titles: list[str]) -> None:
    """Where the language was not delivered: the one its titles seem to be in."""
    if not release.get("language") and release.get("script") <= {"latin"}:
        language = guess_language(titles[:VALUES_KEPT])
        release.values["language"] = {language} if language else set()


def _values(credit: dict[str, Any], key: str) -> dict[str, list[str]]:
    text = {name: value for name, value in credit.items() if isinstance(value, str)}
    album, title = text.get("album_core", ""), text.get("title_core", "")
    genres = f"{text.get('genre', '')};{text.get('style', '')}"
    found = {
        "label": [fold(text.get("label", ""))],
        "country": _folded_parts(text.get("country", ""), COUNTRY_SEPARATORS),
        "genre": _folded_parts(genres, GENRE_SEPARATORS),
        "album": [album] if album != key else [],  # namesakes both have a self-titled album
        "title": [title] if len(title) >= TITLE_LETTERS and title != key else [],
        "co-artist": sorted(credit["co_names"] or []),
        "recording": [text.get("recording_id", "")],
        "upc": [text.get("upc_code", "")],
        "language": [fold(text.get("language", ""))],
        "script": script(text.get("title", "")),
    }
    return {name: [value for value in values if value] for name, values in found.items()}


@lru_cache(maxsize=1 << 14)
def _folded_parts(text: str, separators: re.Pattern[str]) -> list[str]:
    return [fold(part) for part in separators.split(text)]


def script(title: str) -> list[str]:
    """The script of a title, rarest first: Latin only where nothing else is, since Latin words stand in any title."""
    return next(([name] for name, letters in SCRIPTS if letters.search(title)), [])


def mean_direction(vectors: list[list[float]]) -> NDArray[np.float32] | None:
    """The mean of unit vectors, brought to unit length; None of none, or where they cancel out."""
    if not vectors:
        return None
    mean = np.asarray(vectors, dtype=np.float32).mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / np.float32(length) if length > 0 else None
