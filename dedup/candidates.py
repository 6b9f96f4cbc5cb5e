"""Candidate generation: which pairs of tracks are worth comparing.

Each track emits a bounded number of signatures `(row, key, generator)`; two tracks that share a key are a candidate.
The generators are

* `text`: the rarest character n-grams of title, artist and album together. Fields are pooled, so that a title which
  holds the artist or the album still meets its twin, and a typo spoils only the n-grams it touches.
* `title_artist`, `album_position`, `artist_duration`, `isrc`: exact keys of parsed values.

Rarity is the document frequency of the n-gram in the catalogue, counted in a hashed table of fixed size (Weinberger et
al. 2009), so memory does not grow with the catalogue. N-grams that stand in one record only cannot make a pair and are
passed over; n-grams above `Blocking.cap` records are combined two by two into rarer keys instead of being dropped.
The idea is prefix filtering (Bayardo et al. 2007, "Scaling up all pairs similarity search") with a fixed prefix length,
which bounds the work per record at the price of exactness; recall is measured, not assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

GENERATORS = ("text", "title_artist", "album_position", "artist_duration", "isrc", "audio")
"""Generator names; a candidate's `generators` is a bit set in this order."""

SIGNATURES = pa.schema([("key", pa.int64()), ("row", pa.int64()), ("generator", pa.int8())])

TEXT_FIELDS = ("title_core", "artist_core", "album_core")

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Knuth's multiplicative hashing


@dataclass(frozen=True)
class Blocking:
    """Bounds of candidate generation.

    `gram`: characters in an n-gram. `buckets`: size of the document frequency table (a power of two). `keys`: text
    signatures a record may emit. `pair_grams`: how many too frequent n-grams are combined pairwise when a record has
    fewer than `keys` rare ones. `cap`: most records a key may hold.
    """

    gram: int = 5
    buckets: int = 1 << 22
    keys: int = 10
    pair_grams: int = 4
    cap: int = 60


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit integers (one round of xorshift-multiply); shape kept."""
    mixed = (values ^ (values >> np.uint64(31))) * _MULTIPLIER
    return np.asarray(mixed ^ (mixed >> np.uint64(29)), dtype=np.uint64)


def _texts(batch: pa.RecordBatch | pa.Table) -> list[bytes]:
    """One padded byte string a record: ` title  artist  album ` (folded text is ASCII)."""
    columns = [batch.column(name).to_pylist() for name in TEXT_FIELDS]
    return [
        b" ".join(b" " + part.encode("ascii", "replace") + b" " for part in parts if part)
        for parts in zip(*columns, strict=True)
    ]


def grams(batch: pa.RecordBatch | pa.Table, blocking: Blocking) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Distinct n-grams of each record.

    Returns `(record, gram)`, both `[n]`: the position of the record in the batch and the hashed n-gram, sorted by both.
    """
    texts = _texts(batch)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    letters = np.frombuffer(b"".join(texts), dtype=np.uint8).astype(np.uint64)
    windows = len(letters) - blocking.gram + 1
    if windows <= 0:
        return np.empty(0, np.int64), np.empty(0, np.uint64)
    record = np.repeat(np.arange(len(texts)), lengths)
    packed = np.zeros(windows, dtype=np.uint64)
    for offset in range(blocking.gram):
        packed = packed * np.uint64(257) + letters[offset : offset + windows]
    inside = record[:windows] == record[blocking.gram - 1 :]
    keep = inside & ~_across_fields(letters, windows, blocking.gram)
    record, hashed = record[:windows][keep], mix(packed[keep])
    order = np.lexsort((hashed, record))
    record, hashed = record[order], hashed[order]
    first = np.ones(len(record), dtype=bool)
    first[1:] = (record[1:] != record[:-1]) | (hashed[1:] != hashed[:-1])
    return record[first], hashed[first]


def _across_fields(letters: NDArray[np.uint64], windows: int, gram: int) -> NDArray[np.bool_]:
    """Windows `[windows]` that hold two blanks in a row: these cross from one field into the next and say nothing."""
    boundary = (letters[:-1] == 32) & (letters[1:] == 32)
    crossed = np.zeros(windows, dtype=bool)
    for offset in range(gram - 1):
        crossed |= boundary[offset : offset + windows]
    return crossed


def count_grams(batch: pa.RecordBatch | pa.Table, blocking: Blocking) -> pa.RecordBatch:
    """Document counts of a batch: `bucket int32, count int64`, one row a bucket that occurs; counts add up."""
    _, hashed = grams(batch, blocking)
    buckets, counts = np.unique(hashed & np.uint64(blocking.buckets - 1), return_counts=True)
    return pa.record_batch({"bucket": buckets.astype(np.int32), "count": counts.astype(np.int64)})


def signatures(batch: pa.RecordBatch | pa.Table, frequencies: NDArray[np.int32], blocking: Blocking) -> pa.RecordBatch:
    """Signatures of a batch of TRACKS.

    frequencies: `[buckets]`, the document frequency of every hashed n-gram in the whole catalogue.
    Returns a batch of SIGNATURES, at most `keys + 4` per record.
    """
    rows = batch.column("row").to_numpy(zero_copy_only=False)
    parts = [_text_keys(batch, frequencies, blocking), *_exact_keys(batch)]
    record = np.concatenate([part[0] for part in parts])
    key = np.concatenate([part[1] for part in parts])
    generator = np.concatenate([np.full(len(part[0]), number, np.int8) for number, part in enumerate(parts)])
    return pa.record_batch(
        {"key": pa.array(key.view(np.int64)), "row": pa.array(rows[record]), "generator": pa.array(generator)},
        schema=SIGNATURES,
    )


def _text_keys(
    batch: pa.RecordBatch | pa.Table, frequencies: NDArray[np.int32], blocking: Blocking
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    record, hashed = grams(batch, blocking)
    frequency = frequencies[hashed & np.uint64(blocking.buckets - 1)]
    shared = frequency > 1
    record, hashed, frequency = record[shared], hashed[shared], frequency[shared]
    order = np.lexsort((hashed, frequency, record))  # rarest first within a record; ties broken alike everywhere
    record, hashed, frequency = record[order], hashed[order], frequency[order]
    rare = frequency <= blocking.cap
    rare_record, rare_key, rank = (
        *_head(record[rare], hashed[rare], blocking.keys),
        np.bincount(record[rare], minlength=batch.num_rows),
    )
    wanting = ~rare & (rank[record] < blocking.keys)
    pair_record, pair_key = _paired(*_head(record[wanting], hashed[wanting], blocking.pair_grams))
    return np.concatenate([rare_record, pair_record]), np.concatenate([rare_key, pair_key])


def _head(
    record: NDArray[np.int64], hashed: NDArray[np.uint64], keep: int
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """The first `keep` entries of every record; `record` is sorted."""
    starts = np.searchsorted(record, record, side="left")
    head = np.arange(len(record)) - starts < keep
    return record[head], hashed[head]


def _paired(record: NDArray[np.int64], hashed: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """All pairs of a record's n-grams as keys, the same key whichever stands first."""
    records, keys = [np.empty(0, np.int64)], [np.empty(0, np.uint64)]
    longest = int(np.bincount(record).max(initial=0)) if len(record) else 0
    for step in range(1, longest):
        same = record[step:] == record[:-step]
        left, right = hashed[:-step][same], hashed[step:][same]
        records.append(record[step:][same])
        keys.append(mix(np.minimum(left, right) ^ mix(np.maximum(left, right))))
    return np.concatenate(records), np.concatenate(keys)


def _exact_keys(batch: pa.RecordBatch | pa.Table) -> list[tuple[NDArray[np.int64], NDArray[np.uint64]]]:
    """Keys of parsed values, in the order of GENERATORS after `text`."""
    title, artist, album = (batch.column(name).to_pylist() for name in TEXT_FIELDS)
    position, isrc = batch.column("position").to_pylist(), batch.column("isrc_code").to_pylist()
    seconds = [None if value is None else int(value) // 4 for value in batch.column("duration_s").to_pylist()]
    return [
        _hashed(1, title, artist),
        _hashed(2, album, position),
        _hashed(3, artist, seconds),
        _hashed(4, isrc),
    ]


def _hashed(generator: int, *columns: Sequence[object]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """One key for every record that has all the values."""
    found = [
        (record, "\x1f".join(map(str, (generator, *values))))
        for record, values in enumerate(zip(*columns, strict=True))
        if all(value is not None and value != "" for value in values)
    ]
    record = np.array([item[0] for item in found], dtype=np.int64)
    return record, _hash_texts([item[1].encode() for item in found])


def _hash_texts(texts: list[bytes]) -> NDArray[np.uint64]:
    """64-bit hashes that do not depend on the process (Python's own `hash` does)."""
    digests = b"".join(blake2b(text, digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, dtype=np.uint64).copy()
