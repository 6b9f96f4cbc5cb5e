"""Comparison: from pairs of tracks to agreement levels.

Input is a table of pairs whose columns carry the values of both sides (`title_core_a`, `title_core_b`, ...), as
`dedup.records` holds them: "" and -1 or NaN where missing. Equal texts need no scorer; the others are compared in batch
by rapidfuzz (`cpdist`, with the least score that matters as its cutoff) unless their sketches have too little in
common. Similarities are 0..1: `ratio` is the normalised Indel similarity, `token_set_ratio` the same on the words both
have against the rest.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from dedup.chapters import other_chapters
from dedup.contrasts import other_number, other_performer, other_volume, other_word
from dedup.fields import FIELD_NAMES, MISSING, level_of
from dedup.hashing import Hashes
from dedup.listed import COLUMNS as LISTED
from dedup.listed import added_apart, listed_beside
from dedup.nameless import nameless, numbered
from dedup.native import other_native
from dedup.performers import other_performers
from dedup.players import leads_elsewhere, other_ensemble, other_players
from dedup.records import READ_ALONG
from dedup.sketches import COLUMNS as SKETCHES
from dedup.sketches import may_hold
from dedup.sound import audio_levels
from dedup.spellings import same_sequels, spelt_levels
from dedup.texts import Texts, column, numbers, texts_of
from dedup.version_evidence import version_evidence
from dedup.works import same_movements

SIDE_COLUMNS = (
    "title_core", "artist_core", "album_core", "versions", "duration_s", "release_year", "medium",
    "position", "isrc_code", "title_frequency", "listing", "same_titles", *READ_ALONG, *LISTED, *SKETCHES,
)  # fmt: skip
"""What each side of a pair brings."""

NEAR, SIMILAR, HELD = 0.88, 0.72, 0.90
"""Similarity from which two texts are near (a typo), similar, and from which one holds the other's words."""

WORTH_JOINING = 0.5
"""Similarity below which two texts are not near either when their spaces are taken out."""

SHARE_ALIKE, SHARE_HELD = 0.35, 0.45
"""Share of letter pairs below which two texts are not similar, and below which none holds the other's words."""

LEAST_HELD, MOST_HELD = 4, 400
"""Bytes that a text must have, and may have, to be looked for inside another; a longer one takes seconds a pair."""

COMMON_TITLE = 8
"""Artists with the same title from which agreement on it is told apart as agreement on a common title."""

DURATION_STEPS = (0.6, 1.5, 3.0, 7.0, 15.0)
"""Upper bounds of the duration levels, seconds."""

NOTHING_LISTED: Hashes = np.empty(0, np.uint64)
Bools = NDArray[np.bool_]
Scores = NDArray[np.float32]
LevelColumn = NDArray[np.int8]


def compare(pairs: pa.Table, listed: Hashes = NOTHING_LISTED) -> NDArray[np.int8]:
    """Agreement levels `[n, fields]` in the order of `dedup.fields.FIELDS`; -1 where a side has no value.

    listed: the titles of all releases (`dedup.listed`).
    """
    position = _position(pairs)
    version = version_evidence(pairs, listed)
    title = _title(pairs, listed, position)
    title[other_chapters(pairs, title, position, version)] = level_of("title", "other number")
    columns = {
        "title": title,
        "artist": _artist(pairs, title),
        "album": _album(pairs),
        "version": version,
        "duration": _duration(*numbers(pairs, "duration_s")),
        "position": position,
        "year": _year(*numbers(pairs, "release_year")),
        "release": np.full(pairs.num_rows, MISSING, np.int8),  # needs all pairs: `dedup.releases`
        "isrc": _isrc(pairs),
        "audio": audio_levels(pairs),
    }
    return np.column_stack([columns[name] for name in FIELD_NAMES]).astype(np.int8)


def _scores(left: pa.Array, right: pa.Array, scorer: Any, cutoff: float) -> Scores:
    """Similarity of both sides, 0 where it is below the cutoff."""
    scores = cpdist(left.to_pylist(), right.to_pylist(), scorer=scorer, score_cutoff=100 * cutoff, dtype=np.float32)
    return np.asarray(scores / 100)


def _likeness(texts: Texts, cutoff: float, *, any_order: bool = False) -> Scores:
    """Similarity of every pair, 1 where they are equal and 0 where a side is missing or it is below the cutoff.

    Spaces count as nothing where that helps ("blink 182", "blink182"); with `any_order` words may stand in another.
    """
    scores = texts.same.astype(np.float32)
    where = texts.share(texts.both & ~texts.same, SHARE_ALIKE)
    left, right = texts.at(where)
    found = _scores(left, right, fuzz.ratio, WORTH_JOINING)
    close = pa.array(found > 0)
    first, second = (pc.replace_substring(side.filter(close), " ", "") for side in (left, right))
    found[found > 0] = np.maximum(found[found > 0], _scores(first, second, fuzz.ratio, cutoff))
    if any_order:
        unsure = found < cutoff
        first, second = (side.filter(pa.array(unsure)) for side in (left, right))
        found[unsure] = np.maximum(found[unsure], _scores(first, second, fuzz.token_sort_ratio, cutoff))
    scores[where] = found
    return scores


def _holds(texts: Texts, where: Bools) -> Bools:
    """Where the words of one side all stand in the other (give or take typos), either way."""
    held = texts.same & where
    where = texts.share(where & ~held, SHARE_HELD)
    held[where] = _scores(*texts.at(where), fuzz.token_set_ratio, HELD) >= HELD
    return held


def _whole(pairs: pa.Table, side: str, at: pa.Array) -> pa.Array:
    """Everything a side of some pairs says, as one text."""
    parts = [column(pairs, f"{name}_{side}").take(at) for name in ("title_core", "artist_core", "album_core")]
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, pa.scalar(" ", parts[0].type)))


def _found_elsewhere(pairs: pa.Table, texts: Texts, where: Bools) -> Bools:
    """Among pairs in `where`: does one side's value stand anywhere in the other side's text?"""
    found = _inside(pairs, texts.field, (texts.left, "a"), "b", where)
    return found | _inside(pairs, texts.field, (texts.right, "b"), "a", where & ~found)


def _inside(pairs: pa.Table, field: str, needles: tuple[pa.Array, str], inside: str, where: Bools) -> Bools:
    """Among pairs in `where`: does a side's text, LEAST_HELD to MOST_HELD long, stand in all the text of the other?

    Give or take typos; only what the sketches say may stand there is looked for.
    """
    needle, of = needles
    length = np.asarray(pc.binary_length(needle))
    at = np.flatnonzero(where & (length >= LEAST_HELD) & (length <= MOST_HELD) & _may_hold(pairs, field, of, inside))
    sought, whole = needle.take(pa.array(at)), _whole(pairs, inside, pa.array(at))
    longer = np.asarray(pc.binary_length(whole)) >= length[at]
    scores = _scores(sought.filter(pa.array(longer)), whole.filter(pa.array(longer)), fuzz.partial_ratio, HELD)
    found = np.zeros(len(where), bool)
    found[at[longer]] = scores >= HELD
    return found


def _may_hold(pairs: pa.Table, field: str, of: str, inside: str) -> Bools:
    """Whether a side's title or artist may stand in all the text of the other, by their sketches."""
    needle, text = (
        (column(pairs, f"{sketch}_0_{side}").to_numpy(), column(pairs, f"{sketch}_1_{side}").to_numpy())
        for sketch, side in ((field, of), ("whole", inside))
    )
    return may_hold(needle, text)


def _title(pairs: pa.Table, listed: Hashes, position: LevelColumn) -> LevelColumn:
    texts = texts_of(pairs, "title_core")
    score = _likeness(texts, SIMILAR)
    frequency = np.fmax(*numbers(pairs, "title_frequency"))
    levels = np.full(len(score), level_of("title", "different"), np.int8)
    inside = _found_elsewhere(pairs, texts, texts.both & (score < SIMILAR))
    levels[inside] = level_of("title", "inside the other's text")
    levels[score >= SIMILAR] = level_of("title", "similar")
    levels[score >= NEAR] = level_of("title", "near")
    alike = (score >= SIMILAR) & (score < 1)
    levels[texts.differing(alike, other_word)] = level_of("title", "other word")
    beside = listed_beside(pairs, alike | inside, listed) | added_apart(pairs, (alike | inside) & (position > 0))
    levels[beside] = level_of("title", "other word")
    levels[texts.differing(alike, other_number)] = level_of("title", "other number")
    unlike = levels >= level_of("title", "other number")
    spelt = spelt_levels(pairs, texts, texts.both & ~beside & (score < 1) & (levels != level_of("title", "near")))
    levels[unlike & ((spelt == 1) | same_movements(pairs, unlike & ~beside))] = level_of("title", "similar")
    levels[(spelt == 2) | same_sequels(pairs, unlike & ~beside)] = level_of("title", "near")
    levels[score >= 1] = level_of("title", "exact")
    levels[(score >= 1) & (frequency >= COMMON_TITLE)] = level_of("title", "exact, common title")
    printed = texts_of(pairs, "title_native")
    native = printed.both & ~printed.same & (score >= SIMILAR)
    levels[printed.differing(native, other_native)] = level_of("title", "other word")
    places = numbers(pairs, "position")
    credited = texts_of(pairs, "artist_core").both
    unnamed = nameless(texts.left, credited) | nameless(texts.right, credited)
    unnamed &= levels != level_of("title", "other number")
    unnamed |= numbered(texts.left, texts.right, places, levels == level_of("title", "different"))
    levels[~texts.both | unnamed] = MISSING
    return levels


def _artist(pairs: pa.Table, title: LevelColumn) -> LevelColumn:
    texts = texts_of(pairs, "artist_core")
    score = _likeness(texts, NEAR, any_order=True)
    levels = np.full(len(score), level_of("artist", "different"), np.int8)
    held = _holds(texts, texts.both & (score < NEAR))
    elsewhere = _found_elsewhere(pairs, texts, (score < NEAR) & ~held & (texts.has_left | texts.has_right))
    elsewhere |= leads_elsewhere(pairs, texts.both & ~held & (score < NEAR))
    levels[elsewhere] = level_of("artist", "inside the other's text")
    levels[held] = level_of("artist", "one holds the other")
    levels[score >= NEAR] = level_of("artist", "near")
    alike = held | ((score >= NEAR) & (score < 1))
    for differ in (other_performer, other_ensemble):
        levels[texts.differing(alike, differ)] = level_of("artist", "different")
    levels[score >= 1] = level_of("artist", "exact")
    beside = texts_of(pairs, "players")
    one_song = title <= level_of("title", "inside the other's text")  # each has its own
    for told in (
        beside.differing(beside.both & ~beside.same & one_song, other_players),
        other_performers(pairs, one_song & texts.both & (score < 1)),
    ):
        levels[told] = level_of("artist", "other players")
    levels[~texts.both & ~elsewhere] = MISSING
    return levels


def _album(pairs: pa.Table) -> LevelColumn:
    texts = texts_of(pairs, "album_core")
    score = _likeness(texts, SIMILAR)
    levels = np.full(len(score), level_of("album", "different"), np.int8)
    levels[(score >= SIMILAR) | _holds(texts, texts.both & (score < SIMILAR))] = level_of("album", "similar")
    levels[score >= NEAR] = level_of("album", "near")
    alike = (score < 1) & (levels < level_of("album", "different"))
    levels[texts.differing(alike, other_volume)] = level_of("album", "different")
    levels[score >= 1] = level_of("album", "exact")
    levels[~texts.both] = MISSING
    return levels


def _duration(left: NDArray[np.float64], right: NDArray[np.float64]) -> LevelColumn:
    apart = np.round(np.abs(left - right), 3)  # what 32 bits add to 203.0 - 201.5
    levels = np.searchsorted(DURATION_STEPS, apart, side="left").astype(np.int8)
    levels[np.isnan(apart)] = MISSING
    return levels


def _position(pairs: pa.Table) -> LevelColumn:
    left, right = numbers(pairs, "position")
    media = [pc.utf8_lower(column(pairs, f"medium_{side}")) for side in "ab"]
    unknown = [np.asarray(pc.equal(pc.binary_length(side), 0)) for side in media]
    agree = np.asarray(pc.equal(*media)) | unknown[0] | unknown[1]
    levels = np.where((left == right) & agree, 0, 1 + _one_release(pairs)).astype(np.int8)
    levels[np.isnan(left) | np.isnan(right)] = MISSING
    return levels


def _one_release(pairs: pa.Table) -> Bools:
    """Whether both tracks are of one release, which lists one track at each place (`jobs.records.listing`)."""
    if "listing_a" not in pairs.schema.names:
        return np.zeros(pairs.num_rows, bool)
    left, right = (column(pairs, f"listing_{side}").to_numpy() for side in "ab")
    return np.asarray((left == right) & (left != 0))


def _year(left: NDArray[np.float64], right: NDArray[np.float64]) -> LevelColumn:
    apart = np.abs(left - right)
    levels: LevelColumn = np.minimum(np.nan_to_num(apart, nan=2), 2).astype(np.int8)
    levels[np.isnan(apart)] = MISSING
    return levels


def _isrc(pairs: pa.Table) -> LevelColumn:
    texts = texts_of(pairs, "isrc_code")
    return np.where(texts.both, np.where(texts.same, 0, 1), MISSING).astype(np.int8)
