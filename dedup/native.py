"""Titles as they are printed in another script than the Latin one, and whether two of them name different things.

Titles are compared in ASCII, so that a native title meets its transliteration. But 東京の夜 and 東京の朝, or ночь and
дочь, are mostly the same letters there, and words run together. So where both titles are printed in one script, what is
printed is compared as well: by character where a character is a syllable or a word (Han, Hangul, Kana, Thai ...), by
word in alphabets. As in `dedup.contrasts`, each side must have something that the other lacks; what only one side adds
tells nothing. Han against Kana is another spelling, and so are the Chinese and Japanese forms of one character, which
share their reading while no national character set (GB 2312, Big5) has both.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA

from catalog.text import CACHED_TEXTS, clean, fold, fold_name
from catalog.titles import printed_core
from dedup.contrasts import LEAST_LETTERS

BY_CHARACTER = frozenset("HAN KANA HANGUL THAI LAO KHMER MYANMAR TIBETAN YI".split())
"""Scripts whose words no spaces part, or not everywhere alike."""

LETTERS_A_SLIP = 6
"""Letters of a word for each that may differ in another spelling of it: a shorter word is another word by then."""

CHARACTER_SETS = ("gb2312", "big5")

_SCRIPTS = {
    "CJK": "HAN", "IDEOGRAPHIC": "HAN", "HIRAGANA": "KANA", "KATAKANA": "KANA", "KATAKANA-HIRAGANA": "KANA",
}  # fmt: skip
_OTHER_LETTERS = r"[^\P{L}\p{Latin}]"
_MARKS = re.compile("[\u0300\u0301\u0313\u0314\u0342\u0345\u0591-\u05c7\u0640\u064b-\u065f\u0670]|(?<=е)\u0308")
"""Accents, points, vowel signs, and the dots of ё, which are printed or left out."""

_FORMS = str.maketrans("ىةیک", "يهيك")
_KATAKANA, _HIRAGANA = range(ord("ァ"), ord("ヶ") + 1), ord("ぁ") - ord("ァ")


def native_titles(titles: pa.Array, cores: pa.Array) -> pa.Array:
    """What every title prints in another script, as `native_form`; "" where nothing, or where it is not the core's.

    cores: the folded titles, which may lack what a source's layout put into the titles.
    """
    found = np.full(len(titles), "", object)
    at = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring_regex(titles, _OTHER_LETTERS), False)))
    places = pa.array(at)
    for place, title, core in zip(at, titles.take(places).to_pylist(), cores.take(places).to_pylist(), strict=True):
        printed = printed_core(title)
        found[place] = native_form(printed) if fold_name(printed) == core else ""
    return pa.array(found, pa.string())


@lru_cache(CACHED_TEXTS)
def native_form(text: str) -> str:
    """Characters and words of other scripts than the Latin one, with single spaces: "東京 Live" is "東 京"."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", clean(text).casefold())).translate(_FORMS)
    parts: list[str] = []
    last = ""
    for letter in unicodedata.normalize("NFC", plain):
        mark, script = unicodedata.category(letter)[0] == "M", _script(letter)
        if (mark and last) or (script and script == last and script not in BY_CHARACTER):
            parts[-1] += letter
        elif script:
            parts.append(chr(ord(letter) + _HIRAGANA) if ord(letter) in _KATAKANA else letter)
        last = last if mark else script
    return " ".join(parts)


@cache
def _script(letter: str) -> str:
    """The script of a letter; "" of a Latin one, and of what is none."""
    if unicodedata.category(letter)[0] != "L":
        return ""
    name = unicodedata.name(letter, "").split(" ")[0]
    return "" if name in ("LATIN", "FEMININE", "MASCULINE", "MODIFIER") else _SCRIPTS.get(name, name)


def other_native(a: str, b: str) -> bool:
    """Whether each of two native forms has a character or word of one script that tells it from the other."""
    if not a or not b or a == b or a.replace(" ", "") == b.replace(" ", ""):
        return False
    ours, theirs = Counter(a.split()), Counter(b.split())
    left, right = _by_script(ours - theirs), _by_script(theirs - ours)
    return any(_tell_apart(left[script], right[script], script) for script in left.keys() & right.keys())


def _by_script(parts: Counter[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in parts:
        found.setdefault(_script(part[0]), []).append(part)
    return found


def _tell_apart(left: Sequence[str], right: Sequence[str], script: str) -> bool:
    """Whether one of the parts on either side is no spelling of any on the other."""
    if script in BY_CHARACTER and script != "HAN":
        return True
    alike = _one_character if script == "HAN" else _one_word
    return _lacks(left, right, alike) and _lacks(right, left, alike)


def _lacks(parts: Sequence[str], others: Sequence[str], alike: Callable[[str, str], bool]) -> bool:
    return any(not any(alike(part, other) for other in others) for part in parts)


def _one_word(a: str, b: str) -> bool:
    """Whether two words are spellings of one: hardly a letter differs, or one has a beginning or an end more."""
    short, long = sorted((a, b), key=len)
    return (len(short) >= LEAST_LETTERS and short in long) or OSA.distance(a, b) * LETTERS_A_SLIP <= len(long)


def _one_character(a: str, b: str) -> bool:
    """Whether two characters are forms of one: 愛 and 爱, 桜 and 櫻."""
    return fold(a) == fold(b) and not any(_in_set(a, name) and _in_set(b, name) for name in CHARACTER_SETS)


@cache
def _in_set(character: str, name: str) -> bool:
    try:
        character.encode(name)
    except UnicodeEncodeError:
        return False
    return True
