"""Names that look like several, learned from the catalogue itself: "Fred V & Grafix", "Medeski Martin & Wood".

A credit that would be cut at "&", "and", a comma or a slash is one name where it stands on several albums and none of
its pieces stands anywhere without the others. Nothing can go wrong then: a piece that never appears alone has no tracks
that could be taken from it. "Presley, Elvis" is one name where the catalogue also prints "Elvis Presley". Known acts
that do not appear so often are in `catalog.protected_names`.

Texts are counted in Arrow; only credits that may be such names are parsed. Memory holds the distinct credits.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog.credits import parse_credit
from catalog.text import clean, fold

ALBUMS = 3
"""On so many albums a credit stands, at least."""

PIECES = 4
"""A name of more pieces is a list."""

MOST_TEXTS = 5_000_000
"""Distinct credits, some 150 MB, beyond which nothing is learned."""

_AND = "and|und|et|y|e|och|og|ve|és|și|şi|и|та|і|και|و|และ"
_SPLIT = rf"(?i)\s*(?:[,;/&+()\[\]（）【】、]|\b(?:feat|ft|featuring|with|vs|{_AND}|x|con|mit|med)\b\.?)\s*"
"""Cuts at least where a credit may be cut."""

_INVERTED = r"^[^,;/&+|()]+, *[^,;/&+|()]+$"
_MAY_JOIN = rf"[,/&+、]|\s(?i:{_AND})\s"


def learned_names(parts: Sequence[Path]) -> frozenset[str]:
    """Folded names, learned from all records of DELIVERED in `parts`."""
    texts, pairs = _distinct(pq.read_table(part, columns=["artist", "album"]) for part in parts)
    if not 0 < len(texts) <= MOST_TEXTS:
        return frozenset()
    likely = [text for text in _on_albums(pairs) if _pieces(text)]
    return _turned(texts) | (_never_apart(likely, texts) if likely else frozenset())


def _turned(texts: pa.Array) -> frozenset[str]:
    """Names printed "Last, First" that stand elsewhere as "First Last", unless both pieces are credited alone."""
    lower = pc.utf8_lower(texts)
    inverted = lower.filter(pc.match_substring_regex(texts, _INVERTED))
    halves = [[half.strip() for half in text.split(",")] for text in inverted.to_pylist()]
    turned, last, first = (
        pc.is_in(pa.array(forms, pa.string()), lower)
        for forms in ([" ".join(pair[::-1]) for pair in halves], *([pair[i] for pair in halves] for i in (0, 1)))
    )
    return frozenset(map(fold, inverted.filter(pc.and_not(turned, pc.and_(last, first))).to_pylist()))


def _distinct(tables: Iterable[pa.Table]) -> tuple[pa.Array, pa.Table]:
    """All distinct credits, and those that may hold several names with their albums."""
    texts, pairs = [pa.array([], pa.string())], []
    for table in tables:
        artist = pc.utf8_trim_whitespace(table.column("artist"))
        table = pa.table({"artist": artist, "album": pc.utf8_lower(table.column("album"))})
        texts.append(pc.unique(artist).drop_null())
        pairs.append(
            table.filter(pc.match_substring_regex(artist, _MAY_JOIN)).group_by(["artist", "album"]).aggregate([])
        )
    return pc.unique(pa.concat_arrays(texts)), pa.concat_tables(pairs) if pairs else pa.table({})


def _on_albums(pairs: pa.Table) -> list[str]:
    """Credits that stand on so many albums."""
    if not pairs.num_rows:
        return []
    counted = pairs.group_by("artist").aggregate([("album", "count_distinct")])
    often: list[str] = counted.filter(pc.field("album_count_distinct") >= ALBUMS).column("artist").to_pylist()
    return often


def _pieces(text: str) -> list[str]:
    """The names of a credit as they would be cut, all of them main; none where there are too few or too many."""
    credits = parse_credit(clean(text))
    if not 1 < len(credits) <= PIECES or any(credit.role != "main" for credit in credits):
        return []
    return [credit.name for credit in credits]


def _never_apart(likely: Sequence[str], texts: pa.Array) -> frozenset[str]:
    """Of the likely names those whose pieces stand in no credit without the others, in all their spellings."""
    cut = pc.split_pattern_regex(pc.utf8_lower(pa.array(likely, pa.string())), _SPLIT)  # as all credits are, below
    shapes = dict(zip(likely, map(_shape, cut.to_pylist()), strict=True))
    wanted = pa.array(sorted({piece for shape in shapes.values() for piece in shape}))
    held = pc.split_pattern_regex(pc.utf8_lower(texts), _SPLIT)
    flat, parents = pc.utf8_trim_whitespace(pc.list_flatten(held)), pc.list_parent_indices(held)
    places = pc.unique(parents.filter(pc.is_in(flat, wanted)))
    spelled: dict[frozenset[str], list[str]] = defaultdict(list)
    shared: dict[str, set[frozenset[str]]] = defaultdict(set)
    for text, pieces in zip(texts.take(places).to_pylist(), held.take(places).to_pylist(), strict=True):
        shape = _shape(pieces)
        spelled[shape].append(text)
        for piece in shape:
            shared[piece].add(shape)
    whole = {shape for shape in shapes.values() if all(shared[piece] == {shape} for piece in shape)}
    return frozenset(fold(text) for shape in whole for text in spelled[shape])


def _shape(pieces: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, pieces)))
