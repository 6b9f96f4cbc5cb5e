"""Version tags compared as versions: live is not studio, a remaster is neutral, part 2 is not part 3.

Tags are those of `catalog.titles`, `kind` or `kind:detail`, and of albums (`dedup.albums`). Levels are those of the
field `version` in `dedup.fields`.
"""

import re
from collections.abc import Set
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz

from catalog.versions import LANGUAGES, NEUTRAL_KINDS, NUMBERED_KINDS
from dedup.albums import applied
from dedup.contrasts import other_word
from dedup.fields import level_of
from dedup.records import SEPARATOR

NEUTRAL = NEUTRAL_KINDS | {"explicit"}
"""Kinds that do not make another recording, and the mark that one shop prints and another omits."""

DECISIVE_ALONE = frozenset(
    "live remix instrumental acoustic demo karaoke acapella cover tribute rerecorded sped-up slowed nightcore 8d "
    "reversed alternate reprise rehearsal jhankar dub vip mixed tool chopped pitch bass lofi chiptune".split()
)
"""Kinds that exclude a plain title unless the sound shows otherwise: who sells a live track mostly says so."""

EXCLUSIVE = DECISIVE_ALONE - {"live", "remix", "acoustic", "dub", "rerecorded"}
"""Kinds of these that also exclude whatever version lacks them: "Ada Remix" is not "Ada Remix (Instrumental)"."""

NUMBERED = NUMBERED_KINDS | {"take"}
"""Kinds whose detail is a number that tells works, or takes, apart."""

AND = ", "
"""Stands between several numbers of one kind."""

MAY_BE_LEFT_OUT = frozenset("live remix acoustic session version voice rerecorded".split())
"""Kinds that one side may leave out beside others: "Live Acoustic", "Live"."""

LENGTHS = frozenset("extended edit dub club".split())
"""Kinds of which each excludes the others, also of one remix."""

_TREATED = LENGTHS | {"mix", "vocal"}
EXCLUDED = {"original": _TREATED, "single": frozenset(["extended", "dub"])}
"""Neutral kind -> what it excludes: "Original Mix" says that it is no edit, where a bare title says nothing.

Nor does "Album Version", which one large shop writes behind everything.
"""

NAMED = ("bpm", "from", "interlude")
"""Neutral kinds whose details exclude each other: 120 and 125 beats, two films, intro and outro."""

_REMASTERED = re.compile(r"\b(?:remaster(?:ed)?(?: in)? \d{4}|\d{4} (?:digital )?remaster(?:ed)?(?!(?: in)? \d{4}))\b")

_ORDINALS = {"first": "1", "1st": "1", "second": "2", "2nd": "2", "third": "3", "3rd": "3"}
"""Counts in a detail: the first and the second show of one day."""

DETAIL_SIMILAR = 0.8
"""Similarity from which two details (a remixer's name, a venue) are the same."""


def version_levels(left: pa.Array, right: pa.Array) -> NDArray[np.int8]:
    """Level of the version evidence for every pair, `[n]`; each side tags joined by SEPARATOR. Never missing."""
    codes = pc.dictionary_encode(pa.concat_arrays([left, right]))
    texts = [tuple(text.split(SEPARATOR)) if text else () for text in codes.dictionary.to_pylist()]
    number = codes.indices.to_numpy().astype(np.int64)
    paired = number[: len(left)] * len(texts) + number[len(left) :]
    distinct, inverse = np.unique(paired, return_inverse=True)
    levels = [_level(texts[pair // len(texts)], texts[pair % len(texts)]) for pair in distinct.tolist()]
    return np.array(levels, np.int8)[inverse]


@lru_cache(maxsize=1 << 16)
def _level(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    a, b = applied(a, b)
    if not a and not b:
        return level_of("version", "both plain")
    if conflict(a, b):
        return level_of("version", "conflict")
    decisive_a, decisive_b = decisive(a), decisive(b)
    told_a, told_b = decisive_a.keys() - NUMBERED, decisive_b.keys() - NUMBERED
    one_tells = bool(told_a) != bool(told_b)
    if one_tells and (_excludes_plain(decisive_a | decisive_b) or _is_original(b if told_a else a, told_a | told_b)):
        return level_of("version", "plain against version")
    if one_tells or bool(decisive_a) != bool(decisive_b) or (told_a ^ told_b) - MAY_BE_LEFT_OUT:
        return level_of("version", "one plain, one version")
    if decisive_a and decisive_b:
        return level_of("version", "same")
    return level_of("version", "neutral difference" if a != b else "same")


def _excludes_plain(tags: dict[str, str]) -> bool:
    """Whether decisive tags exclude a plain title; "Spanish Version" and "Female Version" are sung by another voice."""
    other_voice = tags.get("version") in LANGUAGES.values() or tags.get("voice") == "female"
    return bool(tags.keys() & DECISIVE_ALONE) or other_voice


def _is_original(plain: tuple[str, ...], told: Set[str]) -> bool:
    """Whether what one side says of itself excludes what is told of the other."""
    return any(told & EXCLUDED.get(tag.partition(":")[0], frozenset()) for tag in plain)


def decisive(tags: tuple[str, ...]) -> dict[str, str]:
    """Kind -> detail of the tags that make another recording.

    Of a kind that stands twice the details together ("live 1986 wembley", "14 2" of "No. 14, Op. 27 No. 2").
    """
    found: dict[str, str] = {}
    for kind, _, detail in (tag.partition(":") for tag in tags):
        if kind not in NEUTRAL:
            said = LANGUAGES.get(detail, detail) if kind == "version" else detail
            between = AND if kind in NUMBERED else " "
            found[kind] = f"{found[kind]}{between}{said}" if found.get(kind) and said else said or found.get(kind, "")
    return found


def conflict(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two sets of tags cannot describe one recording."""
    if {"explicit", "clean"} <= {*a, *b} and not ({"explicit", "clean"} & set(a) & set(b)):
        return True
    if any(_differ(kind, _details(a, kind), _details(b, kind)) for kind in NAMED):
        return True
    ours, theirs = decisive(a), decisive(b)
    shared = ours.keys() & theirs.keys()
    if any(_differ(kind, ours[kind], theirs[kind]) for kind in shared):
        return True
    extra = ours.keys() ^ theirs.keys()
    if extra & LENGTHS & ours.keys() and extra & LENGTHS & theirs.keys():
        return True
    unshared = bool(extra - NUMBERED) and bool(set(ours) - NUMBERED) and bool(set(theirs) - NUMBERED)
    return unshared and (not shared - NUMBERED or bool(extra & EXCLUSIVE))


def _differ(kind: str, a: str, b: str) -> bool:
    """Details differ; a detail that one side leaves out does not."""
    if not a or not b or a == b:
        return False
    if kind in NUMBERED:
        ours, theirs = set(a.split(AND)), set(b.split(AND))
        return not ours <= theirs and not theirs <= ours
    if kind in ("version", "voice") and (other_word(a, b) or {a, b} <= set(LANGUAGES.values())):
        return True
    return fuzz.token_set_ratio(a, b) < 100 * DETAIL_SIMILAR or _other_numbers(a, b)


def _details(tags: tuple[str, ...], kind: str) -> str:
    """What tags of a kind say, together."""
    return " ".join(detail for name, _, detail in (tag.partition(":") for tag in tags) if name == kind)


def _other_numbers(a: str, b: str) -> bool:
    """Whether each of two details has a number that the other has not: "wembley 1985" and "wembley 1986"."""
    ours, theirs = _numbers(a), _numbers(b)
    return _lacks(theirs, ours) and _lacks(ours, theirs)


def _numbers(detail: str) -> list[int]:
    """Its numbers and counts, but the year of a remaster."""
    words = (_ORDINALS.get(word, word) for word in _REMASTERED.sub(" ", detail).split())
    return [int(word) for word in words if word.isdecimal() and len(word) < 10]


def _lacks(numbers: list[int], wanted: list[int]) -> bool:
    """Whether one of the wanted numbers is not among the others."""
    return not all(
        any(one == other or _short(one, wanted, other) or _short(other, numbers, one) for other in numbers)
        for one in wanted
    )


def _short(number: int, beside: list[int], year: int) -> bool:
    """Whether a number stands for a year: 86 for 1986. Beside a year printed in full it is a day or a month."""
    return number < 100 and year - number in (1900, 2000) and max(beside) < 1000
