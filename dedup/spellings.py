"""One spelling for what titles print in several: numbers, short forms, keys, the words of works in other languages.

"99 Problems" is "Ninety-Nine Problems", "Poison 4 Ever" is "Poison Forever", and "Sinfonie c-moll" a "Symphony in C
Minor". Both titles of a pair are respelt and compared again, so that only what both say alike comes closer.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz

from catalog.spelled_numbers import ENGLISH
from catalog.text import CACHED_TEXTS
from dedup.contrasts import other_number, other_word
from dedup.keys import MODES, with_keys
from dedup.records import SEPARATOR
from dedup.texts import Texts, column

_NUMBERS = {words: str(value) for words, value in ENGLISH.items()}
_SHORT = {
    **dict.fromkeys("to too".split(), "2"), "for": "4", "you": "u", "are": "r", "love": "luv", "night": "nite",
    "nights": "nites", "tonight": "tonite", "through": "thru", "mister": "mr", "doctor": "dr", "saint": "st",
    "until": "til", "till": "til", "old": "ol", "because": "cause", "cuz": "cause", "coz": "cause", "okay": "ok",
    "with": "w", "your": "ur", "first": "1st", "second": "2nd", "third": "3rd",
    **{word: f"{value}th" for value, word in enumerate("fourth fifth sixth seventh eighth ninth tenth".split(), 4)},
}  # fmt: skip
"""What is printed in full -> its short form."""

WORKS = {
    foreign: words.split(":")[0]
    for words in (
        "symphony:sinfonie symphonie sinfonia simfoniya", "sonata:sonate", "concerto:konzert",
        "piano sonata:klaviersonate", "violin sonata:violinsonate", "piano concerto:klavierkonzert",
        "violin concerto:violinkonzert", "cello concerto:cellokonzert", "string quartet:streichquartett",
        "string quintet:streichquintett", "piano trio:klaviertrio", "piano quartet:klavierquartett",
        "piano quintet:klavierquintett", "quartet:quartett quatuor quartetto cuarteto",
        "quintet:quintett quintette quintetto", "overture:ouverture obertura",
        "variation:variatio variazione", "variations:variationen variazioni variaciones",
        "prelude:praludium preludio preludium", "fugue:fuge fuga", "waltz:walzer valse vals valzer",
        "mass:messe misa missa", "minuet:menuett menuet minuetto", "march:marsch marche marcia",
        "dance:tanz danse danza", "dances:tanze danses danze danzas", "fantasy:fantasie fantasia fantaisie",
        "nocturne:notturno", "etude:etude etuden estudio", "piano:klavier", "violin:violine violon violino",
        "cello:violoncello violoncelle", "flute:flote flauto", "orchestra:orchester orchestre orquesta",
        "for:fur pour per", "and:und et",
    )
    for foreign in words.split(":")[1].split()
}  # fmt: skip
"""Words of works in other languages -> in English."""

_WRITTEN = "|".join(sorted({*_SHORT.values(), *WORKS, *MODES} - {"2", "4", "cause"}))
RESPELT = rf"\d|\b(?:{_WRITTEN}|till|gonna|wanna|gotta|cuz|coz)\b"
"""A folded title without any of this is spelt as all others are."""

_TWENTY_ONE = re.compile(rf"\b(?:{'|'.join(words for words in _NUMBERS if ' ' in words)})\b")
_TWO_WORDS = re.compile(r"\b(?:(going|want|got) to|(4)ever)\b")
_AS_ONE = {"going": "gonna", "want": "wanna", "got": "gotta", "4": "4 ever"}
_KEYED = re.compile(rf"\b(?:{'|'.join(MODES)})\b")
_LONG = _NUMBERS | WORKS
_WHOLE = _LONG | _SHORT | {"forever": "4 ever"}

SIMILAR = 72
"""Similarity, 0..100, from which two titles in the one spelling are similar."""

LEAST_LETTERS = 4
"""Letters of a single word whose short form is looked for."""

LENGTHS_APART_S = 15.0
"""Seconds between two lengths from which titles need not be respelt."""

SHARED = 0.2
"""Share of letter pairs below which two titles are not respelt: "Etude in c-Moll", "Etude in C Minor" have more."""


def spelt_levels(pairs: pa.Table, texts: Texts, where: NDArray[np.bool_]) -> NDArray[np.int8]:
    """`spelt_alike` of the pairs in `where`, `[n]`; 0 for the others and where lengths are of two recordings."""
    left, right = (column(pairs, f"duration_s_{side}").to_numpy() for side in "ab")
    where = where & ~((np.abs(left - right) > LENGTHS_APART_S) & (left >= 0) & (right >= 0))
    written = [np.asarray(pc.match_substring_regex(side, RESPELT)) for side in (texts.left, texts.right)]
    where = texts.share(where & (written[0] | written[1]), SHARED)
    found = np.zeros(len(where), np.int8)
    found[where] = [spelt_alike(*pair) for pair in zip(*(side.to_pylist() for side in texts.at(where)), strict=True)]
    return found


def spelt_alike(a: str, b: str) -> int:
    """How alike two folded titles are in one spelling: 2 where they are the same, 1 where they are similar, else 0.

    Of short single words only numbers are respelt: "W" is not "With". Similar are only works and numbers; short forms
    hide the words that tell titles apart ("for you", "for me").
    """
    keyed = bool(_KEYED.search(a) or _KEYED.search(b))
    telling = " " in a or " " in b or min(len(a), len(b)) >= LEAST_LETTERS
    if not telling:
        return 2 * int(_NUMBERS.get(a, a) == _NUMBERS.get(b, b))
    if _respelt(a, keyed, short=True) == _respelt(b, keyed, short=True):
        return 2
    ours, theirs = (_respelt(title, keyed, short=False) for title in (a, b))
    if ours == a and theirs == b:
        return 0
    return int(fuzz.ratio(ours, theirs) >= SIMILAR and not other_word(ours, theirs) and not other_number(ours, theirs))


@lru_cache(CACHED_TEXTS)
def _respelt(title: str, keyed: bool, *, short: bool) -> str:
    """A title in the one spelling; not fit to be shown."""
    text = with_keys(title) if keyed else title
    text = _TWENTY_ONE.sub(lambda match: _NUMBERS[match[0]], text)
    text = _TWO_WORDS.sub(lambda match: _AS_ONE[match[1] or match[2]], text) if short else text
    words = _WHOLE if short else _LONG
    return " ".join(words.get(word, word) for word in text.split())


def same_sequels(pairs: pa.Table, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Among pairs in `where`: is the number that one title ends in the other's part: "Harbour 2", "Harbour II"?"""
    tags, titles = ([column(pairs, f"{name}_{side}") for side in "ab"] for name in ("versions", "title_core"))
    parted = [np.asarray(pc.match_substring(side, "part:")) for side in tags]
    found = where & (parted[0] != parted[1])
    mask = pa.array(found)
    told = [side.filter(mask).to_pylist() for side in (*tags, *titles)]
    found[found] = [
        any(f"{title} {part}" == other for title, other in ((left, right), (right, left)) for part in _parts(a, b))
        for a, b, left, right in zip(*told, strict=True)
    ]
    return np.asarray(found)


def _parts(a: str, b: str) -> Iterator[str]:
    return (tag.removeprefix("part:") for tags in (a, b) for tag in tags.split(SEPARATOR) if tag.startswith("part:"))
