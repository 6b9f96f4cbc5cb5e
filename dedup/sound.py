"""Audio evidence: from the alignment of two tracks to a level of the field `audio`.

Similarity of aligned identity codes is 1 for the same bits and about 0 for unrelated music. Two things are allowed for
before it is judged. Codes stand a second apart, so the segments of a trimmed copy may lie up to half a second beside
the other's and then agree less, by an amount that is the model's and known (`Hearing.beside`). And music that loops may
be delivered with more rounds of the loop: what is covered counts every place where the shorter side lies in the longer.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audio.align import Alignment, align, align_many
from dedup.fields import FIELD_NAMES, FIELDS, MISSING, level_of

CODE_BYTES = 16
LEAST_AUDIBLE = 3
"""Audible segments a track must have to be compared by sound, five seconds: silence and clips say nothing."""


MOST_ROUNDS = 8
"""Places at which the shorter side is looked for in the longer."""

DRIFT = 0.012
"""Deviation of the speed from which a track is a sped-up or slowed version; players and tape drift by a hundredth."""

STEADY = 0.004
"""Deviation of the speed from which segments drift through all distances from the other side's."""


@dataclass(frozen=True)
class Hearing:
    """Thresholds on similarity and coverage, and what the released model loses beside the grid.

    same: least similarity of the same sound, one of the two best on half of the artists of the development audio
    (`benchmarks.audio_duplicates`). similar: below it the sound is another. covered: least share of both sides. beside:
    share of the similarity that is lost per hop of distance; the model card's "0.5 s beside" against its codec rows
    gives it.
    """

    same: float = 0.78
    similar: float = 0.35
    covered: float = 0.80
    beside: float = 0.28


Side = tuple[NDArray[np.uint8], NDArray[np.bool_]]
"""Codes `[n, 16]` and audible marks `[n]` of a track."""


def hear(
    sides: tuple[list[bytes | None], list[bytes | None], list[bytes | None], list[bytes | None]],
    hop_s: float,
    hearing: Hearing,
) -> tuple[NDArray[np.int8], list[str | None]]:
    """Audio levels and their wording for pairs of tracks.

    sides: codes and audible marks of the first tracks, then of the second, `[n]` each, as in `catalog.schema.SEGMENTS`,
    None where a track has no audio. Returns levels `[n]` (-1 where a side has too little sound) and details.
    """
    count = len(sides[0])
    levels = np.full(count, MISSING, np.int8)
    details: list[str | None] = [None] * count
    for pair, (codes_a, audible_a, codes_b, audible_b) in enumerate(zip(*sides, strict=True)):
        a, b = unpack_codes(codes_a, audible_a), unpack_codes(codes_b, audible_b)
        if a is None or b is None:
            continue
        alignment = align(a[0], b[0], hop_s=hop_s, audible_a=a[1], audible_b=b[1])
        levels[pair], details[pair] = judge(a, b, alignment, hop_s, hearing), describe(alignment)
    return levels, details


def unpack_codes(codes: bytes | None, audible: bytes | None) -> Side | None:
    """Codes `[n, 16]` and audible marks `[n]`, or None where there is too little sound to compare."""
    if not codes or not audible:
        return None
    marks = np.frombuffer(audible, np.uint8).astype(bool)
    if marks.sum() < LEAST_AUDIBLE:
        return None
    return np.frombuffer(codes, np.uint8).reshape(-1, CODE_BYTES), marks


def judge(a: Side, b: Side, alignment: Alignment, hop_s: float, hearing: Hearing) -> int:
    """The audio level of two sides that align so."""
    similarity = on_grid(alignment, hop_s, hearing)
    if similarity < hearing.similar:
        return level_of("audio", "other sound")
    if similarity < hearing.same:
        return level_of("audio", "similar sound")
    covered = min(alignment.covered_a, alignment.covered_b)
    if covered < hearing.covered <= max(alignment.covered_a, alignment.covered_b):
        covered = looped(a, b, hop_s, hearing)
    if covered < hearing.covered:
        return level_of("audio", "same sound in part")
    return level_of("audio", "same sound, other speed" if _sped(alignment, hop_s) else "same sound")


def _sped(alignment: Alignment, hop_s: float) -> bool:
    """Whether one side was sped up or slowed down, beyond what the ends of so short a stretch leave open."""
    open_to = hop_s / max(alignment.seconds, hop_s)
    return abs(alignment.speed - 1) > DRIFT + open_to / 2


def on_grid(alignment: Alignment, hop_s: float, hearing: Hearing) -> float:
    """The similarity that the alignment would have if both sides' segments began at the same places, at most 1."""
    place = alignment.offset_s / hop_s
    distance = abs(place - round(place)) if abs(alignment.speed - 1) < STEADY else 0.25
    return min(1.0, alignment.similarity / (1 - hearing.beside * distance))


def looped(a: Side, b: Side, hop_s: float, hearing: Hearing) -> float:
    """Share of the longer side that is the shorter one, once or in several rounds; 0 where that is not whole in it."""
    if len(a[0]) < len(b[0]):
        a, b = b, a
    rounds = align_many(a[0], b[0], hop_s=hop_s, audible_a=a[1], audible_b=b[1], most=MOST_ROUNDS)
    good = [found for found in rounds if on_grid(found, hop_s, hearing) >= hearing.same]
    whole = any(found.covered_b >= hearing.covered for found in good)
    return min(1.0, sum(found.covered_a for found in good)) if whole else 0.0


def describe(alignment: Alignment) -> str:
    """An alignment in words."""
    covered = f"{alignment.covered_a:.0%} of one and {alignment.covered_b:.0%} of the other"
    speed = "" if abs(alignment.speed - 1) < 0.004 else f", speed {alignment.speed:.3f}"
    offset = round(alignment.offset_s, 1) + 0.0  # no minus before zero
    return f"similarity {alignment.similarity:.2f}, {covered}, offset {offset:+.1f} s{speed}"


def audio_levels(pairs: pa.Table) -> NDArray[np.int8]:
    """Levels of alignments that were computed before (the column `audio_level`), or missing, `[n]`."""
    if "audio_level" not in pairs.schema.names:
        return np.full(pairs.num_rows, MISSING, np.int8)
    levels = pairs.column("audio_level").to_numpy(zero_copy_only=False).astype(np.int8)
    return np.asarray(np.clip(levels, MISSING, len(FIELDS[FIELD_NAMES.index("audio")].levels) - 1))
