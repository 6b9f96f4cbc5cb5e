"""What an album's title says of all its tracks: "Rain (Instrumentals)", "Live in Paris".

An album's version words are read where they make another recording of every track. Those beside an edition's say
nothing, for "Rain (Deluxe Edition + Instrumentals)" has both; nor do remixes, among which the original often stands.
"""

from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from catalog.text import CACHED_TEXTS
from catalog.version_phrases import version_tags
from catalog.versions import vocabulary
from dedup.buffers import filled
from dedup.contrasts import INSIDE
from dedup.records import SEPARATOR
from dedup.texts import column, texts_of

ALBUM, CALLED = "album ", "called "
"""Begin a tag that stands for an album's, and one of an album called so: "Live in Paris", but also "Live in Color".

The latter counts beside another of its kind alone. Where a live album and one that says nothing list a track of one
length, it is mostly one take.
"""

TELLING = frozenset(
    "live instrumental karaoke acapella acoustic demo rerecorded sped-up slowed nightcore reversed 8d".split()
)
"""Kinds of version that hold for all tracks of an album called so."""

EDITIONS = frozenset("deluxe expanded bonus edition".split())
"""Kinds of album whose other version words may speak of the added tracks."""


def telling_tags(album: pa.Array, versions: pa.ListArray) -> pa.Array:
    """What albums say of their tracks: tags that begin with ALBUM or CALLED, joined by SEPARATOR; "" for nothing.

    album: folded titles; versions: the tags that were read from them. Most have no such word and are not looked at.
    """
    titles, read = filled(album).cast(pa.string()), filled(pc.binary_join(versions, SEPARATOR))
    may = pc.or_(pc.match_substring_regex(titles, _telling_words()), pc.not_equal(read, ""))
    at = np.flatnonzero(np.asarray(may))
    found = np.full(len(titles), "", object)
    sides = (text.take(pa.array(at)).to_pylist() for text in (titles, read))
    found[at] = [_tags(title, tags) for title, tags in zip(*sides, strict=True)]
    return pa.array(found, pa.string())


@cache
def _telling_words() -> str:
    """A pattern of the words without one of which no title is a telling phrase."""
    last = {words[-1] for words, row in vocabulary().items() if row.kind in TELLING}
    return rf"\b(?:{'|'.join(sorted(last | {'style', 'by'}))})\b"


@lru_cache(CACHED_TEXTS)
def _tags(core: str, versions: str) -> str:
    tags = versions.split(SEPARATOR) if versions else []
    bracketed = [] if any(kind(tag) in EDITIONS for tag in tags) else tags
    found = {f"{ALBUM}{tag}" for tag in bracketed if kind(tag) in TELLING}
    for tag in version_tags(core) or ():
        if kind(tag) in TELLING:  # "Rain Instrumentals" names no version but what it is of
            found.add(f"{CALLED}{tag}" if kind(tag) == "live" else f"{ALBUM}{kind(tag)}")
    return SEPARATOR.join(sorted(found))


def kind(tag: str) -> str:
    """What a tag is of, without its detail."""
    return tag.partition(":")[0]


def applied(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags of two titles, each with its album's where these tell more than that both say the same.

    A venue or year of an album counts where no title names one.
    """
    if a == b:
        return _own(a), _own(b)
    detailed = {kind(tag) for tag in (*a, *b) if ":" in tag and not tag.startswith((ALBUM, CALLED))}
    return _joined(a, b, detailed), _joined(b, a, detailed)


def _joined(tags: tuple[str, ...], others: tuple[str, ...], detailed: set[str]) -> tuple[str, ...]:
    beside = {kind(_said(tag)) for tag in others}
    called = {_said(tag) for tag in tags if tag.startswith(CALLED) and kind(_said(tag)) in beside}
    albums = {_said(tag) for tag in tags if tag.startswith(ALBUM)} | called
    return tuple(sorted({*_own(tags)} | {kind(tag) if kind(tag) in detailed else tag for tag in albums}))


def _own(tags: tuple[str, ...]) -> tuple[str, ...]:
    """The tags of the title itself."""
    return tuple(tag for tag in tags if _said(tag) == tag)


def _said(tag: str) -> str:
    """A tag whosever it is."""
    return tag.removeprefix(ALBUM).removeprefix(CALLED)


def with_albums(pairs: pa.Table) -> list[pa.Array]:
    """Version tags of both sides of pairs, with their albums' to be `applied`.

    Not where a side lacks its title or its album, as that may have said the same.
    """
    sides, tags = ([column(pairs, f"{name}_{side}") for side in "ab"] for name in ("versions", "album_tags"))
    albums = texts_of(pairs, "album_core")
    says = [np.asarray(pc.not_equal(side, "")) for side in tags]
    told = (says[0] | says[1]) & albums.both & texts_of(pairs, "title_core").both
    if not told.any():
        return sides
    told &= ~_misspelt(tags[0], albums.right, told & ~says[1]) & ~_misspelt(tags[1], albums.left, told & ~says[0])
    mask, end = pa.array(told), pa.scalar(SEPARATOR, sides[0].type)
    joined = [
        pc.binary_join_element_wise(side, tag.cast(side.type), end) for side, tag in zip(sides, tags, strict=True)
    ]
    return [pc.if_else(mask, pc.utf8_trim(whole, SEPARATOR), side) for whole, side in zip(joined, sides, strict=True)]


def _misspelt(tags: pa.Array, albums: pa.Array, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Among pairs in `where`: does what one album says stand in the other's title, where it was not understood?"""
    mask = pa.array(where)
    said = [" ".join(map(_said, text.split(SEPARATOR))).replace(":", " ") for text in tags.filter(mask).to_pylist()]
    found = np.zeros(len(where), bool)
    found[where] = cpdist(said, albums.filter(mask).to_pylist(), scorer=fuzz.partial_ratio) >= INSIDE
    return found
