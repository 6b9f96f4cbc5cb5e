"""Who plays beside the main artists: orchestra, conductor, guests. One composer has many performances.

"Beethoven, Berliner Philharmoniker" and "Beethoven, Wiener Philharmoniker" have one main artist. A guest, an orchestra
or a conductor that only one side names says nothing; where both name one and none is the other's, two performances are
meant. Orchestras are called in many languages, so their words are compared by how they begin.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from catalog.credits import BRACKETS, GENERIC, ORCHESTRAS, parse_credit
from catalog.text import CACHED_TEXTS, fold_name
from dedup.buffers import filled
from dedup.records import SEPARATOR
from dedup.texts import column

PARTS = {"orchestra": "orchestra", "conductor": "conductor", "featured": "guest", "with": "guest"}
"""Role of a credit -> the part in which it is compared."""

LEADING = ("orchestra", "conductor")
MAIN = "main"
SAME_PERSON = 78
"""Similarity, 0..100, from which two names are spellings of one person's."""

BEGINNING = 4
"""Letters by which the words of an orchestra's name are compared: "Berliner", "Berlin"; "Sinfonie", "Symphony"."""

LONGEST = 200
"""Characters of a name that are looked at; what is longer is no name."""

SLIPS, RUN_TOGETHER = 1, 90
"""Letters by which words differ that are spellings of one; similarity, 0..100, of one that spaces do not part."""

PHILHARMONIA = "philharmonia"
"""The name of an orchestra, a letter beside "philharmonic", which many have in theirs."""

_PHILHARMONIC = re.compile("philharmon|filarm")
_NO_NAME = frozenset(
    "orchestra orchester orchestre orquesta orkest orkester the of de des der la le and und et".split()
)
_CITIES = {"wien": "vien", "nunc": "nuni", "koln": "colo", "nosk": "nosc"}
_SHORT = {"sain": "st", "sank": "st", "sint": "st", "brot": "bros"}
"""Beginnings of words that are mostly printed short: "Saint", "Brothers"."""

_ORCHESTRA = re.compile(r"(?i:\b(?:orchest(?:ra|re|er)|orquesta|staatskapelle)\b|philharmon|filarm|symphoniker)")
_NO_BODY = re.compile(
    r"(?i:\b(?:for|version|versions|edition|arr|arranged|music|works|collection|für|pour|live|recorded|at|from|sessions?)\b"
    r"|^(?:and|with|&) (?:the )?orchestra$)"
)
"""What is printed in an album's brackets of a body that plays, and what tells a scoring ("Music for Orchestra") or a
place ("Live at the Berlin Philharmonie")."""

_ON_ALBUM = r"(?i)[(\[].*(?:orchest|orquest|staatskap|philharmon|filarm|symphoniker)"
_ENSEMBLE = re.compile(rf"{ORCHESTRAS.pattern}|\bband\b", re.IGNORECASE)


def players(names: pa.ListArray, featured: pa.ListArray, albums: pa.Array) -> pa.Array:
    """Every track's names beside the main ones, "part:name" joined by SEPARATOR, the main ones behind; mostly "".

    names: its credits (`catalog.schema.CREDIT`); featured: folded guests of its title; albums: as delivered.
    """
    found = np.full(len(names), "", object)
    told = np.asarray(filled(pc.match_substring_regex(albums, _ON_ALBUM), False))
    told = told | _may_tell(names) | (np.asarray(filled(pc.list_value_length(featured), 0)) > 0)
    at = np.flatnonzero(told)
    rows = zip(*(side.take(pa.array(at)).to_pylist() for side in (names, featured, albums)), strict=True)
    found[at] = [_told(credits or [], guests or [], album or "") for credits, guests, album in rows]
    return pa.array(found, pa.string())


def _may_tell(names: pa.ListArray) -> NDArray[np.bool_]:
    """Which tracks have a name in one of PARTS, or of an orchestra; most have none and are not looked at."""
    found = np.zeros(len(names), bool)
    credits = pc.list_flatten(names)
    told = pc.is_in(pc.struct_field(credits, "role"), pa.array(list(PARTS)))
    told = pc.or_(told, filled(pc.match_substring_regex(pc.struct_field(credits, "name"), _ORCHESTRA.pattern), False))
    found[np.asarray(pc.list_parent_indices(names).filter(told))] = True
    return found


def _told(credits: list[dict[str, str]], guests: list[str], album: str) -> str:
    told = [(PARTS[credit["role"]], fold_name(credit["name"])) for credit in credits if credit["role"] in PARTS]
    told += [("orchestra", fold_name(credit["name"])) for credit in credits if _leads_as_orchestra(credit)]
    told += [("guest", guest) for guest in guests]
    if not any(ORCHESTRAS.search(credit["name"]) for credit in credits):
        told += [("orchestra", fold_name(name)) for name in orchestras_of(album)]
    if not told:
        return ""
    told += [(MAIN, fold_name(credit["name"])) for credit in credits if credit["role"] == MAIN]
    return SEPARATOR.join(dict.fromkeys(f"{part}:{name}" for part, name in told))


def _leads_as_orchestra(credit: dict[str, str]) -> bool:
    """Whether a main name is an orchestra's: it is printed first as often as after its conductor."""
    return credit["role"] == MAIN and bool(_ORCHESTRA.search(credit["name"]))


@lru_cache(CACHED_TEXTS)
def orchestras_of(album: str) -> tuple[str, ...]:
    """The orchestras that an album's title names in brackets: "Symphonies (Wiener Philharmoniker, Karl Bohm)"."""
    named = [credit.name for span in BRACKETS.findall(album) for credit in parse_credit(span[1:-1])]
    return tuple(
        name for name in named if _ORCHESTRA.search(name) and not GENERIC.fullmatch(name) and not _NO_BODY.search(name)
    )


def other_players(a: str, b: str) -> bool:
    """Whether two tracks name other players in one part: other orchestras, other conductors, other guests."""
    ours, theirs = _by_part(a), _by_part(b)
    return any(
        not any_alike(ours[part], [*theirs[part], *theirs.get(MAIN, ())])
        and not any_alike(theirs[part], ours.get(MAIN, ()))
        for part in (ours.keys() & theirs.keys()) - {MAIN}
    )


def leads_elsewhere(pairs: pa.Table, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Among pairs in `where`: is all that one names named by the other, where an orchestra or a conductor is of it?

    "Ada Lind with the Rome Symphony Orchestra" is at another shop "Rome Symphony Orchestra". pairs: with the columns
    of both sides, suffixed `_a` and `_b`.
    """
    beside = [column(pairs, f"players_{side}") for side in "ab"]
    found = where & np.asarray(pc.or_(*(pc.not_equal(side, "") for side in beside)))
    mask = pa.array(found)
    sides = (*beside, *(column(pairs, f"artist_core_{side}") for side in "ab"))
    rows = zip(*(side.filter(mask).to_pylist() for side in sides), strict=True)
    found[found] = [_leads(a, right) or _leads(b, left) for a, b, left, right in rows]
    return np.asarray(found)


def _leads(a: str, artist: str) -> bool:
    """Whether an artist is, word by word, an orchestra or a conductor that a track names beside others of its names."""
    said = {word for line in a.split(SEPARATOR) for word in line.partition(":")[2].split()}
    parts = (line.partition(":") for line in a.split(SEPARATOR))
    leading = [name for part, _, name in parts if part in LEADING or (part == "guest" and _ENSEMBLE.search(name))]
    words = set(artist.split())
    return words <= said and any(set(name.split()) - _NO_NAME <= words for name in leading)


@lru_cache(CACHED_TEXTS)
def _by_part(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part, _, name in (line.partition(":") for line in text.split(SEPARATOR)):
        found[part] = (*found.get(part, ()), name)
    return found


def any_alike(names: Iterable[str], others: Iterable[str]) -> bool:
    """Whether one of the names is a spelling of one of the others."""
    return any(_alike(name, other) for name in names for other in others)


def _alike(a: str, b: str) -> bool:
    if a == b or not other_ensemble(a, b, always=True):
        return True
    likeness = max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b))
    return not _ENSEMBLE.search(f"{a} {b}") and likeness >= SAME_PERSON


def other_ensemble(a: str, b: str, *, always: bool = False) -> bool:
    """Whether each of two names of orchestras, choirs or quartets has a word that the other has not."""
    if not always and not (_ENSEMBLE.search(a) and _ENSEMBLE.search(b)):
        return False
    ours, theirs = _words(a), _words(b)
    if (PHILHARMONIA in ours.values()) != (PHILHARMONIA in theirs.values()):
        return bool(_PHILHARMONIC.search(a) and _PHILHARMONIC.search(b))
    return _has_more(ours, theirs) and _has_more(theirs, ours)


def _has_more(words: dict[str, str], others: dict[str, str]) -> bool:
    """Whether a word begins as none of the others does and is no misspelling of one."""
    joined = "".join(others.values())
    return any(
        not any(len(other) > BEGINNING and OSA.distance(words[begin], other) <= SLIPS for other in others.values())
        and fuzz.partial_ratio(words[begin], joined) < RUN_TOGETHER
        for begin in words.keys() - others.keys()
    )


@lru_cache(CACHED_TEXTS)
def _words(name: str) -> dict[str, str]:
    """Telling words of a name, all where none tells, under how they begin in a spelling that languages share."""
    printed = name[:LONGEST].split()
    words = [word for word in printed if len(word) > 1 and word not in _NO_NAME] or printed
    return {_beginning(word): word for word in words}


def _beginning(word: str) -> str:
    short = word.replace("ph", "f").replace("y", "i").replace("m", "n").replace("h", "")[:BEGINNING]
    return _CITIES.get(short) or _SHORT.get(short, short)
