"""Comparison: from pairs of tracks to agreement levels.

Input is a table of pairs whose columns carry the values of both sides (`title_core_a`, `title_core_b`, ...). Strings
are compared in batch by rapidfuzz (`cpdist`) on folded text. Thresholds are similarities in 0..1: `ratio` is the
normalised Indel similarity, `token_set_ratio` the same on the words both have against the rest.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from dedup.fields import FIELD_NAMES, FIELDS, MISSING, level_of
from dedup.versions import version_levels

SIDE_COLUMNS = (
    "title_core", "artist_core", "album_core", "versions", "duration_s", "release_year", "medium",
    "position", "isrc_code", "title_frequency",
)  # fmt: skip
"""What each side of a pair brings, besides `row`."""

NEAR, SIMILAR, HELD = 0.88, 0.72, 0.90
"""Similarity from which two texts are near (a typo), similar, and from which one holds the other's words."""

COMMON_TITLE = 8
"""Tracks with the same title from which agreement on it is told apart as agreement on a common title."""

DURATION_STEPS = (1.5, 3.0, 7.0, 15.0)
"""Upper bounds of the duration levels, seconds."""

Bools = NDArray[np.bool_]
Scores = NDArray[np.float32]
LevelColumn = NDArray[np.int8]


def compare(pairs: pa.Table | pa.RecordBatch) -> NDArray[np.int8]:
    """Agreement levels `[n, fields]` in the order of `dedup.fields.FIELDS`; -1 where a side has no value."""
    columns = {
        "title": _title(pairs),
        "artist": _artist(pairs),
        "album": _album(pairs),
        "version": version_levels(*_sides(pairs, "versions")),
        "duration": _duration(*_floats(pairs, "duration_s")),
        "position": _position(pairs),
        "year": _year(*_floats(pairs, "release_year")),
        "isrc": _equal(pairs, "isrc_code"),
        "audio": _audio(pairs),
    }
    return np.column_stack([columns[name] for name in FIELD_NAMES]).astype(np.int8)


def _sides(pairs: pa.Table | pa.RecordBatch, name: str) -> tuple[list[object], list[object]]:
    return pairs.column(f"{name}_a").to_pylist(), pairs.column(f"{name}_b").to_pylist()


def _texts(pairs: pa.Table | pa.RecordBatch, name: str) -> tuple[list[str], list[str]]:
    left, right = _sides(pairs, name)
    return [str(x) if x else "" for x in left], [str(x) if x else "" for x in right]


def _floats(pairs: pa.Table | pa.RecordBatch, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both sides as float64 with NaN for missing."""
    left, right = (pairs.column(f"{name}_{side}").to_numpy(zero_copy_only=False) for side in "ab")
    return left.astype(np.float64), right.astype(np.float64)


def _has(left: list[str], right: list[str]) -> Bools:
    return np.fromiter((bool(a) and bool(b) for a, b in zip(left, right, strict=True)), dtype=bool, count=len(left))


def _ratio(left: list[str], right: list[str]) -> Scores:
    return np.asarray(cpdist(left, right, scorer=fuzz.ratio, dtype=np.float32) / 100)


def _joined_ratio(left: list[str], right: list[str]) -> Scores:
    """Similarity blind to spaces, so that "blink 182" meets "blink182"."""
    return _ratio([x.replace(" ", "") for x in left], [x.replace(" ", "") for x in right])


def _word_ratio(left: list[str], right: list[str]) -> Scores:
    """Similarity blind to the order of words."""
    return np.asarray(cpdist(left, right, scorer=fuzz.token_sort_ratio, dtype=np.float32) / 100)


def _held(left: list[str], right: list[str]) -> Bools:
    """Where the words of one side all stand in the other (give or take typos), either way."""
    score = np.asarray(cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float32) / 100)
    return np.asarray(score >= HELD)


def _inside(needles: list[str], texts: list[str]) -> Bools:
    """Where a text of at least four letters stands in a longer one, give or take typos."""
    score = cpdist(needles, texts, scorer=fuzz.partial_ratio, dtype=np.float32) / 100
    lengths = np.fromiter((len(x) for x in needles), dtype=np.int64, count=len(needles))
    longer = np.fromiter((len(x) for x in texts), dtype=np.int64, count=len(texts)) >= lengths
    return np.asarray((score >= HELD) & (lengths >= 4) & longer)


def _whole(pairs: pa.Table | pa.RecordBatch, side: str) -> list[str]:
    """Everything a side says, as one text."""
    columns = [pairs.column(f"{name}_{side}").to_pylist() for name in ("title_core", "artist_core", "album_core")]
    return [" ".join(part for part in parts if part) for parts in zip(*columns, strict=True)]


def _found_elsewhere(pairs: pa.Table | pa.RecordBatch, name: str, where: Bools) -> Bools:
    """Among pairs in `where`: does one side's value stand anywhere in the other side's text?"""
    found = np.zeros(len(where), dtype=bool)
    some = pairs.take(np.flatnonzero(where)) if where.any() else None
    if some is not None:
        left, right = _texts(some, name)
        found[where] = _inside(left, _whole(some, "b")) | _inside(right, _whole(some, "a"))
    return found


def _title(pairs: pa.Table | pa.RecordBatch) -> LevelColumn:
    left, right = _texts(pairs, "title_core")
    present = _has(left, right)
    score = np.maximum(np.maximum(_ratio(left, right), _joined_ratio(left, right)), 0)
    frequency = np.fmax(*_floats(pairs, "title_frequency"))
    levels = np.full(len(left), level_of("title", "different"), np.int8)
    inside = _found_elsewhere(pairs, "title_core", present & (score < SIMILAR))
    levels[inside] = level_of("title", "inside the other's text")
    levels[score >= SIMILAR] = level_of("title", "similar")
    levels[score >= NEAR] = level_of("title", "near")
    levels[(score >= SIMILAR) & (score < 1) & _other_number(left, right)] = level_of("title", "other number")
    levels[(score >= 1) & (frequency >= COMMON_TITLE)] = level_of("title", "exact, common title")
    levels[(score >= 1) & ~(frequency >= COMMON_TITLE)] = level_of("title", "exact")
    levels[~present] = MISSING
    return levels


def _other_number(left: list[str], right: list[str]) -> Bools:
    """Where two titles name different numbers or single letters: "song 2" and "song 3", "theme a" and "theme b"."""
    return np.fromiter((_marks(a) != _marks(b) for a, b in zip(left, right, strict=True)), dtype=bool, count=len(left))


def _marks(title: str) -> list[str]:
    return [word.lstrip("0") for word in title.split() if word.isdigit() or len(word) == 1]


def _artist(pairs: pa.Table | pa.RecordBatch) -> LevelColumn:
    left, right = _texts(pairs, "artist_core")
    present = _has(left, right)
    score = np.maximum(np.maximum(_ratio(left, right), _joined_ratio(left, right)), _word_ratio(left, right))
    levels = np.full(len(left), level_of("artist", "different"), np.int8)
    levels[_found_elsewhere(pairs, "artist_core", score < NEAR)] = level_of("artist", "inside the other's text")
    levels[_held(left, right) & present] = level_of("artist", "one holds the other")
    levels[score >= NEAR] = level_of("artist", "near")
    levels[score >= 1] = level_of("artist", "exact")
    unknown = ~present & (levels != level_of("artist", "inside the other's text"))
    levels[unknown | (~_any(left) & ~_any(right))] = MISSING
    return levels


def _any(texts: list[str]) -> Bools:
    return np.fromiter((bool(x) for x in texts), dtype=bool, count=len(texts))


def _album(pairs: pa.Table | pa.RecordBatch) -> LevelColumn:
    left, right = _texts(pairs, "album_core")
    score = np.maximum(_ratio(left, right), _joined_ratio(left, right))
    levels = np.full(len(left), level_of("album", "different"), np.int8)
    levels[(score >= SIMILAR) | _held(left, right)] = level_of("album", "similar")
    levels[score >= NEAR] = level_of("album", "near")
    levels[score >= 1] = level_of("album", "exact")
    levels[~_has(left, right)] = MISSING
    return levels


def _duration(left: NDArray[np.float64], right: NDArray[np.float64]) -> LevelColumn:
    apart = np.abs(left - right)
    levels = np.searchsorted(DURATION_STEPS, apart, side="left").astype(np.int8)
    levels[np.isnan(apart)] = MISSING
    return levels


def _position(pairs: pa.Table | pa.RecordBatch) -> LevelColumn:
    left, right = _floats(pairs, "position")
    media = [str(a).lower() == str(b).lower() or not a or not b for a, b in zip(*_sides(pairs, "medium"), strict=True)]
    levels = np.where((left == right) & np.array(media, dtype=bool), 0, 1).astype(np.int8)
    levels[np.isnan(left) | np.isnan(right)] = MISSING
    return levels


def _year(left: NDArray[np.float64], right: NDArray[np.float64]) -> LevelColumn:
    apart = np.abs(left - right)
    levels: LevelColumn = np.minimum(np.nan_to_num(apart, nan=2), 2).astype(np.int8)
    levels[np.isnan(apart)] = MISSING
    return levels


def _equal(pairs: pa.Table | pa.RecordBatch, name: str) -> LevelColumn:
    left, right = _texts(pairs, name)
    same = np.fromiter((a == b for a, b in zip(left, right, strict=True)), dtype=bool, count=len(left))
    levels = np.where(same, 0, 1).astype(np.int8)
    levels[~_has(left, right)] = MISSING
    return levels


def _audio(pairs: pa.Table | pa.RecordBatch) -> LevelColumn:
    """Levels of an alignment that was computed before (`audio_level`), or missing."""
    if "audio_level" not in pairs.schema.names:
        return np.full(pairs.num_rows, MISSING, np.int8)
    levels = pairs.column("audio_level").to_numpy(zero_copy_only=False).astype(np.int8)
    return np.asarray(np.clip(levels, MISSING, len(FIELDS[FIELD_NAMES.index("audio")].levels) - 1))
