"""Whether a text may stand in another, judged from sketches of their letter pairs: cheap, and nearly never a wrong no.

A sketch is the set of a text's letter pairs, hashed into 128 bits (a Bloom filter with one hash, Bloom 1970). A text
that stands in another, give or take a typo, has nearly all its letter pairs there; of two that have nothing to do with
each other, hardly any share so many. Sketches are made once a track and stand in the record files.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.buffers import text_buffers
from dedup.hashing import STEP

LEAST_SHARED = 0.7
"""Share of a text's sketch that must be in the other's; a typo in ten letters spoils two of nine pairs."""

Half = NDArray[np.uint64]
_BIT = ((np.arange(1 << 16, dtype=np.uint32) * np.uint32(0x9E3779B1)) >> np.uint32(25)).astype(np.uint8)
"""The bit of every pair of bytes."""

NO_PAIR = 128
_MASKS = np.zeros((2, NO_PAIR + 1), np.uint64)
_MASKS[0, :64] = _MASKS[1, 64:NO_PAIR] = np.uint64(1) << np.arange(64, dtype=np.uint64)
"""Both halves of a sketch with one bit, or with none."""


FIELDS = ("title", "artist", "album", "whole")
"""What a track has sketches of: its title, its artist, its album, and all its text."""


def sketch_columns(title: pa.Array, artist: pa.Array, album: pa.Array) -> dict[str, NDArray[np.uint64]]:
    """Sketches of tracks as columns `title_0`, `title_1`, `artist_0` ..., `[n]` each; texts folded, without nulls."""
    parts = [sketches(text) for text in (title, artist, album)]
    found = dict(zip(FIELDS, (*parts, parts[0] | parts[1] | parts[2]), strict=True))
    return {f"{field}_{half}": np.ascontiguousarray(found[field][:, half]) for field in FIELDS for half in (0, 1)}


COLUMNS = tuple(f"{field}_{half}" for field in FIELDS for half in (0, 1))


def may_hold(needle: tuple[Half, Half], text: tuple[Half, Half]) -> NDArray[np.bool_]:
    """Where a needle's sketch is mostly in the text's, `[n]`; each side both halves of its sketch, `[n]`."""
    shared = sum(np.bitwise_count(ours & theirs).astype(np.int16) for ours, theirs in zip(needle, text, strict=True))
    return np.asarray(shared >= LEAST_SHARED * sum(np.bitwise_count(ours).astype(np.int16) for ours in needle))


def may_share(halves: Sequence[tuple[Half, Half]], least: float, *, few: int = 0) -> NDArray[np.bool_]:
    """Where one of two sketches has at least this share of the other's letter pairs, `[n]`; halves: of both sides.

    Also where one has less than `few` letter pairs, which say little.
    """
    shared, left, right = (
        sum(np.bitwise_count(half).astype(np.uint8) for half in side)
        for side in zip(*((a & b, a, b) for a, b in halves), strict=True)
    )
    fewer = np.minimum(left, right)
    return np.asarray((shared >= np.float32(least) * fewer) | (fewer < few))


def sketches(texts: pa.Array) -> NDArray[np.uint64]:
    """Sketches of texts, `[n, 2]`."""
    steps = [_sketches(texts.slice(start, STEP)) for start in range(0, len(texts), STEP)]
    return np.concatenate([np.empty((0, 2), np.uint64), *steps])


def _sketches(texts: pa.Array) -> NDArray[np.uint64]:
    offsets, letters = text_buffers(texts)
    found = np.zeros((len(texts), 2), np.uint64)
    if len(letters) < 2:
        return found
    bit = np.full(len(letters), NO_PAIR, np.uint8)  # the last letter of all begins no pair
    bit[:-1] = _BIT.take((letters[:-1].astype(np.uint16) << np.uint16(8)) | letters[1:])
    bit[offsets[1:-1] - 1] = NO_PAIR  # nor does a text's last
    some = np.flatnonzero(np.diff(offsets))
    for half, mask in enumerate(_MASKS):
        found[some, half] = np.bitwise_or.reduceat(mask.take(bit), offsets[:-1][some])
    return found
