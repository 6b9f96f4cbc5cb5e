"""Evidence in words: the items whose sum is the match weight, each with the values that were compared.

The explanation is the model itself: prior plus items is exactly the weight, to the bit. Built a column at a time,
since a catalogue has as many explained pairs as tracks.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.schema import EVIDENCE
from dedup.fields import FIELDS, Field
from dedup.records import SEPARATOR
from dedup.weights import Levels, Weights

PRIOR = "prior"
PRIOR_LEVEL = "of candidates"

SHOWN = ("title", "artist", "album", "versions", "duration_s", "medium", "position", "release_year", "isrc_code")
"""What both sides of a pair must bring to be explained."""

_TEXT = {"title": "title", "artist": "artist", "album": "album", "release": "album", "isrc": "isrc_code"}

DETAIL_LENGTH = 60
"""Longest shown value, characters."""

NONE = "–"


def itemise(levels: Levels, weights: Weights, pairs: pa.Table) -> pa.Array:
    """The evidence of every pair, a list of EVIDENCE: the prior first, then each field that speaks.

    levels: `[n, fields]`; pairs: `[n]` with SHOWN of both sides, suffixed `_a` and `_b`, and maybe `audio_detail`.
    """
    count = len(levels)
    items = weights.itemised(levels)
    rows = [np.arange(count)]
    parts = [_items(pa.array([PRIOR] * count, pa.string()), pa.array([PRIOR_LEVEL] * count, pa.string()),
                    np.full(count, weights.prior_bits), pa.array([""] * count, pa.string()))]  # fmt: skip
    for number, field in enumerate(FIELDS):
        at = np.flatnonzero(levels[:, number] >= 0)
        names = pa.array([level.name for level in field.levels], pa.string()).take(pa.array(levels[at, number]))
        detail = _details(field, pairs.take(pa.array(at)))
        parts.append(_items(pa.array([field.name] * len(at), pa.string()), names, items[at, number], detail))
        rows.append(at)
    row = np.concatenate(rows)
    order = np.argsort(row, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=count))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.concat_arrays(parts).take(pa.array(order)))


def _items(field: pa.Array, level: pa.Array, weight: np.ndarray, detail: pa.Array) -> pa.Array:
    return pa.StructArray.from_arrays([field, level, pa.array(weight, pa.float64()), detail], fields=list(EVIDENCE))


def _details(field: Field, pairs: pa.Table) -> pa.Array:
    """What was compared: one text where both sides say the same, else "left | right"."""
    if field.name == "audio":
        return _single(pairs, "audio_detail") if "audio_detail" in pairs.schema.names else _blank(pairs.num_rows)
    left, right = (_shown(field.name, pairs, side) for side in "ab")
    both = pc.binary_join_element_wise(_or_none(left), _or_none(right), " | ")
    return pc.if_else(pc.equal(left, right), left, both)


def _shown(name: str, pairs: pa.Table, side: str) -> pa.Array:
    """One side's value as people read it, "" where there is none."""
    if name in _TEXT:
        return _shortened(_single(pairs, f"{_TEXT[name]}_{side}").cast(pa.string()))
    if name == "version":
        return pc.replace_substring(_single(pairs, f"versions_{side}").cast(pa.string()), SEPARATOR, ", ")
    if name == "duration":
        seconds = _single(pairs, f"duration_s_{side}").cast(pa.float64())
        text = pc.binary_join_element_wise(pc.round(seconds, 1).cast(pa.string()), "s", " ")
        return pc.if_else(pc.is_nan(seconds), "", text)
    if name == "position":
        parts = [_single(pairs, f"medium_{side}").cast(pa.string()), _counted(pairs, f"position_{side}")]
        return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, " "))
    return _counted(pairs, f"release_year_{side}")


def _counted(pairs: pa.Table, name: str) -> pa.Array:
    """An integer as text, "" where it is unknown (-1)."""
    number = _single(pairs, name)
    return pc.if_else(pc.less(number, 0), "", number.cast(pa.string()))


def _shortened(text: pa.Array) -> pa.Array:
    short = pc.binary_join_element_wise(pc.utf8_slice_codeunits(text, 0, DETAIL_LENGTH - 1), "…", "")
    return pc.if_else(pc.greater(pc.utf8_length(text), DETAIL_LENGTH), short, text)


def _or_none(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), NONE, text)


def _single(pairs: pa.Table, name: str) -> pa.Array:
    return pairs.column(name).combine_chunks()


def _blank(count: int) -> pa.Array:
    return pa.array([""] * count, pa.string())
