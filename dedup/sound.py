"""Audio evidence: from the alignment of two tracks to a level of the field `audio`.

Similarity of aligned identity codes is 1 for the same bits and about 0 for unrelated music; the thresholds fit the
released model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.align import Alignment, align
from dedup.fields import MISSING, level_of

CODE_BYTES = 16
LEAST_AUDIBLE = 3
"""Audible segments a track must have to be compared by sound, five seconds: silence and clips say nothing."""


@dataclass(frozen=True)
class Hearing:
    """Thresholds: mean similarity that is the same sound, that is at least similar, and share of both sides covered."""

    same: float = 0.80
    similar: float = 0.35
    covered: float = 0.80


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
        levels[pair] = sound_level(alignment, hearing)
        details[pair] = describe(alignment)
    return levels, details


def unpack_codes(codes: bytes | None, audible: bytes | None) -> tuple[NDArray[np.uint8], NDArray[np.bool_]] | None:
    """Codes `[n, 16]` and audible marks `[n]`, or None where there is too little sound to compare."""
    if not codes or not audible:
        return None
    marks = np.frombuffer(audible, np.uint8).astype(bool)
    if marks.sum() < LEAST_AUDIBLE:
        return None
    return np.frombuffer(codes, np.uint8).reshape(-1, CODE_BYTES), marks


def sound_level(alignment: Alignment, hearing: Hearing) -> int:
    """Level of the field `audio` for an alignment."""
    if alignment.similarity < hearing.similar:
        return level_of("audio", "other sound")
    if alignment.similarity < hearing.same:
        return level_of("audio", "similar sound")
    whole = min(alignment.covered_a, alignment.covered_b) >= hearing.covered
    return level_of("audio", "same sound" if whole else "same sound in part")


def describe(alignment: Alignment) -> str:
    """An alignment in words."""
    covered = f"{alignment.covered_a:.0%} of one and {alignment.covered_b:.0%} of the other"
    speed = "" if abs(alignment.speed - 1) < 0.004 else f", speed {alignment.speed:.3f}"
    offset = round(alignment.offset_s, 1) + 0.0  # no minus before zero
    return f"similarity {alignment.similarity:.2f}, {covered}, offset {offset:+.1f} s{speed}"
