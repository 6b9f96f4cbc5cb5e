"""Evidence in words: the items whose sum is the match weight, each with the values that were compared.

The explanation is the model itself: prior plus items is exactly the weight, to the bit. Built a column at a time,
since a catalogue has as many explained pairs as tracks, and the few names as dictionaries.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.schema import EVIDENCE
from dedup.albums import ALBUM, CALLED
from dedup.fields import FIELDS
from dedup.records import SEPARATOR
from dedup.weights import Levels, Weights

PRIOR = "prior"
PRIOR_LEVEL = "of candidates"

SHOWN = (
    "title", "artist", "album", "versions", "duration_s", "medium", "position", "release_year", "isrc_code",
    "album_tags",
)  # fmt: skip
"""What both sides of a pair must bring to be explained."""

_TEXT = {"title": "title", "artist": "artist", "album": "album", "isrc": "isrc_code"}
_SHOWN_AS = {"release": "album"}
"""Fields that show what another one shows."""

_NAMES = pa.array([PRIOR, *(field.name for field in FIELDS)], pa.string())
_LEVEL_NAMES = pa.array([PRIOR_LEVEL, *(level.name for field in FIELDS for level in field.levels)], pa.string())
_FIRST_LEVEL = np.cumsum([0, 1, *(len(field.levels) for field in FIELDS[:-1])], dtype=np.int16)
"""Where the levels of the prior and of each field begin in _LEVEL_NAMES."""

DETAIL_LENGTH = 60
"""Longest shown value, characters."""

NONE = "–"
Indices = NDArray[np.int64]


def itemise(levels: Levels, weights: Weights, pairs: pa.Table) -> pa.Array:
    """The evidence of every pair, a list of EVIDENCE: the prior first, then each field that speaks.

    levels: `[n, fields]`; pairs: `[n]` with SHOWN of both sides, suffixed `_a` and `_b`, and maybe `audio_detail`.
    The names of fields and levels are dictionaries.
    """
    count = len(levels)
    spoken = np.column_stack([np.zeros(count, np.int8), levels])  # the prior has one level
    told = spoken >= 0
    part = np.broadcast_to(np.arange(len(_NAMES), dtype=np.int8), told.shape)
    items = np.column_stack([np.full(count, weights.prior_bits), weights.itemised(levels)])
    texts, at = _details(pairs)
    columns = [
        pa.DictionaryArray.from_arrays(part[told], _NAMES),
        pa.DictionaryArray.from_arrays((spoken + _FIRST_LEVEL)[told], _LEVEL_NAMES),
        pa.array(items[told]),
        texts.take(pa.array(at[told])),
    ]
    offsets = np.concatenate([[0], np.cumsum(told.sum(axis=1))]).astype(np.int32)
    names = [field.name for field in EVIDENCE]
    return pa.ListArray.from_arrays(pa.array(offsets), pa.StructArray.from_arrays(columns, names=names))


def _details(pairs: pa.Table) -> tuple[pa.Array, Indices]:
    """Texts, and which of them tells what the prior and each field compared, `[n, 1 + fields]`."""
    texts, found, end = [pa.array([""], pa.string())], {PRIOR: np.zeros(pairs.num_rows, np.int64)}, 1
    for field in FIELDS:
        if field.name not in _SHOWN_AS:
            shown, at = _compared(field.name, pairs)
            found[field.name] = at + end
            texts += shown
            end += sum(map(len, shown))
    columns = [found[_SHOWN_AS.get(name, name)] for name in _NAMES.to_pylist()]
    return pa.concat_arrays(texts), np.column_stack(columns)


def _compared(name: str, pairs: pa.Table) -> tuple[list[pa.Array], Indices]:
    """What a field compares: one text where both sides say the same, else "left | right"; which stands for each."""
    at = np.arange(pairs.num_rows)
    if name == "audio":
        has = "audio_detail" in pairs.schema.names
        return ([_single(pairs, "audio_detail")], at) if has else ([pa.array([""], pa.string())], 0 * at)
    left, right = (_shown(name, pairs, side) for side in "ab")
    differ = np.flatnonzero(~np.asarray(pc.equal(left, right)))
    at[differ] = len(at) + np.arange(len(differ))
    sides = (_or_none(side.take(pa.array(differ))) for side in (left, right))
    return [left, pc.binary_join_element_wise(*sides, " | ")], at


def _shown(name: str, pairs: pa.Table, side: str) -> pa.Array:
    """One side's value as people read it, "" where there is none."""
    if name in _TEXT:
        return _shortened(_single(pairs, f"{_TEXT[name]}_{side}").cast(pa.string()))
    if name == "version":
        title, album = (_single(pairs, f"{name}_{side}").cast(pa.string()) for name in ("versions", "album_tags"))
        bare = pc.replace_substring_regex(album, f"(?m)^(?:{ALBUM}|{CALLED})", "")
        told = pc.if_else(pc.equal(bare, title), "", pc.replace_substring_regex(album, f"(?m)^{CALLED}", ALBUM))
        said = pc.utf8_trim(pc.binary_join_element_wise(title, told, SEPARATOR), SEPARATOR)
        return pc.replace_substring(said, SEPARATOR, ", ")
    if name == "duration":
        return _seconds(_single(pairs, f"duration_s_{side}").cast(pa.float64()))
    if name == "position":
        parts = [_single(pairs, f"medium_{side}").cast(pa.string()), _counted(pairs, f"position_{side}")]
        return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, " "))
    return _counted(pairs, f"release_year_{side}")


def _seconds(seconds: pa.Array) -> pa.Array:
    """Durations as text; there are few different ones."""
    coded = pc.round(seconds, 1).dictionary_encode()
    text = pc.binary_join_element_wise(coded.dictionary.cast(pa.string()), "s", " ")
    return pc.if_else(pc.is_nan(coded.dictionary), "", text).take(coded.indices)


def _counted(pairs: pa.Table, name: str) -> pa.Array:
    """An integer as text, "" where it is unknown (-1)."""
    coded = _single(pairs, name).dictionary_encode()
    return pc.if_else(pc.less(coded.dictionary, 0), "", coded.dictionary.cast(pa.string())).take(coded.indices)


def _shortened(text: pa.Array) -> pa.Array:
    long = pc.greater(pc.utf8_length(text), DETAIL_LENGTH)
    cut = pc.utf8_slice_codeunits(text.filter(long), 0, DETAIL_LENGTH - 1)
    return pc.replace_with_mask(text, long, pc.binary_join_element_wise(cut, "…", "")) if len(cut) else text


def _or_none(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), NONE, text)


def _single(pairs: pa.Table, name: str) -> pa.Array:
    return pairs.column(name).combine_chunks()
