"""Tracks that are told apart by their numbers alone, as those of audio books and plays are.

"Chapter 12" names nothing without its book, and is elsewhere "Nordwind, Chapter 12": the album is its title. Where an
album prints one title at many places ("Nordwind" thirty times), the place is the chapter.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.part_numbers import LABELS
from dedup.buffers import filled
from dedup.fields import level_of
from dedup.hashing import Hashes, combine, hash_texts
from dedup.records import SEPARATOR
from dedup.texts import numbers

Bools = NDArray[np.bool_]
LevelColumn = NDArray[np.int8]

MANY = 3
"""Places of a release that have one title from which it tells nothing."""

_NUMBERED = "|".join(LABELS)
_NUMBER_ALONE = rf"^(?:{_NUMBERED}) \d+(?: \d+)?(?: (?:{_NUMBERED}) \d+(?: \d+)?)*$"
"""A folded title that is nothing but numbers (`catalog.titles`)."""

_PART_TAGS = rf"(?:^|{SEPARATOR})(?:{_NUMBERED}):[^{SEPARATOR}]*"


def chapter_titles(title: pa.Array, album: pa.Array) -> pa.Array:
    """Folded titles, `[n]`: the album's where a title is nothing but numbers; "" where one is missing."""
    alone = np.asarray(filled(pc.match_substring_regex(title, _NUMBER_ALONE), False))
    known = np.asarray(filled(pc.not_equal(album, ""), False))
    return pc.if_else(pa.array(alone & known), album, title) if (alone & known).any() else title


def same_titles(release: Hashes, title: pa.Array, versions: pa.Array, place: Hashes) -> NDArray[np.int32]:
    """How many places of its release have a track's title, numbers apart, `[n]`; 0 where something is unknown.

    versions: tags joined by SEPARATOR; place: as `dedup.releases.places`.
    """
    titles = hash_texts(title)
    known = np.flatnonzero((release != 0) & (place != 0) & (titles != 0))
    told = versions.take(pa.array(known)) if len(known) < len(release) else versions
    tags = hash_texts(pc.replace_substring_regex(told, _PART_TAGS, ""))
    under = combine(0, release[known], titles[known], tags)
    _, first = np.unique(combine(0, under, place[known]), return_index=True)
    named, which = np.unique(under, return_inverse=True)
    found = np.zeros(len(release), np.int32)
    found[known] = np.bincount(which[first], minlength=len(named))[which]
    return found


def other_chapters(pairs: pa.Table, title: LevelColumn, position: LevelColumn, version: LevelColumn) -> Bools:
    """Whether two tracks of one title stand at other places, where a release has it at many, `[n]`.

    Not where both print one number. pairs: with `same_titles` of both sides; the others: levels.
    """
    if "same_titles_a" not in pairs.schema.names:
        return np.zeros(pairs.num_rows, bool)
    alike = (title >= 0) & (title <= level_of("title", "inside the other's text"))
    apart = alike & (position > level_of("position", "same")) & (version != level_of("version", "same"))
    return np.asarray(apart & (np.fmax(*numbers(pairs, "same_titles")) >= MANY))
