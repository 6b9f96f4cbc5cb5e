"""Texts as 64-bit codes, so that what credits have is compared as numbers.

The code is a polynomial in the text's UTF-8 bytes (Karp and Rabin, "Efficient randomized pattern-matching algorithms",
1987) modulo 2^64, finished as in Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014. It is
the same on every machine and in every run. Among fifty million texts, two share a code by chance once in ten thousand
catalogues.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Codes = NDArray[np.uint64]
Ints = NDArray[np.int64]
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
MIX = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
    (np.uint64(31), np.uint64(1)),
)


@dataclass(frozen=True)
class Texts:
    """The bytes of an array of texts: text i is `data[starts[i] : ends[i]]`. A null has no bytes."""

    data: NDArray[np.uint8]
    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, texts: pa.Array | pa.ChunkedArray) -> "Texts":
        """The bytes of an Arrow array of strings."""
        array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        array = array.cast(pa.large_string()).fill_null("")
        _, offsets, data = array.buffers()
        places = np.frombuffer(offsets or bytes(8), dtype=np.int64)[array.offset : array.offset + len(array) + 1]
        return cls(np.frombuffer(data or b"", dtype=np.uint8), places[:-1], places[1:])

    def codes(self) -> Codes:
        """One code a text; 0, which is no other text's, for an empty one."""
        return part_codes(self, self.starts, self.ends)


def codes(texts: pa.Array | pa.ChunkedArray) -> Codes:
    """One code a text; 0, which is no other text's, for an empty text and for a null."""
    return Texts.of(texts).codes()


def code(text: str) -> int:
    """The code of one text."""
    return int(codes(pa.array([text], pa.string()))[0])


def part_codes(texts: Texts, starts: Ints, ends: Ints) -> Codes:
    """The codes of the bytes `starts[i] : ends[i]` of `texts.data`, one part of each text or less."""
    lengths = ends - starts
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    powers = np.cumprod(np.full(int(lengths.max(initial=0)) + 1, MULTIPLIER, dtype=np.uint64))
    terms = (texts.data[np.repeat(starts, lengths) + within].astype(np.uint64) + np.uint64(1)) * powers[within]
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)])
    upto = np.cumsum(lengths)
    found = mixed(sums[upto] - sums[upto - lengths])
    return np.where(lengths == 0, np.uint64(0), np.maximum(found, np.uint64(1)))


def mixed(values: Codes) -> Codes:
    """The values with their bits scattered, one to one."""
    for shift, factor in MIX:
        values = (values ^ (values >> shift)) * factor
    return values


def combined(first: Codes, *others: Codes) -> Codes:
    """One code for several side by side; their order counts."""
    for other in others:
        first = mixed(first * MULTIPLIER + other + np.uint64(1))
    return first
