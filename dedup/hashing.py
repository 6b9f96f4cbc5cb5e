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
_LETTER, _PLACE = np.uint64(0x100000001B3), np.uint64(0xD6E8FEB86659FD93)


def mix(values: NDArray[np.uint64]) -> Hashes:
    """Scramble 64-bit integers, shape kept."""
    mixed = values ^ (values >> np.uint64(31))
    mixed *= _MULTIPLIER
    mixed ^= mixed >> np.uint64(29)
    return np.asarray(mixed, dtype=np.uint64)


def hash_texts(column: pa.ChunkedArray | pa.Array) -> Hashes:
    """Hash of every text, `[n]`; 0 where it is empty or null."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    offsets, letters = text_buffers(filled(whole))
    place = np.arange(len(letters), dtype=np.int64) - np.repeat(offsets[:-1].astype(np.int64), np.diff(offsets))
    scrambled = mix((letters.astype(np.uint64) + np.uint64(1)) * _LETTER + place.astype(np.uint64) * _PLACE)
    hashes = np.zeros(len(whole), np.uint64)
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
