"""Candidate generation: which pairs of tracks are worth comparing.

Each track emits a bounded number of keys; two tracks that share a key are a candidate. The generators are

* `text`: the rarest character n-grams of title, artist and album together. Fields are pooled, so that a title which
  holds the artist or the album still meets its twin, and a typo spoils only the n-grams it touches.
* `title_artist`, `album_position`, `artist_duration`, `isrc`: exact keys of parsed values. Classical music has them of
  each performer by its name, with the duration and with the work's number: "Solti & Cleveland Orchestra" is elsewhere
  "Cleveland Orchestra, Georg Solti", and of titles that dozens of performances share no n-gram is rare.
* `audio`: nearest neighbours by sound, which come from elsewhere.

N-grams that stand in one record only cannot make a pair and are passed over; n-grams above `Blocking.cap` records are
combined two by two into rarer keys instead of being dropped. The idea is prefix filtering (Bayardo et al. 2007,
"Scaling up all pairs similarity search") with a fixed prefix length, which bounds the work per record at the price of
exactness; recall is measured, not assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.grams import GRAM, SPACE, grams
from dedup.hashing import Hashes, combine, hash_texts, mix
from dedup.records import SEPARATOR
from dedup.runs import differs

GENERATORS = ("text", "title_artist", "album_position", "artist_duration", "isrc", "audio")
"""Generator names; a candidate's `generators` is a bit set in this order."""

KEYS = np.dtype([("key", "<u8"), ("place", "<i4"), ("generator", "i1")])
"""A track, by its place, under one of its keys."""

DURATION_STEP_S = 4.0
MOST_PERFORMERS = 6
"""Names of a track that are keys of their own."""

_NAMED = GENERATORS.index("artist_duration")
_STEP_BETWEEN, _WORK_OF = len(GENERATORS), len(GENERATORS) + 1
"""Numbers that keep performers' keys of steps in between, and of works, apart from other keys."""

_WORK, _MOVEMENT = ("opus:", "catalogue:"), "movement:"
_GRAM_BITS, _COMMON_BITS = np.uint64(27), np.uint64(8)  # SPACE < 2**27; `dedup.grams.commonness` is a byte
_PAIR = np.uint64(1 << 63)  # tells keys of two grams from keys of one
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Blocking:
    """Bounds of candidate generation.

    `gram`: characters in an n-gram. `keys`: text keys a record may emit. `pair_grams`: how many too frequent n-grams
    are combined pairwise when a record has fewer than `keys` rare ones. `cap`: most records a key may hold for all
    its pairs to be taken; `copies`: the same of a title and artist, or an ISRC, as a hit is on so many compilations.
    `window`: neighbours by duration that each record of a larger key is paired with. `sure`:
    shared keys from which a pair is compared in any case. `unsure`: how many of the other pairs a record may bring.
    `small`: tracks up to which all these are looked at; in a larger catalogue, of pairs of which neither has a share of
    `alike` of the other's letter pairs, one in `strangers` is looked at for all.
    """

    gram: int = GRAM
    keys: int = 10
    pair_grams: int = 4
    cap: int = 60
    copies: int = 250
    window: int = 8
    sure: int = 3
    unsure: int = 4
    small: int = 50_000
    alike: float = 0.55
    strangers: int = 16


def record_keys(records: pa.Table, first: int, common: NDArray[np.uint8], blocking: Blocking) -> NDArray[np.void]:
    """Keys of a slice of the records, KEYS, at most `keys + pair_grams * (pair_grams - 1) / 2 + 4` a record.

    And of each of the first MOST_PERFORMERS names of classical music two, and one for each number that names its work.

    first: place of the slice's first record. common: `[SPACE]`, how common every gram is (`dedup.grams.commonness`).
    """
    parts = [_text_keys(records, common, blocking), *_exact_keys(records), _performers_keys(records)]
    generators = [*range(len(parts) - 1), _NAMED]
    found = np.empty(sum(len(record) for record, _ in parts), KEYS)
    found["generator"] = np.repeat(generators, [len(record) for record, _ in parts])
    record = np.concatenate([record for record, _ in parts])
    found["key"] = np.concatenate([key for _, key in parts])
    found["place"] = record + first
    return found


def _text_keys(records: pa.Table, common: NDArray[np.uint8], blocking: Blocking) -> tuple[Places, Hashes]:
    record, gram, frequency = _rarest_first(records, common)
    start = np.searchsorted(record, np.arange(records.num_rows))
    rank = np.arange(len(record)) - start[record]
    rare = frequency <= blocking.cap
    rare_of = np.bincount(record[rare], minlength=records.num_rows)
    chosen = rare & (rank < blocking.keys)
    wanting = ~rare & (rare_of[record] < blocking.keys) & (rank - rare_of[record] < blocking.pair_grams)
    paired, pair_key = _paired(record[wanting], gram[wanting])
    return np.concatenate([record[chosen], paired]), np.concatenate([mix(gram[chosen] + np.uint64(SPACE)), pair_key])


def _rarest_first(
    records: pa.Table, common: NDArray[np.uint8]
) -> tuple[Places, NDArray[np.uint64], NDArray[np.uint64]]:
    """Distinct grams that others hold too, by record and then rarest first, ties broken alike everywhere."""
    record, gram = grams(records)
    frequency = common.take(gram)
    shared = np.flatnonzero(frequency > 1)
    packed = record.take(shared).astype(np.uint64) << (_GRAM_BITS + _COMMON_BITS)
    packed |= (frequency.take(shared).astype(np.uint64) << _GRAM_BITS) | gram.take(shared)
    packed.sort()
    packed = packed[differs(packed)]
    grams_of = packed & np.uint64((1 << int(_GRAM_BITS)) - 1)
    frequencies = (packed >> _GRAM_BITS) & np.uint64(255)
    return (packed >> (_GRAM_BITS + _COMMON_BITS)).astype(np.int64), grams_of, frequencies


def _paired(record: Places, gram: NDArray[np.uint64]) -> tuple[Places, Hashes]:
    """All pairs of a record's grams as keys, the same key whichever stands first."""
    records, keys = [np.empty(0, np.int64)], [np.empty(0, np.uint64)]
    longest = int(np.bincount(record).max(initial=0)) if len(record) else 0
    for step in range(1, longest):
        same = record[step:] == record[:-step]
        left, right = gram[:-step][same], gram[step:][same]
        records.append(record[step:][same])
        keys.append(mix((np.minimum(left, right) << _GRAM_BITS) | np.maximum(left, right) | _PAIR))
    return np.concatenate(records), np.concatenate(keys)


def _exact_keys(records: pa.Table) -> list[tuple[Places, Hashes]]:
    """Keys of parsed values, in the order of GENERATORS after `text`; a record without one of the values has none."""
    title, artist, album, isrc = (
        hash_texts(records.column(name)) for name in ("title_core", "artist_core", "album_core", "isrc_code")
    )
    position = (records.column("position").to_numpy() + 1).astype(np.uint64)
    parts = [(title, artist), (album, position), (artist, _steps(records)), (isrc,)]
    keys = []
    for generator, values in enumerate(parts, start=1):
        held = np.flatnonzero(np.logical_and.reduce([value != 0 for value in values]))
        keys.append((held, combine(generator, *(value[held] for value in values))))
    return keys


def _steps(records: pa.Table, beside_s: float = 0) -> NDArray[np.uint64]:
    """The step of every duration, of steps that begin so much beside their places; 0 where it is unknown."""
    seconds = records.column("duration_s").to_numpy()
    return np.asarray(np.nan_to_num((seconds + beside_s) // DURATION_STEP_S + 1, nan=0).astype(np.uint64))


def _performers_keys(records: pa.Table) -> tuple[Places, Hashes]:
    """Keys of single performers: with the duration, in steps of which one has both of any two that are near, and with
    the numbers of the work."""
    texts = records.column("performers").combine_chunks()
    at = np.flatnonzero(pc.not_equal(texts, ""))
    names = [text.split(SEPARATOR)[:MOST_PERFORMERS] for text in texts.take(pa.array(at)).to_pylist()]
    versions = records.column("versions").take(pa.array(at)).to_pylist()
    works = [_works(tags.split(SEPARATOR)) for tags in versions]
    record = np.repeat(at, [len(one) for one in names])
    name = hash_texts(pa.array([one for own in names for one in own], pa.string()))
    alone = name == hash_texts(records.column("artist_core")).take(record)  # it has the key of the whole credit
    timed = _steps(records).take(record) > 0
    parts = []
    for generator, beside_s, where in ((_NAMED, 0.0, timed & ~alone), (_STEP_BETWEEN, DURATION_STEP_S / 2, timed)):
        steps = _steps(records, beside_s).take(record[where])
        parts.append((record[where], combine(generator, name[where], steps)))
    told = [(place, one, work) for place, own, of in zip(at, names, works, strict=True) for one in own for work in of]
    whose, work_of = (hash_texts(pa.array([line[side] for line in told], pa.string())) for side in (1, 2))
    parts.append((np.array([place for place, _, _ in told], np.int64), combine(_WORK_OF, whose, work_of)))
    return np.concatenate([record for record, _ in parts]), np.concatenate([key for _, key in parts])


def _works(tags: Sequence[str]) -> list[str]:
    """The numbers that name the work, each with that of the movement."""
    movement = next((tag for tag in tags if tag.startswith(_MOVEMENT)), "")
    return [tag + movement for tag in tags if tag.startswith(_WORK)]
