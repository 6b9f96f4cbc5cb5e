"""In which way two artist names are alike, and how likely that way is to mean one artist.

A relation is no proof. Its prior (`PRIORS`) is what the two names alone are worth; `artist_links` adds what their
tracks share. Short names are never related by a wrong letter ("Jon", "John"; "Mario", "Marie"), but for one that is
doubled ("Metallica", "Metalica").
"""

import re

from rapidfuzz.distance import DamerauLevenshtein

from dedup.artist_forms import ENSEMBLES, both_names, is_foreign, skeleton, spelt_out, undoubled, without_ensemble
from dedup.artist_names import PLACEHOLDERS

DIGITS = re.compile(r"\d+")
CONJUNCTIONS = frozenset({"and", "und", "et", "y", "e", "i", "og", "och", "en", "n", "the"})
RESIDUES = frozenset({"feat", "ft", "featuring", "with", "vs"})  # what a credit cut short leaves behind a name
QUALIFIERS = frozenset({"uk", "us", "usa"})  # behind a name they tell it from a namesake
GENERATIONS = frozenset({"jr", "sr", "junior", "senior", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii"})
STAGE_PREFIXES = frozenset({"dj", "mc", "dr", "doctor", "lady", "sir"})

SPACING_LETTERS = 6
STYLISED_LETTERS = 5
DOUBLED_LETTERS = 6
SKELETON_LETTERS = 6
SURNAME_LETTERS = 5  # a shorter single word is anybody's surname
TYPO_LETTERS, TWO_TYPOS_LETTERS, LONG_NAME_LETTERS = 9, 14, 20
TWO_TYPOS = 2  # no name is allowed more

# Log2 odds that two names so related are one artist, before their tracks are looked at: set by hand, ordered by how
# often strangers are so related too.
PRIORS: dict[str, float] = {
    "two scripts": 5.0,
    "inverted": 4.0,
    "spacing": 3.0,
    "initials": 3.0,
    "conjunction": 2.0,
    "stylised": 2.0,
    "residue": 2.0,
    "transliteration": 1.0,
    "all initials": 1.0,
    "typo in a long name": 2.0,
    "order": 0.0,
    "short spacing": -1.0,
    "doubled letter": -1.0,
    "typo": -1.0,
    "initial only": -3.0,
    "surname": -4.0,
    "stage prefix": -4.0,
    "first name": -6.0,
    "ensemble": -8.0,
}


def relate(a: str, b: str, *, printed_a: str = "", printed_b: str = "") -> str | None:
    """How the different name keys `a` and `b` are alike: a key of `PRIORS`, or None. Symmetric.

    `printed_a`, `printed_b` are the names as printed, where a comma tells "Last, First" from a chance word order.
    """
    if {a, b} & PLACEHOLDERS or "(" in a or "(" in b:
        return None
    if _generation(a) != _generation(b):
        x, y = sorted((a.split(), b.split()), key=len)
        return _part_of(x, y[:-1]) if y[-1] in GENERATIONS and len(y) > 2 else None
    if _digits(a) != _digits(b):
        return "stylised" if spelt_out(a) == spelt_out(b) and min(len(a), len(b)) >= STYLISED_LETTERS else None
    x, y = sorted((a.split(), b.split()), key=lambda words: (len(words), words))
    inverted = "," in printed_a or "," in printed_b
    return (
        _two_scripts(a, b, printed_a, printed_b)
        or _same_letters(x, y)
        or _same_words(x, y, inverted)
        or _person(x, y)
        or _decorated(x, y)
        or _part_of(x, y)
        or _other_script(a, b, printed_a, printed_b)
        or _typo(a, b)
        or _doubled(a, b)
    )


def _generation(key: str) -> list[str]:
    """What tells a father from his son: "Johann Strauss I", "Hank Williams Jr."; one letter only behind the name."""
    words = key.split()
    return sorted(word for word in words if word in GENERATIONS and (len(word) > 1 or word == words[-1]))


def _digits(key: str) -> list[str]:
    return DIGITS.findall(key)


def _same_letters(x: list[str], y: list[str]) -> str | None:
    joined = "".join(x)
    if joined != "".join(y):
        return None
    return "spacing" if len(joined) >= SPACING_LETTERS else "short spacing"  # "AC/DC", "ACDC"


def _same_words(x: list[str], y: list[str], comma: bool) -> str | None:
    if len(x) > 1 and sorted(x) == sorted(y):
        turned = y in (x[1:] + x[:1], x[-1:] + x[:-1])
        return "inverted" if comma and turned else "order"
    bare_x, bare_y = ([word for word in words if word not in CONJUNCTIONS] for words in (x, y))
    return "conjunction" if len(bare_x) > 1 and bare_x == bare_y else None


def _person(x: list[str], y: list[str]) -> str | None:
    """One surname, and forenames of which some are initials: "Pyotr I. Tchaikovsky", "Pyotr Ilyich Tchaikovsky".

    A whole forename more is another name ("Ralph Williams", "Ralph Vaughan Williams"); a middle initial more is not.
    """
    if len(x) < 2 or x[-1] != y[-1] or len(x[-1]) < 3:
        return None
    if len(y) > len(x) == 2 and x[0] == "".join(word[0] for word in y[:-1]):
        return "all initials"
    if len(y) - len(x) > 1:
        return None
    forenames, longer = x[:-1], y[:-1]
    if not all(_abbreviates(p, q) for p, q in zip(forenames, longer, strict=False)):
        return None
    if len(forenames) < len(longer) and len(longer[-1]) > 1:
        return None
    return "initials" if min(len(x[0]), len(y[0])) > 1 else "initial only"


def _abbreviates(p: str, q: str) -> bool:
    return p == q or (p[0] == q[0] and min(len(p), len(q)) == 1)


def _part_of(x: list[str], y: list[str]) -> str | None:
    if y[0] in STAGE_PREFIXES and y[1:] == x:
        return "stage prefix"
    if len(x) != 1 or not 2 <= len(y) <= 4 or set(y) & CONJUNCTIONS:
        return None
    if x[0] == y[-1]:
        return "surname" if len(x[0]) >= SURNAME_LETTERS else None
    return "first name" if x[0] == y[0] and not (len(y) == 2 and y[1] in QUALIFIERS) else None


def _decorated(x: list[str], y: list[str]) -> str | None:
    """A name with what an ensemble or a credit cut short adds: "Glenn Miller and his orchestra", "Usher feat"."""
    if y[:-1] == x and y[-1] in RESIDUES:
        return "residue"
    return "ensemble" if y[-1] in ENSEMBLES and without_ensemble(" ".join(y)) == " ".join(x) else None


def _other_script(a: str, b: str, printed_a: str, printed_b: str) -> str | None:
    """One name in its own script and in Latin letters, romanised in another way."""
    if is_foreign(printed_a) == is_foreign(printed_b):
        return None
    bones = skeleton(a)
    return "transliteration" if bones == skeleton(b) and len(bones) >= SKELETON_LETTERS else None


def _two_scripts(a: str, b: str, printed_a: str, printed_b: str) -> str | None:
    """A name printed in two scripts at once, and one of the two: "아이유 (IU)", "IU"."""
    both_a, both_b = both_names(printed_a), both_names(printed_b)
    return "two scripts" if b in both_a or a in both_b or (both_a and both_a == both_b) else None


def _doubled(a: str, b: str) -> str | None:
    letters = undoubled(a)
    return "doubled letter" if len(letters) >= DOUBLED_LETTERS and letters == undoubled(b) else None


def _single_letters(key: str) -> list[str]:
    return [word for word in key.split() if len(word) == 1]


def _typo(a: str, b: str) -> str | None:
    shorter = min(len(a), len(b))
    allowed = (shorter >= TYPO_LETTERS) + (shorter >= TWO_TYPOS_LETTERS)
    if not allowed or a[0] != b[0] or _single_letters(a) != _single_letters(b):  # "Paul F. Hill" and "Paul J. Hill"
        return None
    if DamerauLevenshtein.distance(a, b, score_cutoff=allowed) > allowed:
        return None
    return "typo in a long name" if shorter >= LONG_NAME_LETTERS else "typo"
