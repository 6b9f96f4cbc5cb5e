"""Reads one bracket or suffix ("Junior's Extended Club Mix", "Live at Wembley 1985") as version tags, or refuses it.

A phrase is read when a rule for whole phrases fits, when nothing but version words and numbers stand in it, or when it
ends in a head word ("... Remix") and what stands before can be a name. Everything else stays part of the title: in
doubt no information is taken from it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from catalog.text import CACHED_TEXTS, clean, fold
from catalog.version_kind import VersionKind
from catalog.version_rules import QUOTED_SOURCE, tags_by_rule
from catalog.versions import CONTEXT_ONLY, first_words, vocabulary

LONGEST = 5
"""Words of the longest phrase looked up in the vocabulary."""

FILLERS = frozenset("and the track digital digitally official full new brand bit mp3 cd lp".split())
"""Words that may stand between version words."""

NOTHING = frozenset(["new", "unknown"])
"""Phrases that say nothing in brackets, and are text behind a dash, as numbers are ("Van Halen - 1984")."""

NOT_BEFORE_HEAD = frozenset(
    "the a an in and of to for my your me we is on it you i do from that this no not under our his her be run or at by "
    "as le la el los las der die das un une de du et y e con give take".split()
)
"""A head word after one of these ends a sentence, not a version phrase ("In the Mix")."""

WEAK_HEADS = frozenset("cover take session medley reprise remake flip tribute edition dub vip reconstruction".split())
"""Kinds and words at the end that are too often the end of a title to count after a free beginning behind a dash."""

DESCRIPTIVE = frozenset(
    "final rough dance pop rock house techno trance electro full new old long hot hard deep single album early first "
    "second third bonus summer winter hip hop drum bass party dj mega special master street jazz latin reggae power "
    "slow fast us uk eu american english spanish french german italian japanese".split()
)
"""Words before "mix" that describe it; anything else names a remixer."""

GENERIC = frozenset(["version", "mix", "edition"])
"""Kinds that say nothing beside a specific one ("Acoustic Version")."""

REMIXER_KINDS = frozenset(["mix", "remix", "edit:radio", "extended", "club"])
"""Kinds in front of which a name is who made the mix."""

_OWN = re.compile(r".*\w(?:['’]s|s['’]) version", re.IGNORECASE)
"""A version that belongs to somebody, "Taylor's Version": recorded anew."""

DATED = frozenset(
    ["remaster", "anniversary", "original", "album", "single", "video", "audio", "mono", "stereo", "deluxe"]
)
"""Kinds whose detail is a year or an ordinal; other words beside them mean nothing."""

Span = tuple[VersionKind | None, list[str]]
"""Words of a phrase, with the kind that they name or None."""

_INCHES = re.compile(r"[\"'″”]")
_INCH = re.compile(r"(\d+)\s?(?:\"|''|″|”)")
_BEAT = re.compile(r"((?:(?!bpm).)*?) ?\b(\d{2,3}) ?bpm")
_YEAR_OR_ORDINAL = re.compile(r"(?:19|20)\d\d|\d+(?:th|st|nd|rd)")
_SEPARATOR = re.compile(r"[/;|,–—-]")
_PIECES = re.compile(r"\s*[/;|]\s*|,\s+|\s[-–—]\s")
_NUMBER = re.compile(r"\d{1,4}(?:st|nd|rd|th|s)?|one|two|three|four|first|second|third|ii|iii|iv|v")
_COUNT = {
    word: str(number)
    for number, words in enumerate(
        ("one first 1st", "two second 2nd ii", "three third 3rd iii", "four 4th iv"), start=1
    )
    for word in words.split()
}


@lru_cache(CACHED_TEXTS)
def version_tags(phrase: str, *, behind_dash: bool = False) -> tuple[str, ...] | None:
    """Tags of a phrase without its brackets; empty where it says nothing but is no title; None: no version phrase."""
    printed = clean(phrase).replace("@", " at ")
    if match := QUOTED_SOURCE.fullmatch(printed):
        return (f"from:{fold(match['work'])}",)
    folded = fold(_INCH.sub(r"\1 inch ", printed) if _INCHES.search(printed) else printed)
    if (behind_dash and (folded in NOTHING or not folded.strip("0123456789 "))) or (
        not folded and printed.strip(" .-_*")
    ):
        return None
    tags = tags_by_rule(folded)
    if tags is None and folded.endswith("bpm"):
        tags = _by_beat(folded, behind_dash)
    if tags is None and _SEPARATOR.search(printed):
        tags = _by_pieces(printed, behind_dash)
    tags = _by_words(folded.split(), behind_dash) if tags is None else tags
    own = [tag for tag in tags or () if tag.startswith("version:")] if _OWN.fullmatch(printed) else []
    return tuple(sorted({*(tags or ()), *(tag.replace("version", "rerecorded", 1) for tag in own)})) if own else tags


def _by_beat(folded: str, behind_dash: bool) -> tuple[str, ...] | None:
    """ "Workout Mix 128 BPM": a mix for one tempo."""
    if not (match := _BEAT.fullmatch(folded)):
        return None
    rest = version_tags(match[1], behind_dash=behind_dash) if match[1] else ()
    return None if rest is None else tuple(sorted({*rest, f"bpm:{match[2]}"}))


def _by_pieces(printed: str, behind_dash: bool) -> tuple[str, ...] | None:
    """ "Solo Version / Remastered 2015": several phrases, each of which must be one."""
    pieces = _PIECES.split(printed)
    if len(pieces) == 1 or any(piece.isdigit() for piece in pieces):  # "2011 - Remaster" is one phrase
        return None
    tags: set[str] = set()
    for piece in pieces:
        found = version_tags(piece, behind_dash=behind_dash)
        if found is None:
            return None
        tags.update(found)
    return tuple(sorted(tags))


def _by_words(words: list[str], behind_dash: bool) -> tuple[str, ...] | None:
    """Tags of a phrase that consists of version words, or ends in a head word."""
    if first_words().isdisjoint(words):
        return None
    found = list(_lookup(words))
    rows = [row for row, _ in found if row is not None]
    free = [word for row, span in found if row is None for word in span if word not in FILLERS]
    if not rows or (behind_dash and words[0] == "the"):  # "Song - The Piano" names an album sooner than a version
        return None
    if all(_NUMBER.fullmatch(word) for word in free):
        return _tags(rows, _counted(free)) if _has_meaning(found, free) else None
    return _by_head(found, behind_dash)


def _by_head(found: list[Span], behind_dash: bool) -> tuple[str, ...] | None:
    """Tags of "<name> <version words> [number]": version words inside the name are part of it."""
    stop = len(found)
    while stop and found[stop - 1][0] is None and _NUMBER.fullmatch(found[stop - 1][1][0]):
        stop -= 1
    start = stop
    while start and _counts_in_run(found, start - 1, stop):
        start -= 1
    rows = [row for row, _ in found[start:stop] if row is not None]
    name = [word for _, span in found[:start] for word in span]
    if not rows or not name or name[-1] in NOT_BEFORE_HEAD or not _is_head(found[stop - 1], rows):
        return None
    if behind_dash and not WEAK_HEADS.isdisjoint((rows[-1].kind, found[stop - 1][1][-1])):
        return None
    number = _counted([span[0] for _, span in found[stop:]])
    return _tags(rows, [word for word in name if word not in FILLERS] + number)


def _counted(numbers: list[str]) -> list[str]:
    """ "Take two" is take 2; in "30 second version" a second is no count."""
    return [_COUNT.get(numbers[0], numbers[0])] if len(numbers) == 1 else numbers


def _counts_in_run(found: list[Span], place: int, stop: int) -> bool:
    """Whether a span belongs to the version words at the end; "Gold" in "Thomas Gold Mix" belongs to the name.

    So does "Flip" in "Ada Flip Remix".
    """
    row, last = found[place][0], found[stop - 1][0]
    if row is None or last is None:
        return False
    if row.kind == last.kind == "remix" and place < stop - 1:
        return False
    return row.kind != "expanded" or last.kind in ("edition", "version", "bonus")


def _is_head(last: Span, rows: list[VersionKind]) -> bool:
    """A head word, or a compound that ends in one ("Extended Mix", "Club Version")."""
    final = vocabulary().get((last[1][-1],))
    return any(row.head for row in rows) or (final is not None and final.head)


def _has_meaning(found: list[Span], detail: list[str]) -> bool:
    """ "Special" and "Take" are titles of their own; "Special Edition", "Take 2" and "Album Version" are not."""
    spans = [span for row, span in found if row is not None]
    if spans[0] == ["take"] and not detail:
        return False
    return len(spans) > 1 or len(spans[0]) > 1 or spans[0][0] not in CONTEXT_ONLY


def _lookup(words: list[str]) -> Iterator[Span]:
    """Cut a phrase into the longest known spans and unknown words."""
    known, firsts, start = vocabulary(), first_words(), 0
    while start < len(words):
        longest = start + LONGEST if words[start] in firsts else start
        for stop in range(min(len(words), longest), start, -1):
            if row := known.get(tuple(words[start:stop])):
                break
        else:
            row, stop = None, start + 1
        yield row, words[start:stop]
        start = stop


def _tags(rows: list[VersionKind], detail: list[str]) -> tuple[str, ...]:
    """Tags of all kinds found; the detail goes to the kind that it describes."""
    kinds = list(dict.fromkeys(row.kind for row in rows))
    specific = [kind for kind in kinds if kind not in GENERIC] or kinds[-1:]
    if not detail:
        return tuple(sorted(specific))
    owner = _owner(kinds, specific, detail)
    if owner in DATED:
        detail = [word for word in detail if _YEAR_OR_ORDINAL.fullmatch(word)]
    tagged = {kind for kind in specific if kind != owner and (kind != "mix" or owner != "remix")}
    return tuple(sorted(tagged | {f"{owner}:{' '.join(detail)}" if detail else owner}))


def _owner(kinds: list[str], specific: list[str], detail: list[str]) -> str:
    """Which kind a detail belongs to: a name before a mix is its remixer."""
    named = not all(word in DESCRIPTIVE or _NUMBER.fullmatch(word) for word in detail)
    if named and (kinds[-1] in REMIXER_KINDS or ("remix" in kinds and kinds[-1] != "edit")):
        return "remix"
    plain = [kind for kind in specific if ":" not in kind]
    return plain[-1] if plain else "remix" if named else "version"
