"""Reads a printed artist credit: which names it holds, in which roles, joined by which phrases.

Parsing is lossless: names and join phrases, concatenated, give the text back. The difficulty is that names contain join
phrases themselves. Phrases such as "feat." always cut. "&", "and" and commas cut unless the pieces look like one act:
a leader with a backing band ("Bob Marley & The Wailers", "Glenn Miller and His Orchestra"), a duo or trio of single
words ("Hall & Oates", "Earth, Wind & Fire"), a suffix ("Sammy Davis, Jr."), one word twice ("Tyger, Tyger"), or a name
of the table `catalog.protected_names`. In a list ("A B, C D and The Tribe") the last "and" cuts again.
"""

import re
from typing import NamedTuple

from catalog.join_phrases import AND, BY_NAME, COMMA, CUT, JOIN, SLASH, TRIGGER
from catalog.protected_names import protected_spans
from catalog.text import fold

BACKING = re.compile(
    r"(?i:(?:the|his|her|their|hans|su|sus|son|sa|ses|seu|seus|sua|suo|i suoi|il suo|sein|seine|ihr|ihre|les|los|las|"
    r"die|das|de|il|gli|le|os|as)\s+\S|(?:friends|co|company|sons?|family|group|band|orchestra|choir|brothers|chorus|guests?|strings|"
    r"crew|kompanie|freunde|amigos|amis)\b\.?$)"
)
"""What the second half of a one-act name starts with or is."""

OPENERS, CLOSERS = "([（【 ", ")]）】"

WORD = re.compile(r"[^\s\d.]+\.?")
"""A piece of an act of single words: "Hall", not the monikers "AR-15" and "Mr.Roperrelli"."""

POSSESSIVE = re.compile(r"(?i:(?:his|her|their|hans|su|sus|son|sa|ses|suo|sein|seine|ihr|ihre)\s+\S)")
"""A band that belongs to the name before it, also at the end of a list."""

SUFFIX = re.compile(r"(?i:jr|sr|ii|iii|iv|inc|ltd|llc|m\.?d|ph\.?d|esq|the|(?:[A-Z]\.\s?)+[A-Z]?)\.?(?=$|\s*[(\[])")
"""What follows a comma inside one name."""

ORCHESTRAS = re.compile(
    r"(?i:orchest|orquest|philharmon|filarm|symphon|sinfoni|ensemble|quartet|quintet|chor\b|choir|chorus|kammer|consort|"
    r"staatskapelle|capella|oркестр|хор\b)"
)


class Credit(NamedTuple):
    """One name as printed, its role (`main`, `featured`, `with`, `conductor`, ...), the join phrase that follows."""

    name: str
    role: str
    join: str


class _Join(NamedTuple):
    start: int
    stop: int
    effect: str
    row: str


def parse_credit(text: str, known: frozenset[str] = frozenset()) -> tuple[Credit, ...]:
    """Names in printed order; `"".join(c.name + c.join for c in credits) == text`. Empty for blank text.

    `known`: folded names that are not cut (`catalog.learned_names`).
    """
    if not text.strip():
        return ()
    if text.isalnum() or not TRIGGER.search(text):
        return (Credit(text, "main", ""),)
    joins = [join for join in _joins(text) if text[: join.start].strip(OPENERS)]
    return tuple(_credits(text, _cutting(text, joins, known)))


def _joins(text: str) -> list[_Join]:
    """Every join phrase outside protected names."""
    found = [
        _Join(match.start(), match.end(), BY_NAME[match.lastgroup].effect, match.lastgroup)
        for match in JOIN.finditer(text)
        if match.lastgroup
    ]
    protected = protected_spans(text) if found else []
    return [join for join in found if not any(start < join.stop and join.start < stop for start, stop in protected)]


def _cutting(text: str, joins: list[_Join], known: frozenset[str]) -> list[_Join]:
    """The joins that end a name, decided between each two that always do."""
    cutting: list[_Join] = []
    run: list[_Join] = []
    start = 0
    for join in [*joins, _Join(len(text), len(text), CUT, "")]:
        if join.effect != CUT:
            run.append(join)
            continue
        whole = bool(run and known) and fold(text[start : join.start]) in known
        cutting += [*([] if whole else _cutting_in_list(text, start, join.start, run)), join]
        run, start = [], join.stop
    return cutting[:-1]


def _cutting_in_list(text: str, start: int, stop: int, joins: list[_Join]) -> list[_Join]:
    """The joins of "A, B & C" that end a name; none where the whole looks like one act."""
    if not joins:
        return []
    edges = [start, *(edge for join in joins for edge in (join.start, join.stop)), stop]
    pieces = [text[a:b].strip(OPENERS + CLOSERS) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if _is_act_of_words(pieces, joins):
        return []
    commas = any(
        join.effect == COMMA and not SUFFIX.match(piece) for join, piece in zip(joins, pieces[1:], strict=True)
    )
    return [
        join
        for join, left, right in zip(joins, pieces, pieces[1:], strict=False)
        if not _inside_name(join, left, right, commas=commas)
    ]


def _is_act_of_words(pieces: list[str], joins: list[_Join]) -> bool:
    """ "Hall & Oates", "Earth, Wind & Fire": single words, the last joined by "and"."""
    last = joins[-1]
    ends_in_and = last.effect == AND or (last.effect == COMMA and len(joins) == 2 and last.stop - last.start > 2)
    return ends_in_and and len(pieces) <= 3 and all(WORD.fullmatch(piece) for piece in pieces)


def _inside_name(join: _Join, left: str, right: str, *, commas: bool) -> bool:
    """Whether a join belongs to the name that surrounds it."""
    if join.effect == COMMA:
        number = left[-1:].isdigit() and right[:1].isdigit()
        return bool(SUFFIX.match(right)) or number or left.casefold() == right.casefold()
    if join.effect == SLASH:
        return not (" " in left and " " in right)
    return bool(POSSESSIVE.match(right)) or (not commas and bool(BACKING.match(right)))


def _credits(text: str, joins: list[_Join]) -> list[Credit]:
    """Cut the text; empty names and the brackets around a name go into the joins."""
    credits: list[Credit] = []
    role, start = "main", 0
    for join in [*joins, _Join(len(text), len(text), CUT, "")]:
        name, tail = _without_tail(text[start : join.start])
        printed = tail + text[join.start : join.stop]
        if name:
            credits.append(Credit(name, _role(name, role, first=not credits), printed))
        elif credits:
            credits[-1] = credits[-1]._replace(join=credits[-1].join + printed)
        else:
            continue  # nothing but joins so far: they belong to the first name
        role = (BY_NAME[join.row].role if join.row else None) or role
        start = join.stop
    return credits or [Credit(text, "main", "")]


def _without_tail(name: str) -> tuple[str, str]:
    """A name, and the spaces and unopened closing brackets behind it."""
    stop = len(name)
    while stop and (name[stop - 1].isspace() or (name[stop - 1] in CLOSERS and not _opened(name[:stop]))):
        stop -= 1
    return name[:stop], name[stop:]


def _opened(name: str) -> bool:
    closer = name[-1]
    return name.count(OPENERS[CLOSERS.index(closer)]) >= name.count(closer)


def _role(name: str, role: str, *, first: bool) -> str:
    return "orchestra" if role == "main" and not first and ORCHESTRAS.search(name) else role
