"""Which stored recordings some sound holds, where, and how surely: an excerpt, a whole file, a mix of several.

The segments of the sound, at several offsets within the stored ones' hop since an excerpt begins anywhere, vote
through the index for tracks and places in them; in a catalogue that is small enough, an excerpt is also laid over every
place as a whole, which finds what is buried in noise. The best tracks of both are aligned with the sound, and what
aligns too loosely for its length is no match. Work is bounded: so many neighbours a segment, so many tracks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from audio.align import Alignment, align
from audio.align_seeds import AlignConfig
from dedup.sound import Side

NEIGHBOURS = 64
"""Nearest stored segments that each segment of the sound votes for."""

LEAST_TRACKS, SECONDS_A_TRACK, MOST_TRACKS = 40, 10.0, 200
"""Tracks with most votes that are aligned: more for long sound, which may hold many."""

SURE = 0.5
"""Least similarity of a long stretch; a short one needs more: the best of many places is always a bit alike."""

SHORT_S, SHORT_MORE = 3.0, 0.15
"""A stretch of n seconds needs `SHORT_MORE * SHORT_S / n` more, at most `SHORT_MORE`."""

SEPARATE = 0.5
"""Share of a stretch that may lie inside a better one before it is taken for the same place heard again."""

CLEARLY = 0.05
"""How much more similar a stretch must be to explain another one away."""

EXCERPT = AlignConfig(floor=0.1, hit=0.3, least_excess=0.0, least_segments=1)
"""How an excerpt is aligned: nearly all of it belongs to the match, however little each segment of it resembles."""


class Index(Protocol):
    """What is needed of `embeddings.index_segments.SegmentIndex`, whose methods these are."""

    def search(
        self, queries: NDArray[np.uint8], k: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
        """(share of equal bits, row, second in the track) of each code's neighbours, each `[segments, k]`."""
        ...

    def scan(self, soft: NDArray[np.float32], begins_s: NDArray[np.floating], count: int) -> list[int]:
        """Rows of tracks that hold all of the excerpt best; none where the catalogue is too large for that."""
        ...


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

    @property
    def excerpt(self) -> bool:
        """Whether it is one: all of it belongs together, and nothing is left out for speed."""
        return self.soft is not None

    def aligned(self, row: int, track: Side, hop_s: float) -> list["Found"]:
        """Its alignments with a stored track.

        An excerpt is laid over the track in its own fine steps, each next to the stored segment that begins nearest. Of
        longer sound the segments that are whole hops apart are aligned, once for each offset within a hop.
        """
        if self.excerpt:
            times = round(hop_s / self.step_s)
            found = self._found(row, _finer(track, times), EXCERPT)
            return [found.later((times // 2 - (times - 1) / 2) * self.step_s)]
        return [phase._found(row, track, None) for phase in self._phases(hop_s)]

    def _phases(self, hop_s: float) -> list["Sound"]:
        count = round(hop_s / self.step_s)
        return [
            Sound(self.codes[n::count], self.audible[n::count], hop_s, self.start_s + n * self.step_s)
            for n in range(min(count, len(self.codes)))
        ]

    def _found(self, row: int, track: Side, config: AlignConfig | None) -> "Found":
        alignment = align(
            self.codes,
            track[0],
            hop_s=self.step_s,
            audible_a=self.audible,
            audible_b=track[1],
            soft_a=self.soft,
            config=config,
        )
        return Found(row, alignment, self.start_s, self.step_s)


def _finer(track: Side, times: int) -> Side:
    """A stored track as if it had so many times the segments: each stands for those that begin nearest to it.

    Of an even number they begin, on average, half a step before it.
    """
    nearest = (np.arange(len(track[0]) * times) + times // 2) // times
    nearest = np.minimum(nearest, len(track[0]) - 1)
    return track[0][nearest], track[1][nearest]


@dataclass(frozen=True)
class Found:
    """A track in the sound: its `row`, and the alignment of the sound, from second `start_s` on, with the track.

    The aligned segments are `step_s` apart.
    """

    row: int
    alignment: Alignment
    start_s: float
    step_s: float

    def later(self, seconds: float) -> "Found":
        """The same, so many seconds later in the track."""
        moved = replace(self.alignment, offset_s=self.alignment.offset_s + seconds)
        return replace(self, alignment=moved)

    @property
    def matched_s(self) -> float:
        """Seconds in which segments begin that match."""
        return self.alignment.matched_segments * self.step_s

    @property
    def strength(self) -> float:
        """What matches are ranked by: similarity times length."""
        return self.alignment.similarity * self.matched_s

    @property
    def sure(self) -> bool:
        """Whether the alignment is close enough for its length."""
        seconds = self.matched_s
        return seconds > 0 and self.alignment.similarity >= SURE + SHORT_MORE * min(1.0, SHORT_S / seconds)


def recognise(
    sound: Sound, index: Index, sides_of: Callable[[Sequence[int]], Mapping[int, Side]], hop_s: float
) -> list[Found]:
    """Every track in the sound, best first; empty where there is none.

    `sides_of` gives codes and audible marks of the tracks with these rows; their segments are `hop_s` apart.
    """
    return chosen([found for found in aligned(sound, index, sides_of, hop_s) if found.sure])


def aligned(
    sound: Sound, index: Index, sides_of: Callable[[Sequence[int]], Mapping[int, Side]], hop_s: float
) -> list[Found]:
    """The best alignments of the sound with each track that may be in it, sure or not."""
    sides = sides_of(list(dict.fromkeys([*scanned(sound, index), *voted(sound, index)])))
    return [found for row, track in sides.items() for found in sound.aligned(row, track, hop_s)]


def scanned(sound: Sound, index: Index) -> list[int]:
    """Rows of the tracks that hold all of an excerpt best."""
    if sound.soft is None:
        return []
    heard = np.flatnonzero(sound.audible)
    return index.scan(sound.soft[heard], sound.start_s + heard * sound.step_s, LEAST_TRACKS)


def voted(sound: Sound, index: Index) -> list[int]:
    """Rows of the tracks that most of the sound's segments resemble at one place, most first."""
    heard = np.flatnonzero(sound.audible)
    if not len(heard):
        return []
    share, rows, seconds = index.search(sound.codes[heard], NEIGHBOURS)
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
