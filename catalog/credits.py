"""Reads a printed artist credit: which names it holds, in which roles, joined by which phrases.

Parsing is lossless: names and join phrases, concatenated, give the text back. The difficulty is that names contain join
phrases themselves. Phrases such as "feat." always cut. "&", "and" and commas cut unless the pieces look like one act:
a leader with a backing band ("Bob Marley & The Wailers", "Glenn Miller and His Orchestra"), a duo or trio of single
words ("Hall & Oates", "Earth, Wind & Fire"), a suffix ("Sammy Davis, Jr."), one word twice ("Tyger, Tyger"), or a name
of the table `catalog.protected_names`. In a list ("A B, C D and The Tribe") the last "and" cuts again, and an "&"
before the last comma does not ("Above & Beyond, Richard Bedford"). "Bach, Johann; Gould, Glenn" are two names.
"""

import re
from typing import NamedTuple

from catalog.join_phrases import AND, BY_NAME, COMMA, CUT, JOIN, SLASH, TRIGGER
from catalog.protected_names import protected_spans
from catalog.text import fold

BACKING = re.compile(
    r"(?i:(?:the|his|her|their|hans|su|sus|son|sa|ses|seu|seus|sua|suo|i suoi|il suo|sein(?:e[mnr]?)?|"
    r"ihr(?:e[mnr]?)?|les|los|las|die|das|de|il|gli|le|os|as|группа|гурт|его|её|ее|их|οι)\s+\S|(?:friends|co|company|sons?|family|group|band|orchestra|choir|brothers|chorus|guests?|strings|"
    r"party|sa?athi|crew|kompanie|freunde|amigos|amis|друзья)\b\.?$)"
)
"""What the second half of a one-act name starts with or is."""

OPENERS, CLOSERS = "([（【 ", ")]）】"

BRACKETS = re.compile(r"[(\[（【][^()\[\]（）【】]*[)\]）】]")

LETTERS = re.compile(r"(?<!\w)\w&\w(?!\w)")
"""An "&" of single letters is no join: "C&C Music Factory", "The Product G&B"."""

GENERIC = re.compile(
    r"(?i:the )?(?i:orchest(?:ra|re|er)|orquesta|chorus(?:es)?|choirs?|chor|ch[oœ]e?urs?|coro|soloists?|хор|оркестр)"
)
"""It names nobody alone: "Chorus & Orchestra of the Royal Opera House" is one body."""

UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{3}")
"""Letters that may be a forename and a surname in a script that puts no space between them."""

HAN_OR_HANGUL = re.compile(r"[\u3400-\u9fff\uac00-\ud7af]")

WORD = re.compile(r"[^\s\d.]+\.?")
"""A piece of an act of single words: "Hall", not the monikers "AR-15" and "Mr.Roperrelli"."""

POSSESSIVE = re.compile(
    r"(?i:(?:his|her|their|hans|su|sus|son|sa|ses|suo|la sua|sein(?:e[mnr]?)?|ihr(?:e[mnr]?)?)\s+\S)"
)
"""A band that belongs to the name before it, also at the end of a list."""

SUFFIX = re.compile(r"(?i:jr|sr|ii|iii|iv|inc|ltd|llc|m\.?d|ph\.?d|esq|the|(?:[A-Z]\.\s?)+[A-Z]?)\.?(?=$|\s*[(\[])")
"""What follows a comma inside one name."""

INVERTED_BETWEEN = frozenset((";", "；", "|"))
"""What separates names that are printed "Last, First"."""

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
    if not found:
        return []
    protected = [*protected_spans(text), *(match.span() for match in LETTERS.finditer(text))]
    inside = _in_brackets(text, found)
    return [
        join
        for join in found
        if not any(start < join.stop and join.start < stop for start, stop in protected)
        and (join.start not in inside or BY_NAME[join.row].role not in (None, "main"))
    ]


def _in_brackets(text: str, joins: list[_Join]) -> set[int]:
    """Places in brackets that belong to a name, "Jack Ü (Skrillex & Diplo)", and not to a join, "A (feat. B & C)"."""
    opened = {place for join in joins for place in range(join.start, join.stop)}
    first = len(text) - len(text.lstrip(OPENERS))
    spans = (match.span() for match in BRACKETS.finditer(text, first) if match.start() not in opened)
    return {place for start, stop in spans for place in range(start + 1, stop)}


def _cutting(text: str, joins: list[_Join], known: frozenset[str]) -> list[_Join]:
    """The joins that end a name, decided between each two that always do."""
    cutting: list[_Join] = []
    run: list[_Join] = []
    start = 0
    inside = _inside_inverted(text, joins)
    joins = [join for join in joins if join not in inside]
    for join in [*joins, _Join(len(text), len(text), CUT, "")]:
        if join.effect != CUT:
            run.append(join)
            continue
        whole = bool(run and known) and fold(text[start : join.start]) in known
        cutting += [*([] if whole else _cutting_in_list(text, start, join.start, run)), join]
        run, start = [], join.stop
    return cutting[:-1]


def _inside_inverted(text: str, joins: list[_Join]) -> set[_Join]:
    """The commas of "Last, First; Last, First": two such names or more, and no other comma between two semicolons."""
    found: set[_Join] = set()
    start, own = 0, list[_Join]()
    for join in [*joins, _Join(len(text), len(text), CUT, "")]:
        if join.row and text[join.start : join.stop].strip() not in INVERTED_BETWEEN:
            own.append(join)
            continue
        if own and not _is_inverted(text[start : join.start], own, start):
            return set()
        found.update(own)
        start, own = join.stop, []
    return found if len(found) > 1 else set()


def _is_inverted(name: str, joins: list[_Join], start: int) -> bool:
    """Whether a text, which begins at `start`, is "Last, First" and not "Miles Davis, John Coltrane"."""
    if len(joins) > 1 or joins[0].effect != COMMA:
        return False
    last, first = name[: joins[0].start - start].strip(), name[joins[0].stop - start :].strip()
    return not SUFFIX.match(first) and not (" " in last and " " in first)


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
    duos = _duos(pieces, joins) if commas else set()
    return [
        join
        for join, left, right in zip(joins, pieces, pieces[1:], strict=False)
        if join not in duos and not _inside_name(join, left, right, commas=commas)
    ]


def _duos(pieces: list[str], joins: list[_Join]) -> set[_Join]:
    """The "&" of two words before a comma, "Above & Beyond, Richard Bedford": an "&" that ends a list is the last."""
    effects = [COMMA, *(join.effect for join in joins)]
    return {
        join
        for i, join in enumerate(joins[:-1])
        if effects[i : i + 3] == [COMMA, AND, COMMA] and _is_act_of_words(pieces[i : i + 2], [join])
    }


def _is_act_of_words(pieces: list[str], joins: list[_Join]) -> bool:
    """ "Hall & Oates", "Earth, Wind & Fire": single words, the last joined by "and"."""
    last = joins[-1]
    ends_in_and = last.effect == AND or (last.effect == COMMA and len(joins) == 2 and last.stop - last.start > 2)
    words = all(WORD.fullmatch(piece) and not _is_full(piece) for piece in pieces)
    return ends_in_and and len(pieces) <= 3 and words


def _inside_name(join: _Join, left: str, right: str, *, commas: bool) -> bool:
    """Whether a join belongs to the name that surrounds it."""
    if not left:
        return False
    if join.effect == COMMA:
        number = left[-1:].isdigit() and right[:1].isdigit()
        return bool(SUFFIX.match(right)) or number or left.casefold() == right.casefold()
    if join.effect == SLASH:
        return not (_is_full(left) and _is_full(right))
    return bool(GENERIC.fullmatch(left)) or bool(POSSESSIVE.match(right)) or (not commas and bool(BACKING.match(right)))


def _is_full(name: str) -> bool:
    """Whether it may be a forename and a surname: "松任谷由実" may, "タッキー" and "翼" are moniker and forename."""
    return " " in name or bool(UNSPACED.search(name) and HAN_OR_HANGUL.search(name))


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
