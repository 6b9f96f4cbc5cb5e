"""64-bit hashes of texts and numbers, a column at a time, the same on every machine.

A text's hash is the sum of one scrambled number per letter and place (tabulation hashing, Zobrist 1970), scrambled
again. Scrambling is one round of xorshift and multiplication by 2**64 / golden ratio (Knuth's multiplicative hashing).
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.buffers import filled, text_buffers

Hashes = NDArray[np.uint64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_LETTERS = np.arange(1, 257, dtype=np.uint64) * np.uint64(0x100000001B3)
_PLACE = np.uint64(0xD6E8FEB86659FD93)

STEP = 1 << 13
"""Texts that are hashed at once: what is computed of so many stays near the processor."""


def mix(values: NDArray[np.uint64]) -> Hashes:
    """Scramble 64-bit integers, shape kept."""
    mixed = values ^ (values >> np.uint64(31))
    mixed *= _MULTIPLIER
    mixed ^= mixed >> np.uint64(29)
    return np.asarray(mixed, dtype=np.uint64)


def hash_texts(column: pa.ChunkedArray | pa.Array) -> Hashes:
    """Hash of every text, `[n]`; 0 where it is empty or null."""
    whole = filled(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column)
    steps = [_hashes(whole.slice(start, STEP)) for start in range(0, len(whole), STEP)]
    return np.concatenate([np.empty(0, np.uint64), *steps])


def _hashes(texts: pa.Array) -> Hashes:
    offsets, letters = text_buffers(texts)
    place = np.arange(len(letters), dtype=np.uint64) - np.repeat(offsets[:-1].astype(np.uint64), np.diff(offsets))
    scrambled = mix(_LETTERS.take(letters) + place * _PLACE)
    hashes = np.zeros(len(texts), np.uint64)
    some = np.flatnonzero(np.diff(offsets))
    if len(some):
        hashes[some] = np.maximum(mix(np.add.reduceat(scrambled, offsets[:-1][some])), np.uint64(1))
    return hashes


def combine(generator: int, *parts: Hashes) -> Hashes:
    """One hash of several, which depends on their order and on the number of what they are a key of."""
    combined = np.full(len(parts[0]), generator + 1, np.uint64)
    for part in parts:
        combined = mix(combined ^ mix(part + np.uint64(generator + 1)))
    return combined
