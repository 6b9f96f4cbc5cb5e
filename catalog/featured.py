"""Guests credited inside a title: "Song (feat. B)", "Song ft. B & C", "Song (with B)", "Song (Duet with B)".

"feat." and its spellings count anywhere behind the title; "with" and its translations only at the start of a bracket
and only before what is printed like a name, since "(With You)" is part of a title.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from catalog.credits import parse_credit
from catalog.text import fold_name

_FEATURED = re.compile(
    r"(?:^|(?<=[\s,;(\[/]))(?i:(?:(?:and|&) )?(?:featuring|feat\.|(?<!little )feat|ft\.|(?<!\d\s)ft|f/|co-?starring))"
    r"(?:\s*(?i:conductor|director|vocals?)\s*:)?(?:\s+|(?<=[./]))(?!of\b)(?=[^\s)\]])"
)
_TRACES = ("ft", "fea", "f/", "starr")
"""Every spelling of "feat." holds one of these."""

_WITH = re.compile(
    r"(?:(?i:duet )?(?:with|w/)|(?i:duet with|vs\.?)|con|avec|mit|med|com|(?:With)(?! (?i:the|a|an)\b)|\+)\s+"
    r"(?!(?i:you|me|us|him|her|them|it|my|your|our|this|that|no|all|every|love|or|lyrics?|letra|intro|outro|vocals?|strings?|"
    r"piano|rap|out|bonus|introduction|background|backing|lead|digital|remix|dub|jhankar)\b)(?=[^\W\d_a-z]|\d)"
)


class Guests(NamedTuple):
    """What is left of the text, and the folded names that were credited in it."""

    text: str
    names: tuple[str, ...]


def take_featured(text: str) -> Guests:
    """Cut "feat. ..." off the end of a text; the text stays whole where nothing precedes the phrase or follows it."""
    lower = text.lower()
    held = [trace for trace in _TRACES if trace in lower]
    match = _FEATURED.search(text) if held else None
    if match is None:
        return Guests(text, ())
    return Guests(text[: match.start()].rstrip(" ,;([-–/"), guest_names(text[match.end() :]))


def bracket_guests(content: str) -> tuple[str, ...]:
    """Names of a bracket that starts with "with" before a name; empty where it is something else."""
    match = _WITH.match(content)
    return guest_names(content[match.end() :]) if match else ()


@lru_cache(1 << 14)
def guest_names(text: str) -> tuple[str, ...]:
    """Folded names of a printed list of guests, in printed order."""
    names = (fold_name(credit.name) for credit in parse_credit(text.strip(" .:)]")))
    return tuple(dict.fromkeys(name for name in names if name))
