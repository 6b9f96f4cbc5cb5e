"""Which stored recordings some sound holds, where, and how surely: an excerpt, a whole file, a mix of several.

The segments of the sound, at several offsets within the stored ones' hop since an excerpt begins anywhere, vote
through the index for tracks and places in them. The tracks with most votes for one place are aligned with the sound,
and what aligns too loosely for its length is no match. Work is bounded: so many neighbours a segment, so many tracks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.align import Alignment, align
from dedup.sound import Side

NEIGHBOURS = 64
"""Nearest stored segments that each segment of the sound votes for."""

LEAST_TRACKS, SECONDS_A_TRACK, MOST_TRACKS = 40, 10.0, 200
"""Tracks with most votes that are aligned: more for long sound, which may hold many."""

SURE = 0.5
"""Least similarity of a long stretch; a short one needs more: the best of many places is always a bit alike."""

SHORT_SEGMENTS, SHORT_MORE = 3.0, 0.15
"""A stretch of n segments needs `SHORT_MORE * SHORT_SEGMENTS / n` more, at most `SHORT_MORE`."""

SEPARATE = 0.5
"""Share of a stretch that may lie inside a better one before it is taken for the same place heard again."""

CLEARLY = 0.05
"""How much more similar a stretch must be to explain another one away."""

Search = Callable[[NDArray[np.uint8], int], tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]]
"""`embeddings.index.SegmentIndex.search`: (share of equal bits, row, second in the track), each `[segments, k]`."""


@dataclass(frozen=True)
class Sound:
    """Codes `[n, 16]` and audible marks `[n]` of some sound; segment `i` begins at second `start_s + i * step_s`.

    `soft` `[n, 128]`, if known, are the vectors that the codes are the signs of; see `audio.align_seeds.Side`.
    """

    codes: NDArray[np.uint8]
    audible: NDArray[np.bool_]
    step_s: float
    start_s: float = 0.0
    soft: NDArray[np.float32] | None = None

    def phases(self, hop_s: float) -> list["Sound"]:
        """The segments that are whole hops apart, one sequence for each offset within a hop."""
        count = round(hop_s / self.step_s)
        return [
            Sound(
                self.codes[n::count],
                self.audible[n::count],
                hop_s,
                self.start_s + n * self.step_s,
                None if self.soft is None else self.soft[n::count],
            )
            for n in range(min(count, len(self.codes)))
        ]

    def aligned(self, track: Side, hop_s: float) -> Alignment:
        """The alignment with a stored track."""
        codes, audible = track
        return align(self.codes, codes, hop_s=hop_s, audible_a=self.audible, audible_b=audible, soft_a=self.soft)


@dataclass(frozen=True)
class Found:
    """A track in the sound: its `row`, and the alignment of the sound, from second `start_s` on, with the track."""

    row: int
    alignment: Alignment
    start_s: float

    @property
    def strength(self) -> float:
        """What matches are ranked by: similarity times matching segments."""
        return self.alignment.similarity * self.alignment.matched_segments

    @property
    def sure(self) -> bool:
        """Whether the alignment is close enough for its length."""
        count = self.alignment.matched_segments
        return count > 0 and self.alignment.similarity >= SURE + SHORT_MORE * min(1.0, SHORT_SEGMENTS / count)


def recognise(
    sound: Sound, search: Search, sides_of: Callable[[Sequence[int]], Mapping[int, Side]], hop_s: float
) -> list[Found]:
    """Every track in the sound, best first; empty where there is none.

    `sides_of` gives codes and audible marks of the tracks with these rows; their segments are `hop_s` apart.
    """
    return chosen([found for found in aligned(sound, search, sides_of, hop_s) if found.sure])


def aligned(
    sound: Sound, search: Search, sides_of: Callable[[Sequence[int]], Mapping[int, Side]], hop_s: float
) -> list[Found]:
    """The best alignment of each track that has votes with each phase of the sound, sure or not."""
    sides = sides_of(voted(sound, search))
    phases = sound.phases(hop_s)
    return [Found(row, phase.aligned(track, hop_s), phase.start_s) for row, track in sides.items() for phase in phases]


def voted(sound: Sound, search: Search) -> list[int]:
    """Rows of the tracks that most of the sound's segments resemble at one place, most first."""
    heard = np.flatnonzero(sound.audible)
    if not len(heard):
        return []
    share, rows, seconds = search(sound.codes[heard], NEIGHBOURS)
    there = rows >= 0
    weight = np.square(np.maximum(0.0, 2 * share[there] - 1))
    offset = (seconds - (sound.start_s + heard * sound.step_s)[:, None])[there]
    places = np.concatenate([np.floor(offset), np.floor(offset + 0.5) + 0.5])  # each in two seconds that overlap
    keys, where = np.unique(np.stack([np.tile(rows[there], 2), 2 * places], axis=1), axis=0, return_inverse=True)
    votes = np.bincount(where.ravel(), np.tile(weight, 2))
    order = np.argsort(-votes, kind="stable")
    most = int(min(MOST_TRACKS, max(LEAST_TRACKS, len(sound.codes) * sound.step_s / SECONDS_A_TRACK)))
    return list(dict.fromkeys(int(row) for row in keys[order, 0]))[:most]


def chosen(stretches: Sequence[Found]) -> list[Found]:
    """The best stretch of every track, best first, without those that a better one of another track explains."""
    kept: list[Found] = []
    for found in sorted(stretches, key=lambda found: -found.strength):
        if all(found.row != better.row and not _inside(found, better) for better in kept):
            kept.append(found)
    return kept


def _inside(one: Found, better: Found) -> bool:
    """Whether most of a stretch of the sound lies in a better one that fits clearly better."""
    (start, end), (first, last) = (
        (found.start_s + found.alignment.start_a_s, found.start_s + found.alignment.start_a_s + found.alignment.seconds)
        for found in (one, better)
    )
    shared = min(end, last) - max(start, first)
    return shared > SEPARATE * (end - start) and one.alignment.similarity < better.alignment.similarity - CLEARLY
