"""Numbers that tell the works of one title apart: "Pt. 2", "Vol. II", "No. 4", "Op. 8", "IV. Finale", "K. 563".

They are taken out of the title and become tags with arabic numbers, so that "Part II" and "pt. 2" are the same and
"No. 4" and "No. 5" are not. A word such as "part" counts only with a number behind it; a roman or spelled number only
where the phrase ends there ("Part I", not "The Part I Play").
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from catalog.spelled_numbers import VALUES
from catalog.track_numbers import roman

LABELS = {
    "part": "part parts pt pts teil parte parti partie deel čast část часть ч cast",
    "volume": "volume volumen vol vols том",
    "movement": "movement mvt mov movt satz mouvement movimento",
    "opus": "opus op",
    "number": "number num no nos nr nº n° № n.",
    "act": "act acte akt atto aufzug",
    "scene": "scene scène szene scena",
    "book": "book livre libro buch chapter kapitel chapitre capitulo capítulo capitolo",
}  # fmt: skip
"""Kind -> the printed words that announce its number."""

RANGED = ("part", "volume", "movement", "number")
"""Kinds of which a title may name several that follow one another: "Pts. 1 & 2", "Parts I-V"."""

_ROMAN = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"
_END = r"(?=\s*(?:$|[:;,.)\]\[(\-–—/\"]))"
_KIND_OF = {word: kind for kind, words in LABELS.items() for word in words.split()}


def _any_of(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first, that looks at a word's first letter once."""
    by_initial: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_initial.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(initial)}(?:{'|'.join(rests)})" for initial, rests in by_initial.items())


_ANY = _any_of(_KIND_OF)
_SPELLED = _any_of(VALUES)

_LABELLED = re.compile(
    rf"(?:(?<=[\s(\[,:;/-])|^)(?P<label>(?i:{_ANY}))(?P<dot>\.?)\s*#?\s*"
    rf"(?:(?P<digits>\d{{1,4}})(?![\d'])(?:\s*(?:/|of)\s*\d+)?|(?P<roman>{_ROMAN}){_END}|(?P<spelled>(?i:{_SPELLED})){_END})"
)
_NUMERAL = rf"(?:\d{{1,3}}(?![\d'])|{_ROMAN}(?![A-Za-z])|(?i:{_SPELLED})(?!\w))"
_RANGE_LABEL = _any_of(word for kind in RANGED for word in LABELS[kind].split())
_RANGE = re.compile(
    rf"(?:(?<=[\s(\[,:;/-])|^)(?P<label>(?i:{_RANGE_LABEL}))\.?\s*#?\s*"
    rf"(?P<first>{_NUMERAL})(?:,\s*{_NUMERAL})*(?:[-–—]|\s*[&+]\s*|\s*,?\s(?i:and|to|und|bis|et|y|e)\s)"
    rf"(?P<last>{_NUMERAL})(?!\.\s?\w){_END}"
)
_ORDINAL = re.compile(
    r"(?P<digits>\d(?<!\w\d)\d?)\s?(?:st|nd|rd|th|ère|ere|er|ème|eme|e|ª|º|\.|-я|-й)?\s+"
    r"(?P<label>(?i:partie|part|parte|teil|movement|mouvement|satz|akt|acte|act|часть))(?!\w)(?!\s*\d)"
)
_HASH = re.compile(r"(?<=\s)#\s?(?P<digits>\d{1,3})(?!\w)")
_TEMPO = (
    "allegr|andant|adagi|presto|prestissimo|larg|lento|vivace|moderato|grave|menuet|minuet|menuett|scherzo|rondo|rondeau|"
    "finale|final|aria|recitativ|allemande|courante|sarabande|gigue|gavotte|bourr|prelud|praelud|fug|introdu|tempo|sehr|"
    "mäßig|poco|molto|con|romance|romanze|intermezzo|thema|theme|variat|marsch|marche|toccata|cadenza|assai|un poco"
)
_OPUS_PIECE = re.compile(r"\b(?P<opus>(?i:op(?:us)?)\.?\s?\d{1,3})\s?/\s?(?=\d{1,2}(?!\d))")
"""What stands before the second number of "Op. 10/3", which counts the pieces."""

_MOVEMENT = re.compile(
    rf"(?:(?<=[:,;]\s)|(?<=\s[-–—/]\s))(?P<roman>{_ROMAN})\.\s?(?=[^\s.])|"
    rf"(?:(?<=[:,;]\s)|(?<=\s[-–—/]\s)|^)(?P<number>\d{{1,2}}|{_ROMAN})\.\s?(?=(?i:{_TEMPO}))|"
    r"(?<=[:;]\s)(?P<counted>\d{1,2})\.\s(?=[^\W\d])"
)
_COUNTED = re.compile(r"\s[-–—/]\s(?P<counted>\d{1,2})\.\s?(?=[^\W\d])")
"""Behind a dash, in the title of a work: "Symphony No. 3, Op. 55 - 2. Marcia funebre"."""

_OF_WORKS = ("catalogue:", "opus:", "number:")
_MODE = re.compile(r"\b(?:major|minor|dur|moll|majeur|mineur|maggiore|minore)\b", re.IGNORECASE)
_CATALOGUE = re.compile(
    r"(?<![\w.])(?P<label>BWV|RV|HWV|TWV|WWV|SWV|BuxWV|WoO|KV|Hob|FWV|WAB|[KD](?=\.)|"
    r"(?:(?<=, )|(?<=\()|(?<=jor )|(?<=nor ))(?-i:[KD])(?=\s?\d{2}))(?:\.\s?|\s)?(?:Anh\.?\s)?"
    r"(?P<number>[IVX]+[a-z]?[:/]\s?\d+\w?|\d{1,4}[a-z]?(?:[:/][A-H]?\d+)?)(?!\w)",
    re.IGNORECASE,
)
_CATALOGUE_NAMES = {"k": "kv"}
_HAN_LABELS = {
    "part": "部篇",
    "volume": "卷巻",
    "movement": "乐楽樂",
    "number": "曲番号號",
    "act": "幕",
    "scene": "场場",
    "book": "章回话話集节節课課",
}  # fmt: skip
"""Kind -> the first letter of what stands behind a counted 第."""

_HAN_KIND = {letter: kind for kind, letters in _HAN_LABELS.items() for letter in letters}
_HAN = re.compile(rf"第\s?(?P<digits>\d{{1,4}}|[一二三四五六七八九十]{{1,3}})\s?(?P<label>[{''.join(_HAN_KIND)}])章?")
_LAST_ROMAN = re.compile(r"(?<=[\w!?.)]) (?P<roman>II|III|IV|VI{1,3}|VI|IX|XI{1,3}|XI|XIV|XV)$")
_DIGIT = re.compile(r"[#\d№]")
_WORD = re.compile(
    r"\W(?:[IVX]+(?=\.|$|\s?[):;,\]])|[Pp]art|PART|[Pp]t|PT|[Vv]ol|VOL|[Aa]ct|ACT|[Bb]ook|BOOK|[Tt]eil|[Cc]hap|[Kk]apitel|[Cc]ap[ií]t)"
)
"""A text holds a number only where it has a digit or, a space before it, such a word."""

_CATALOGUE_LABEL = re.compile(r"[wrkhd](?:v|oo|ob|ab|\.)|[kd]\s?\d{2}")
_BEFORE_DOT = re.compile(r"[\dIVX]\.")
_LABEL = re.compile(rf"[\s(\[,:;/-](?:{_ANY})\.?\s*#?\s*(?:[\divx]|{_SPELLED})")
"""Stands in every lower-case ASCII text, a space before it, that `_LABELLED` finds something in."""

_LOOSE_ENDS = re.compile(
    r"[(\[{]\s*[)\]}]|(?<![\s,:;/–—-])[\s,:;/–—-]+$|^[\s,:;./–—-]+|\s+(?=[,:;.](?:\s|$))"  # looks at a run once
)
_DOUBLED = re.compile(r"(?<![,:;.])(?:\s*[,:;.]){2,}(?=\s)")


class Numbered(NamedTuple):
    """What is left of the title, and tags such as `part:2`."""

    text: str
    tags: frozenset[str]


def take_numbers(text: str) -> Numbered:
    """Take every labelled number out of a title; the title stays whole where nothing else would remain."""
    if not _DIGIT.search(text) and not _WORD.search(f" {text}") and "第" not in text:
        return Numbered(text, frozenset())
    tags: set[str] = set()
    rest = _OPUS_PIECE.sub(r"\g<opus> No. ", text) if "/" in text else text
    for may_find, pattern, tag in _READERS:
        if may_find(rest):
            rest = pattern.sub(lambda match, tag=tag: _note(tags, match, tag(match)), rest)  # type: ignore[misc]
    if _names_work(text, tags) and (match := _COUNTED.search(rest)):
        tags.add(_movement(match))
        rest = f"{rest[: match.start()]}, {rest[match.end() :]}"
    rest = _tidy(rest) if tags else text
    return Numbered(rest if any(map(str.isalnum, rest)) else text, frozenset(tags))


def _names_work(text: str, tags: set[str]) -> bool:
    """Whether a title says which work it is of, and no movement yet."""
    named = any(tag.startswith(_OF_WORKS) for tag in tags) or bool(_MODE.search(text))
    return named and not any(tag.startswith("movement:") for tag in tags)


def _movement(match: re.Match[str]) -> str:
    return f"movement:{_value(match)}"


def _note(tags: set[str], match: re.Match[str], tag: str) -> str:
    if not tag:
        return match[0]
    tags.add(tag)
    return " "


def _ranged(match: re.Match[str]) -> str:
    """ "Pts. 1 & 2" are neither part 1 nor part 2; "No. 5-1" is no range, and "" is no tag."""
    first, last = _worth(match["first"]), _worth(match["last"])
    return f"{_KIND_OF[match['label'].lower()]}:{first}-{last}" if first < last else ""


def _labelled(match: re.Match[str]) -> str:
    return f"{_KIND_OF[match['label'].lower()]}:{_value(match)}"


def _han(match: re.Match[str]) -> str:
    return f"{_HAN_KIND[match['label']]}:{_han_value(match['digits'])}"


def _han_value(numeral: str) -> int:
    """Value of a number below 100 in digits or Chinese numerals: 十二 is 12, 二十 is 20."""
    if numeral.isdigit():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    return 10 * ("一二三四五六七八九".find(tens) + 1 or 1) * bool(ten) + "一二三四五六七八九".find(ones or "-") + 1


def _catalogue(match: re.Match[str]) -> str:
    label = match["label"].lower()
    number = match["number"].lower().replace(" ", "").replace("/", ":")  # "Hob. XVI/52"
    return f"catalogue:{_CATALOGUE_NAMES.get(label, label)} {number}"


def _value(match: re.Match[str]) -> int:
    numerals = (match.groupdict().get(name) for name in ("digits", "roman", "number", "spelled", "counted"))
    return _worth(next(numeral for numeral in numerals if numeral))


def _worth(numeral: str) -> int:
    """Value of a number in digits, words or roman numerals."""
    return int(numeral) if numeral.isdigit() else VALUES.get(numeral.lower()) or roman(numeral)


def _tidy(text: str) -> str:
    """Remove the brackets and punctuation that enclosed nothing but a number."""
    return _LOOSE_ENDS.sub("", _LOOSE_ENDS.sub("", _DOUBLED.sub(",", " ".join(text.split())))).strip()


def _has_label(text: str) -> bool:
    return not text.isascii() or bool(_LABEL.search(f" {text.lower()}"))


def _has_catalogue(text: str) -> bool:
    return not text.isascii() or bool(_DIGIT.search(text) and _CATALOGUE_LABEL.search(text.lower()))


_READERS = (
    (lambda text: "第" in text, _HAN, _han),
    (_has_catalogue, _CATALOGUE, _catalogue),
    (_DIGIT.search, _ORDINAL, _labelled),
    (_has_label, _RANGE, _ranged),
    (_has_label, _LABELLED, _labelled),
    (lambda text: "#" in text, _HASH, lambda match: f"number:{_value(match)}"),
    (_BEFORE_DOT.search, _MOVEMENT, _movement),
    (lambda text: text.rstrip()[-1:] in "IVX", _LAST_ROMAN, lambda match: f"part:{_value(match)}"),
)
"""A cheap look that tells most texts without such a number, its pattern, and its tag."""
