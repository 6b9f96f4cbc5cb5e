"""Whether two titles that are alike name different things (another number, another word), and two credits other people.

Letters alone cannot tell: "Monday Morning" and "Friday Morning" share more of them than many a misspelt title and its
twin. So the words are compared that only one side has. Where each side has one that is nothing like any of the other's
("Opening Credits", "Closing Credits"), or both have words of one series, however alike these are ("C major", "C
minor"), there are two titles. A word that only one side has ("Final Boss Battle") or that is spelt in another way
tells nothing by itself (but see `adds_word`).
"""

import re

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from dedup.keys import other_key

SERIES = tuple(
    frozenset(words.split())
    for words in (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand",
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth last",
        "uno due tre quattro cinque sei sette otto nove dieci dos tres cuatro cinco seis siete ocho nueve diez",
        "primo primero primeiro secondo segundo terzo tercero terceiro quarto cuarto quinto sesto sexto settimo",
        "prima primera primeira seconda segunda terza tercera terceira quarta cuarta quinta sesta sexta settima",
        "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
        "eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf",
        "erste zweite dritte vierte funfte sechste siebte achte neunte zehnte",
        "erster zweiter dritter vierter funfter sechster siebter achter neunter zehnter",
        "pervaya vtoraya tretya chetvertaya pyataya shestaya sedmaya vosmaya devyataya desyataya",
        " ".join(
            f"{hundred}{ten}{one}"
            for hundred in ("", "c")
            for ten in ("", *"x xx xxx xl l lx lxx lxxx xc".split())
            for one in ("", *"i ii iii iv v vi vii viii ix".split())
        ),
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "january february march april may june july august september october november december",
        "north east south west",
        "northern eastern southern western",
        "left right",
        "major minor",
        "dur moll",
        "majeur mineur",
        "maggiore minore",
        "sharp flat natural",
        "intro outro",
        "prelude interlude postlude",
        "allegro allegretto andante andantino adagio adagietto largo larghetto presto prestissimo lento",
        "with without",
        "male female",
        "man woman",
        "upper lower",
        "high medium low",
        "slow fast",
    )
)
"""Words of which each means another thing, spelt alike or not."""

_MEMBERS = frozenset().union(*SERIES)

ALTERING = frozenset(["sharp", "flat"])
"""Words that mean another thing where they are missing: "F sharp minor", "F minor"."""

PERFORMERS = frozenset("jr junior sr senior tribute tributo karaoke cover covers".split())
"""Words beside a name that make it another's: the son's, the father's, that of a band that plays his songs."""

ALIKE, INSIDE = 70, 80
"""Similarity, 0..100, from which two words are spellings of one, and from which one stands in the other's text."""

LEAST_LETTERS = 3
"""Letters of a word from which it tells something: "a", "of" and "de" do not."""

YEAR_DIGITS = 4

FLATS = frozenset(f"{note}b" for note in "abcdefg")
"""Notes printed so: "eb minor"."""

_FLAT = re.compile(r"\b(?P<note>[a-g])b\b")
_MARK = re.compile(r"[0-9]|\b[^\W_]\b")
_LETTERED = re.compile(r"\b(?P<number>[0-9]{1,4})(?P<letter>[a-z])\b")
_GLUED = re.compile(r"(?:[a-z]+[0-9]{1,4})+")
_DIGITS = re.compile(r"[0-9]+")
_LAST_DIGITS = re.compile(r"[0-9]+$")
_WRITTEN = (
    "one two three four five six seven eight nine ten eleven twelve",
    "i ii iii iv v vi vii viii ix x xi xii",
)
_VALUE = {word: str(value) for words in _WRITTEN for value, word in enumerate(words.split(), start=1)}


def other_performer(a: str, b: str) -> bool:
    """Whether one of two credits that are alike is the other's son, father or tribute band."""
    return not PERFORMERS.isdisjoint(set(a.split()) ^ set(b.split()))


def other_number(a: str, b: str) -> bool:
    """Whether two titles name other numbers or single letters: "song 2" and "song 3", "theme a" and "theme b".

    A number may be missing on one side, and a letter that is all the other adds; any other letter too many is a slip
    ("u nser wille"). A number inside a word is a part of it, but for one with a letter, "012a" and "012b", and for what
    is told apart by it, "v1" and "v2".
    """
    if not _MARK.search(a) and not _MARK.search(b):  # most titles
        return False
    ours, theirs = _words(a), _words(b)
    if _other_glued(set(ours) - set(theirs), set(theirs) - set(ours)):
        return True
    if _numbers(ours) != _numbers(theirs):
        return not _written_otherwise(ours, theirs)
    left, right = _letters(ours) - _letters(theirs), _letters(theirs) - _letters(ours)
    return bool(left and right) or _adds_letter(ours, theirs) or _adds_letter(theirs, ours)


def other_volume(a: str, b: str) -> bool:
    """Whether two album titles differ in nothing but numbers, which are no years: "hits vol 1" and "hits vol 2"."""
    if _DIGITS.sub("#", a) != _DIGITS.sub("#", b):
        return False
    return any(x != y and max(len(x), len(y)) < YEAR_DIGITS for x, y in zip(_values(a), _values(b), strict=True))


def _other_glued(ours: set[str], theirs: set[str]) -> bool:
    """Whether two words are alike but for numbers behind letters: "v1" and "v2", "s01e02" and "s01e03", "boss2"."""
    return any(
        (_DIGITS.sub("#", one) == _DIGITS.sub("#", other) and _values(one) != _values(other))
        or (len(one) > LEAST_LETTERS and other[: -len(digits.group())] == one)
        for left, right in ((ours, theirs), (theirs, ours))
        for other in right
        if _GLUED.fullmatch(other) and (digits := _LAST_DIGITS.search(other))
        for one in left
    )


def _values(text: str) -> list[str]:
    return [digits.lstrip("0") for digits in _DIGITS.findall(text)]


def _words(title: str) -> list[str]:
    return _LETTERED.sub(r"\g<number> \g<letter>", title).split()


def _numbers(words: list[str]) -> list[str]:
    return [word.lstrip("0") for word in words if word.isdigit()]


def _written_otherwise(ours: list[str], theirs: list[str]) -> bool:
    """Whether all that differs is how a number is written: "interlude 1", "interlude one", "interlude i"."""
    left, right = ([_VALUE.get(word, word.lstrip("0")) for word in words] for words in (ours, theirs))
    return left == right


def _letters(words: list[str]) -> set[str]:
    return {word for word in words if len(word) == 1 and not word.isdigit()}


def _adds_letter(words: list[str], others: list[str]) -> bool:
    """Whether a title is the other and a letter behind it: "theme b" and "theme"."""
    return bool(words) and len(words[-1]) == 1 and words[:-1] == others


def other_word(a: str, b: str) -> bool:
    """Whether each of two titles has a word that tells it from the other: "monday morning" and "friday morning"."""
    if other_key(a, b):
        return True
    ours, theirs = set(a.split()), set(b.split())
    if not FLATS.isdisjoint(ours | theirs):
        ours, theirs = (set(_FLAT.sub(r"\g<note> flat", title).split()) for title in (a, b))
    left, right = ours - theirs, theirs - ours
    if not ALTERING.isdisjoint(left) or not ALTERING.isdisjoint(right):
        return True
    if not left or not right:
        return False
    if not _MEMBERS.isdisjoint(left) and not _MEMBERS.isdisjoint(right) and _in_series(left, right):
        return True
    return _unlike(left, right) and _unlike(right, left)


def adds_word(a: str, b: str, elsewhere: str) -> bool:
    """Whether one of two titles is the other with words more: "boss battle", "final boss battle".

    elsewhere: artists and albums of both, whose words say nothing in a title.
    """
    ours, theirs = set(a.split()), set(b.split())
    more = (ours ^ theirs) - set(elsewhere.split())
    return (ours < theirs or theirs < ours) and any(len(word) >= LEAST_LETTERS for word in more)


def _in_series(left: set[str], right: set[str]) -> bool:
    return any(not series.isdisjoint(left) and not series.isdisjoint(right) for series in SERIES)


def _unlike(words: set[str], others: set[str]) -> bool:
    """Whether one of the words, no code with digits in it, is a spelling of none of the others nor stands in them."""
    joined = "".join(sorted(others))
    told = [word for word in words if len(word) >= LEAST_LETTERS and word.isalpha()]
    return any(not _spelt_in(word, others, joined) for word in told)


def _spelt_in(word: str, others: set[str], joined: str) -> bool:
    if any(fuzz.ratio(word, other) >= ALIKE or OSA.distance(word, other, score_cutoff=1) <= 1 for other in others):
        return True
    return fuzz.partial_ratio(word, joined) >= INSIDE
