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

from audio.align_lines import WORTHWHILE, Run, along, best_run, fitted
from audio.align_seeds import BITS, AlignConfig, Codes, Line, Side, diagonals, survey, tilted, words


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


def align(
    codes_a: Codes,
    codes_b: Codes,
    *,
    hop_s: float = 1.0,
    audible_a: NDArray[np.bool_] | None = None,
    audible_b: NDArray[np.bool_] | None = None,
    soft_a: NDArray[np.float32] | None = None,
    config: AlignConfig | None = None,
) -> Alignment:
    """The best alignment of codes [n, 16] and [m, 16], uint8; silent segments say nothing and are passed over.

    `soft_a` [n, 128] are the vectors that `codes_a` are the signs of, if known. `hop_s` is the time between two
    segments. Memory is bounded by `config.block_cells`, not by n * m.
    """
    config = config or AlignConfig()
    a, b = _side(codes_a, audible_a, soft_a), _side(codes_b, audible_b)
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
        best = _align(Side(a.words, heard, int(heard.sum())), b, audible, hop_s, config)
        if not best.matched_segments:
            break
        found.append(best)
        first = round(best.start_a_s / hop_s)
        heard[first : first + round(best.seconds / hop_s)] = False
    return found


def _side(codes: Codes, audible: NDArray[np.bool_] | None, soft: NDArray[np.float32] | None = None) -> Side:
    if codes.dtype != np.uint8 or codes.shape[1:] != (BITS // 8,):
        raise ValueError(f"codes are uint8 [n, {BITS // 8}], not {codes.dtype} {list(codes.shape)}")
    heard = np.ones(len(codes), bool) if audible is None else np.asarray(audible, bool)
    sure = None if soft is None else soft / np.maximum(np.abs(soft).sum(axis=1, keepdims=True), 1e-9)
    return Side(words(codes), heard, int(heard.sum()), sure)


def _align(a: Side, b: Side, audible_a: int, hop_s: float, config: AlignConfig) -> Alignment:
    sums, hits = survey(a, b, config)
    runs = [best_run(a, b, line, config) for line in diagonals(sums, len(a.words), config)]
    straight = max(runs, key=lambda run: run.excess)
    others = [fitted(a, b, straight, hits, config)]
    if others[0].count < config.enough * min(a.audible, b.audible):
        lines = tilted(hits, len(a.words), len(b.words), config)
        others += [fitted(a, b, best_run(a, b, line, config), hits, config) for line in lines]
    best = max(others, key=lambda run: _evidence(run, config))
    if _evidence(best, config) <= straight.excess * (WORTHWHILE + config.unsure / max(1, best.count)):
        best = straight
    least = min(config.least_segments, a.audible, b.audible)
    if best.count < least or _evidence(best, config) < min(config.least_excess, least * (1 - config.floor) / 2):
        return _unmatched(a, b, sums, hop_s)
    return _alignment(a, b, best, audible_a, hop_s)


def _evidence(run: Run, config: AlignConfig) -> float:
    """The run's excess, or 0 where that is little for a line of another speed."""
    tilted_line = abs(run.line.speed - 1) > config.drift
    return 0.0 if tilted_line and run.excess < config.least_excess_tilted else run.excess


def _alignment(a: Side, b: Side, run: Run, audible_a: int, hop_s: float) -> Alignment:
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


def _between(a: Side, b: Side, run: Run) -> float:
    """How far between two segments the true offset lies, -0.5 to 0.5: the vertex of a parabola through three lines."""
    lines = [Line(run.line.offset + shift, run.line.speed) for shift in (-1, 0, 1)]
    before, here, after = (along(a, b, line, run.first, run.last).mean for line in lines)
    bend = before - 2 * here + after
    return float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0


def _unmatched(a: Side, b: Side, sums: NDArray[np.float32], hop_s: float) -> Alignment:
    """No stretch: how similar the sides are along the most similar diagonal on which half of the shorter one lies."""
    rows, least = len(a.words), max(1, min(len(a.words), len(b.words)) // 2)
    long_enough = sums[least - 1 : len(sums) - least + 1]
    offset = int(long_enough.argmax()) + least - 1 - (rows - 1)
    return Alignment(similarity=along(a, b, Line(float(offset))).mean, offset_s=offset * hop_s)
