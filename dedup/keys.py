"""Keys in folded titles: "prelude in e flat minor", "praludium es moll", "sonate en si bemol majeur".

Works of one cycle are often told apart by nothing else, and two keys differ by few letters. Without a mode a key is
major, as it is printed: "sonata in g". German names of notes count before "dur" and "moll", where "b" is B flat.
"""

import re
from functools import lru_cache

from catalog.text import CACHED_TEXTS

MODES = {
    **dict.fromkeys("major maj dur majeur maggiore mayor maior mazhor".split(), "major"),
    **dict.fromkeys("minor min moll mineur minore menor".split(), "minor"),
}
"""Printed mode -> major or minor."""

_ALTERED = {
    **dict.fromkeys("sharp diese diesis sostenido sustenido diez".split(), "sharp"),
    **dict.fromkeys("flat bemol bemolle".split(), "flat"),
}
_SYLLABLES = {
    "do": "c", "ut": "c", "re": "d", "mi": "e", "fa": "f", "sol": "g", "la": "a", "lya": "a", "si": "b"
}  # fmt: skip
_ANY_MODE = "|".join(MODES)
_KEY = re.compile(
    rf"\b(?:(?P<german>[a-h])(?P<tail>is|es|s)?(?= (?:dur|moll)\b)|"
    rf"(?P<syllable>{'|'.join(_SYLLABLES)})(?: (?P<changed>{'|'.join(_ALTERED)}))?(?= (?:{_ANY_MODE})\b)|"
    rf"(?P<note>[a-g])(?:(?P<flat>b)| (?P<altered>sharp|flat))?(?= (?:{_ANY_MODE})\b)|"
    rf"(?<=\bin )(?P<bare>[a-g])(?:(?P<bare_flat>b)\b| (?P<bare_altered>sharp|flat)\b|(?= |$)))"
    rf"(?: (?P<mode>{_ANY_MODE})\b)?"
)
_KEYED = re.compile(rf"(?:\b(?:in|en|v) )?{_KEY.pattern}")
_MAY = re.compile(rf"\b(?:{_ANY_MODE})\b")


def other_key(a: str, b: str) -> bool:
    """Whether both titles name keys and have none in common; one of them has to print its mode."""
    if not _MAY.search(a) and not _MAY.search(b):
        return False
    ours, theirs = keys(a), keys(b)
    return bool(ours and theirs and ours.isdisjoint(theirs))


@lru_cache(CACHED_TEXTS)
def keys(title: str) -> frozenset[str]:
    """The keys that a folded title names, as "e flat minor"."""
    return frozenset(_named(match) for match in _KEY.finditer(title))


def with_keys(title: str) -> str:
    """A folded title whose keys are all printed as "e flat minor", without the "in" before them."""
    return _KEYED.sub(lambda match: _named(match), title)


def _named(match: re.Match[str]) -> str:
    mode = MODES.get(match["mode"] or "", "major")
    if letter := match["german"]:
        note = {"h": "b"}.get(letter, letter)
        altered = "flat" if letter == "b" else {"is": "sharp", "es": "flat", "s": "flat"}.get(match["tail"], "")
    elif syllable := match["syllable"]:
        note, altered = _SYLLABLES[syllable], _ALTERED.get(match["changed"], "")
    else:
        note = match["note"] or match["bare"]
        altered = match["altered"] or match["bare_altered"] or ("flat" if match["flat"] or match["bare_flat"] else "")
    return " ".join(filter(None, (note, altered, mode)))
