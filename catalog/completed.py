"""Fields whose value is delivered in two columns: a title with its version beside it, a track number with its disc.

"Song" | "Live" is the title "Song (Live)", and "3" | disc "2" the track number "2-3", as other sources print them. The
second column is kept in `extra` too.
"""

import re
from collections.abc import Iterable, Mapping

import pyarrow as pa

from catalog.reading import is_missing
from catalog.text import clean, fold
from catalog.titles import parse_title
from catalog.version_phrases import version_tags

_LETTER = re.compile(r"[^\W\d_]")
_NO_WORDS = re.compile(r"v\.?\s*\d[\d.]*|yes|no|true|false|[a-z]", re.IGNORECASE)
"""What a column of this name holds where it says something else: a format's version, a mark."""

_DISC = re.compile(r"(?:cd|dis[ck]|dvd|lp)?\s*0*([1-9]\d?)(?:\.0+|\s*/\s*\d+)?", re.IGNORECASE)
_NUMBER = re.compile(r"0*\d{1,3}(?:\.0+|\s*/\s*\d+)?")


def completed(fields: Mapping[str, pa.Array], second: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """The text columns [n] of our fields, the title and the track number completed by `version` and `disc` [n]."""
    whole = dict(fields)
    for name, other, join in (("title", "version", with_version), ("track_number", "disc", with_disc)):
        if name in fields and other in second and second[other].null_count < len(second[other]):
            pairs = zip(fields[name].to_pylist(), second[other].to_pylist(), strict=True)
            whole[name] = pa.array([join(text, more) if text and more else text for text, more in pairs], pa.string())
    return whole


def with_version(title: str, version: str) -> str:
    """The title with its version in brackets; as it is where that says no words, or those of the title's version."""
    words = clean(version)
    if words[:1] in "([" and words[-1:] in ")]":
        words = words[1:-1].strip()
    if is_missing(words) or _NO_WORDS.fullmatch(words) or not _LETTER.search(words) or _says(title, words):
        return title
    return f"{title.rstrip()} ({words})"


def with_disc(number: str, disc: str) -> str:
    """The track number with the disc before it; as it is where it has a medium already, or the disc no number."""
    found = _DISC.fullmatch(disc.strip())
    return f"{found[1]}-{number.strip()}" if found and _NUMBER.fullmatch(number.strip()) else number


def _says(title: str, words: str) -> bool:
    """Whether the words stand in the title, and as its version where they are one: "Live Forever" is not live."""
    if f" {fold(words)} " not in f" {fold(title)} ":
        return False
    return _kinds(version_tags(words) or ()) <= _kinds(parse_title(title).versions)


def _kinds(tags: Iterable[str]) -> set[str]:
    return {tag.partition(":")[0] for tag in tags}
