"""Alignment of two sequences of segment codes: is a stretch of one recording in the other, where, and how fast?

A recording is a sequence of 128-bit codes, one a segment. Two recordings hold the same sound where their codes are
similar along a straight line: the same offset throughout, at a constant speed. Of all lines, that one is chosen whose
best contiguous run of similar segments adds up to most (Smith-Waterman without gaps: Kadane's algorithm along the
line), so that in music built of loops the line that explains the whole length wins over those that explain a part.
Candidate lines come from `audio.align_seeds`; each is fitted to the pairs near it by least squares until its run grows
no more.

Deviation from time warping: no gaps. A recording with a part cut out is not the same recording, and its parts are found
by `align_many`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.align_seeds import BITS, AlignConfig, Codes, Hits, Line, diagonals, survey, tilted, words

REACH = 1.5  # segments from a line within which a pair belongs to it: windows overlap, so neighbours are similar too
ROUNDS = 12  # of fitting; a run that doubles each time spans a day after 12


@dataclass(frozen=True)
class Alignment:
    """The best common stretch of a and b.

    similarity: mean of `1 - 2 * hamming / 128` over its segments; without a stretch, over the best whole diagonal.
    offset_s: where the beginning of a lies in b, seconds; negative where b begins inside a.
    speed: how many times as fast as a, b plays.
    covered_a, covered_b: share of either side's audible segments that is in the stretch, 0 where there is none.
    start_a_s, start_b_s, seconds: the stretch; seconds as a plays it.
    matched_segments: audible pairs of segments in it.
    """

    similarity: float = 0.0
    offset_s: float = 0.0
    speed: float = 1.0
    covered_a: float = 0.0
    covered_b: float = 0.0
    matched_segments: int = 0
    start_a_s: float = 0.0
    start_b_s: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True)
class _Side:
    words: NDArray[np.uint64]  # [n, 2]
    heard: NDArray[np.bool_]  # [n]
    audible: int


@dataclass(frozen=True)
class _Path:
    """Pairs along a line: places `i` of a, `similarity`, and whether both sides are `heard`."""

    i: NDArray[np.int64]
    similarity: NDArray[np.float64]
    heard: NDArray[np.bool_]

    @property
    def mean(self) -> float:
        """Mean similarity of what is heard, 0 where nothing is."""
        return float(np.dot(self.similarity, self.heard) / max(1, np.count_nonzero(self.heard)))


@dataclass(frozen=True)
class _Run:
    """A line and its best run, places `first` to `last` of a: `excess` over the floor, `mean` similarity of `count`."""

    line: Line
    first: int
    last: int
    excess: float
    mean: float
    count: int


def align(
    codes_a: Codes,
    codes_b: Codes,
    *,
    hop_s: float = 1.0,
    audible_a: NDArray[np.bool_] | None = None,
    audible_b: NDArray[np.bool_] | None = None,
    config: AlignConfig | None = None,
) -> Alignment:
    """The best alignment of codes [n, 16] and [m, 16], uint8; silent segments say nothing and are passed over.

    `hop_s` is the time between two segments. Memory is bounded by `config.block_cells`, not by n * m.
    """
    config = config or AlignConfig()
    a, b = _side(codes_a, audible_a), _side(codes_b, audible_b)
    if not a.audible or not b.audible:
        return Alignment()
    return _align(a, b, a.audible, hop_s, config)


def align_many(
    codes_a: Codes,
    codes_b: Codes,
    *,
    hop_s: float = 1.0,
    audible_a: NDArray[np.bool_] | None = None,
    audible_b: NDArray[np.bool_] | None = None,
    config: AlignConfig | None = None,
    most: int = 20,
) -> list[Alignment]:
    """All stretches of a that lie somewhere in b, best first, `most` at most; no segment of a is in two of them."""
    config = config or AlignConfig()
    a, b = _side(codes_a, audible_a), _side(codes_b, audible_b)
    audible, heard = a.audible, a.heard.copy()
    found: list[Alignment] = []
    while len(found) < most and heard.any() and b.audible:
        best = _align(_Side(a.words, heard, int(heard.sum())), b, audible, hop_s, config)
        if not best.matched_segments:
            break
        found.append(best)
        first = round(best.start_a_s / hop_s)
        heard[first : first + round(best.seconds / hop_s)] = False
    return found


def _side(codes: Codes, audible: NDArray[np.bool_] | None) -> _Side:
    heard = np.ones(len(codes), bool) if audible is None else np.asarray(audible, bool)
    return _Side(words(codes), heard, int(heard.sum()))


def _align(a: _Side, b: _Side, audible_a: int, hop_s: float, config: AlignConfig) -> Alignment:
    sums, hits = survey(a.words, b.words, a.heard, b.heard, config)
    runs = [_run(a, b, line, config) for line in diagonals(sums, len(a.words), config)]
    best = _fitted(a, b, max(runs, key=_rank), hits, config)
    if best.count < config.enough * min(a.audible, b.audible):
        for line in tilted(hits, len(a.words), len(b.words), config):
            best = max(best, _fitted(a, b, _run(a, b, line, config), hits, config), key=_rank)
    least = min(config.least_segments, a.audible, b.audible)
    if best.count < least or best.excess < min(config.least_excess, least * (1 - config.floor) / 2):
        return _unmatched(a, b, sums, hop_s)
    return _alignment(a, b, best, audible_a, hop_s)


def _rank(run: _Run) -> float:
    return run.excess


def _along(a: _Side, b: _Side, line: Line, first: int = 0, last: int | None = None) -> _Path:
    """The pairs on the line whose places in a are `first` to `last`."""
    i = np.arange(first, len(a.words) if last is None else last + 1)
    j = line.place(i)
    inside = (j >= 0) & (j < len(b.words))
    i, j = i[inside], j[inside]
    distances = np.bitwise_count(a.words[i] ^ b.words[j]).sum(axis=1)
    return _Path(i, 1 - distances * (2 / BITS), a.heard[i] & b.heard[j])


def _run(a: _Side, b: _Side, line: Line, config: AlignConfig) -> _Run:
    """The contiguous run along the line whose similarities surpass the floor by most in sum."""
    path = _along(a, b, line)
    total = np.zeros(len(path.i) + 1)
    np.cumsum((path.similarity - config.floor) * path.heard, out=total[1:])
    rise = total - np.minimum.accumulate(total)
    end = int(rise.argmax())
    if rise[end] <= 0:
        return _Run(line, 0, -1, 0.0, 0.0, 0)
    start = int(total[:end].argmin())
    run = _Path(path.i[start:end], path.similarity[start:end], path.heard[start:end])
    return _Run(line, int(run.i[0]), int(run.i[-1]), float(rise[end]), run.mean, int(np.count_nonzero(run.heard)))


def _fitted(a: _Side, b: _Side, run: _Run, hits: Hits, config: AlignConfig) -> _Run:
    """The run of the line fitted to the hits near it, again and again while it grows."""
    for _ in range(ROUNDS):
        line = _fit(run, hits, config)
        if line is None:
            return run
        better = _run(a, b, line, config)
        if better.excess <= run.excess * 1.001:
            return run
        run = better
    return run


def _fit(run: _Run, hits: Hits, config: AlignConfig) -> Line | None:
    """Weighted least squares through the hits near the run's line, up to its own length beyond its ends."""
    length = run.last - run.first + 1
    inside = (hits.i >= run.first - length) & (hits.i <= run.last + length)
    near = inside & (np.abs(hits.j - run.line.offset - hits.i / run.line.speed) <= REACH)
    i, j, weight = hits.i[near], hits.j[near], hits.weight[near]
    if len(i) < 2 * config.least_segments or np.ptp(i) < 2 * config.least_segments:
        return None
    middle_i, middle_j = np.average(i, weights=weight), np.average(j, weights=weight)
    slope = np.dot(weight * (i - middle_i), j - middle_j) / np.dot(weight, (i - middle_i) ** 2)
    if not 1 / config.fastest <= slope <= 1 / config.slowest:
        return None
    return Line(float(middle_j - slope * middle_i), float(1 / slope))


def _alignment(a: _Side, b: _Side, run: _Run, audible_a: int, hop_s: float) -> Alignment:
    offset = run.line.offset + _between(a, b, run)
    length = run.last - run.first + 1
    return Alignment(
        similarity=run.mean,
        offset_s=offset * hop_s,
        speed=run.line.speed,
        covered_a=min(1.0, run.count / audible_a),
        covered_b=min(1.0, run.count / run.line.speed / b.audible),
        matched_segments=run.count,
        start_a_s=run.first * hop_s,
        start_b_s=max(0.0, offset + run.first / run.line.speed) * hop_s,
        seconds=length * hop_s,
    )


def _between(a: _Side, b: _Side, run: _Run) -> float:
    """How far between two segments the true offset lies, -0.5 to 0.5: the vertex of a parabola through three lines."""
    lines = [Line(run.line.offset + shift, run.line.speed) for shift in (-1, 0, 1)]
    before, here, after = (_along(a, b, line, run.first, run.last).mean for line in lines)
    bend = before - 2 * here + after
    return float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0


def _unmatched(a: _Side, b: _Side, sums: NDArray[np.float32], hop_s: float) -> Alignment:
    """No stretch: how similar the sides are along the most similar diagonal on which half of the shorter one lies."""
    rows, least = len(a.words), max(1, min(len(a.words), len(b.words)) // 2)
    long_enough = sums[least - 1 : len(sums) - least + 1]
    offset = int(long_enough.argmax()) + least - 1 - (rows - 1)
    return Alignment(similarity=_along(a, b, Line(float(offset))).mean, offset_s=offset * hop_s)
