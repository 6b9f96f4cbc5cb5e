"""Takes a printed title apart: the core that versions share, typed version tags, guests, a leading track number.

    "04 - Song, Pt. 2 (feat. B) [Mirko Loko Remix]"  ->  core "song", part:2 and remix:mirko loko, guest "b", number 4

Version words count in brackets, behind a spaced dash, or as an unmistakable phrase at the very end ("... Radio Edit");
everywhere else they are words of the title. What is not understood stays in the core: no text is dropped in doubt.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from catalog.brackets import bracket_content, bracket_spans, dash_places, tighten
from catalog.featured import bracket_guests, take_featured
from catalog.part_numbers import take_numbers
from catalog.text import CACHED_TEXTS, clean, fold_name
from catalog.version_phrases import version_tags


class ParsedTitle(NamedTuple):
    """`core`: folded; `versions`: sorted tags; `featured`: folded names; `number`: leading track number, if printed."""

    core: str
    versions: tuple[str, ...] = ()
    featured: tuple[str, ...] = ()
    number: int | None = None


class ParsedAlbum(NamedTuple):
    """`core`: folded; `versions`: sorted tags, editions among them; `year`: printed in brackets."""

    core: str
    versions: tuple[str, ...] = ()
    year: int | None = None


_MARK = re.compile(r"[(\[{【〔〈\d#№*\" ](?:(?<! )|[-–—~―])")
_FIRST_MARKS, _LAST_MARKS = frozenset(":;,'-"), frozenset(":;,-")
_LAST_WORD = re.compile(r"\b[IVX]+$|\.\w{2,4}$")
_MOVEMENT = re.compile(r"[:;,/–-] [IVX]+\.")
_WORDS = frozenset(
    "feat feat. ft ft. featuring f/ pt pt. part parts vol vol. volume edit mix version remaster remastered reissue "
    "re-issue video clip videoclip audio hq hd full sub act book chapter kapitel "
    "chapitre capitulo capítulo capitolo teil parte karaoke remix".split()
)
"""Without any of these marks and words a title is its own core; most titles are."""

_NUMBER = re.compile(
    r"(?!0\d:[0-5]\d(?!\d))"  # a time of day: "02:28"
    r"(?P<number>0\d{1,2}|00\d{1,2})\s*[-.)_:–]\s*|(?P<spaced>\d{1,3})\s+[-–—]\s+(?=\D)"
)
_TITLES = frozenset(["interlude", "reprise", "medley"])
"""Version tags whose words are titles too: "1 - Intro"."""

_TRAILING = re.compile(
    r"(?<=\w)\s+(?P<phrase>(?i:(?:(?:original|extended|club|radio|full|short|vocal|dub) (?:mix|edit|version|cut)|"
    r"(?:album|single|live|acoustic|instrumental|karaoke|demo|explicit|clean|mono|stereo) version|radio edit|"
    r"(?:(?:19|20)\d\d )?(?:digitally |digital )?remaster(?:ed)?(?: version)?(?: (?:19|20)\d\d)?|"
    r"re-?issue|official (?:music |lyric )?(?:video|audio)|vid[eé]o ?clip(?: (?:off?iciel|off?icial))?|"
    r"full album|sub español|hq|hd))$)"
)
_TRAILS = (
    *("mix", "edit", "version", "cut", "remaster", "remastered", "reissue", "re-issue", "video", "audio", "clip"),
    *("officiel", "oficiel", "official", "oficial", "album", "español", "hq", "hd", *"0123456789"),
)
"""What phrases at the very end of a title end in."""

_NO_TRAILING_TAG = {"full album", "hq", "hd"}
_CLAUSE = re.compile(r"(?<=\w)(?:\s*[:,])?\s+(?P<phrase>(?<=[:,]\s)[^:,]+|(?i:disc|cd) ?\d{1,2})$")
_FORMATS = (" EP", " OST")
"""Ends of albums that other shops print behind a dash or in brackets: "Harbour EP", "Harbour - EP"."""

_EXTENSION = re.compile(r"\.(?:mp3|mp4|avi|flv|wav|flac|m4a|ogg|opus|wma|aac|mpg|mkv|mov)$", re.IGNORECASE)
_NOISE = re.compile(r"(?<!\*)\*\*+[^*]+\*\*+$")
NESTED = 2
"""Brackets inside brackets are read down to this depth."""

_YEAR = re.compile(r"(?:19|20)\d\d")
"""Behind a dash a number is text, but before a remaster it is its year: "Song - 2011 - Remaster"."""

_EDGES = " \t-–—:;,_~|"


@lru_cache(CACHED_TEXTS)
def parse_title(title: str) -> ParsedTitle:
    """Parse a printed title; the core is empty only where the title is."""
    text = clean(title)
    if _is_plain(text):
        return ParsedTitle(fold_name(text))
    number, text = _leading_number(tighten(text))
    rest, versions, featured = _take_apart(_without_noise(text))
    numbered = take_numbers(rest)
    told = _numbers_alone(numbered.tags) if numbered.text == rest else numbered.text
    core = fold_name(told) or fold_name(rest) or fold_name(text)
    return ParsedTitle(core, tuple(sorted({*versions, *numbered.tags})), featured, number)


def printed_core(title: str) -> str:
    """The text that a title's core is folded from, as it is printed."""
    text = clean(title)
    if _is_plain(text):
        return text
    rest, _, _ = _take_apart(_without_noise(_leading_number(tighten(text))[1]))
    return take_numbers(rest).text or rest


def _numbers_alone(tags: frozenset[str]) -> str:
    """What a title that is nothing but numbers says, however it is printed: "Chapter Twelve", "Kapitel 12"."""
    return " ".join(sorted(tag.replace(":", " ") for tag in tags))


@lru_cache(CACHED_TEXTS)
def parse_album(album: str) -> ParsedAlbum:
    """Parse a printed album; a bare year in brackets (the latest) becomes `year`, editions and media become tags."""
    text = clean(album)
    if _is_plain(text) and ":" not in text and "disc" not in text.lower() and not text.endswith(_FORMATS):
        return ParsedAlbum(fold_name(text))
    rest, versions, _ = _take_apart(tighten(text))
    rest = _take_clause(rest, versions)
    numbered = take_numbers(rest)
    years = [int(tag[5:]) for tag in versions if tag.startswith("year:")]
    tags = {tag for tag in (*versions, *numbered.tags) if not tag.startswith("year:")}
    core = fold_name(numbered.text) or fold_name(rest) or fold_name(text)
    return ParsedAlbum(core, tuple(sorted(tags)), max(years, default=None))


def _is_plain(text: str) -> bool:
    return not (
        (not text.replace(" ", "").isalpha() and _is_marked(text))
        or "第" in text
        or ((text[-1:] in "IVX" or "." in text[-5:]) and _LAST_WORD.search(text))
        or not _WORDS.isdisjoint(text.lower().split())
    )


def _is_marked(text: str) -> bool:
    return bool(
        _MARK.search(text)
        or text[:1] in _FIRST_MARKS
        or text[-1:] in _LAST_MARKS
        or (". " in text and _MOVEMENT.search(text))
    )


def _take_clause(album: str, versions: set[str]) -> str:
    """Cut a version phrase behind the last colon or comma of an album: "Palo Santo: Expanded Edition", "X, Disc 2"."""
    last = max(album.rfind(":"), album.rfind(","))
    if album.endswith(_FORMATS) and album.count(" ") > album.lower().startswith("the "):
        versions.update(version_tags(album.split()[-1]) or ())
        return album.rpartition(" ")[0]
    if album[-1:].isdigit():
        match = _CLAUSE.search(album, max(0, last - 1))
    else:  # no "Disc 2": a clause that ends the album begins at its last colon or comma, or a space before it
        match = (_CLAUSE.match(album, last - 1) or _CLAUSE.match(album, last)) if last > 0 else None
    tags = version_tags(match["phrase"], behind_dash=True) if match else None
    if match is None or tags is None:
        return album
    versions.update(tags)
    return album[: match.start()]


def _without_noise(text: str) -> str:
    """Remove what uploads add to a title: a file extension, "**NEW**", quotes around the whole, loose punctuation."""
    bare = _EXTENSION.sub("", text) if "." in text[-5:] else text
    text = (_NOISE.sub("", bare) if bare.endswith("*") else bare).strip(_EDGES) or text
    if len(text) > 2 and text[0] == text[-1] and text[0] in "'\"" and text.count(text[0]) == 2:
        text = text[1:-1]
    return text


def _leading_number(text: str) -> tuple[int | None, str]:
    """A track number before the title: padded with zeros ("004-T", "01. T"), or set off by a spaced dash ("1 - T")."""
    match = _NUMBER.match(text)
    if match is None or (match["spaced"] and _is_version(text[match.end() :])):
        return None, text
    return int(match["number"] or match["spaced"]), text[match.end() :]


def _is_version(text: str) -> bool:
    """Whether a number before " - " is the title of this version, "505 - Live", and not a place before "Intro"."""
    tags = version_tags(text, behind_dash=True)
    return bool(tags and _TITLES.isdisjoint(tag.partition(":")[0] for tag in tags))


def _take_apart(text: str) -> tuple[str, set[str], tuple[str, ...]]:
    """The text without version phrases and guests, the tags, and the guests."""
    versions: set[str] = set()
    guests: list[str] = []
    text = _take_brackets(text, versions, guests)
    text = _take_dash_suffixes(text, versions, guests)
    text, names = take_featured(text)
    guests += names
    if text.lower().endswith(_TRAILS) and (match := _TRAILING.search(text)):
        versions.update(() if match["phrase"].lower() in _NO_TRAILING_TAG else version_tags(match["phrase"]) or ())
        text = text[: match.start()]
    return text, versions, tuple(dict.fromkeys(guests))


def _take_brackets(text: str, versions: set[str], guests: list[str], *, depth: int = NESTED) -> str:
    """Remove every bracket that says a version or guests; a title that is nothing but brackets keeps its text."""
    kept: list[str] = []
    end = 0
    spans = bracket_spans(text)
    if not spans:
        return text.strip()
    for span in spans:
        content = bracket_content(text, span)
        kept.append(text[end : span[0]])
        tags, names = _read_bracket(content)
        versions.update(tags or ())
        guests += names
        if tags is None:
            inner = _take_brackets(content, versions, guests, depth=depth - 1) if depth else content
            kept.append(f"({inner})")
        end = span[1]
    rest = " ".join("".join([*kept, text[end:]]).split())
    return rest if any(map(str.isalnum, rest)) else text


@lru_cache(CACHED_TEXTS)
def _read_bracket(content: str) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Tags and guests that a bracket says; no tags, not even an empty tuple, where it was not understood."""
    names = bracket_guests(content)
    left, featured = ("", names) if names else take_featured(content)
    tags = version_tags(left) if left.strip() or not featured else ()
    if tags is None and featured and left:
        featured, tags = (*_performers(left), *featured), ()
    return tags, () if tags is None else featured


def _performers(text: str) -> tuple[str, ...]:
    """Names before "feat." in a bracket: "(Bournemouth Symphony Orchestra feat. conductor: Paul Daniel)"."""
    return take_featured(f"feat. {text}").names


def _take_dash_suffixes(text: str, versions: set[str], guests: list[str]) -> str:
    """Remove version phrases and guests behind the last spaced dashes."""
    for start, stop in reversed(dash_places(text)):
        left, featured = take_featured(text[stop:])
        tags = version_tags(left, behind_dash=True) if left else ()
        if tags is None and "remaster" in versions and _YEAR.fullmatch(left):
            tags = ()
        if tags is None or not text[:start].strip():
            break
        versions.update(tags)
        guests += featured
        text = text[:start]
    return text
