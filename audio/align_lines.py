"""Along one line through two code sequences: similarities, the best run, and the line fitted to what lies near it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.align_seeds import BITS, AlignConfig, Hits, Line, Side

REACH = 1.5  # segments from a line within which a pair belongs to it: windows overlap, so neighbours are similar too
WORTHWHILE = 1.01  # a fit that explains less than this more is noise
ROUNDS = 12  # of fitting; a run that doubles each time spans a day after 12


@dataclass(frozen=True)
class Path:
    """Pairs along a line: places `i` of a, `similarity`, and whether both sides are `heard`."""

    i: NDArray[np.int64]
    similarity: NDArray[np.float64]
    heard: NDArray[np.bool_]

    @property
    def mean(self) -> float:
        """Mean similarity of what is heard, 0 where nothing is."""
        return float(np.dot(self.similarity, self.heard) / max(1, np.count_nonzero(self.heard)))


@dataclass(frozen=True)
class Run:
    """A line and its best run, places `first` to `last` of a: `excess` over the floor, `mean` similarity of `count`."""

    line: Line
    first: int
    last: int
    excess: float
    mean: float
    count: int


def along(a: Side, b: Side, line: Line, first: int = 0, last: int | None = None) -> Path:
    """The pairs on the line whose places in a are `first` to `last`."""
    i = np.arange(first, len(a.words) if last is None else last + 1)
    j = line.place(i)
    inside = (j >= 0) & (j < len(b.words))
    i, j = i[inside], j[inside]
    if a.soft is None:
        similarity = 1 - np.bitwise_count(a.words[i] ^ b.words[j]).sum(axis=1) * (2 / BITS)
    else:
        similarity = np.einsum("nd,nd->n", a.soft[i], b.signs[j], dtype=np.float64)
    return Path(i, similarity, a.heard[i] & b.heard[j])


def best_run(a: Side, b: Side, line: Line, config: AlignConfig) -> Run:
    """The contiguous run along the line whose similarities surpass the floor by most in sum."""
    path = along(a, b, line)
    total = np.zeros(len(path.i) + 1)
    np.cumsum((path.similarity - config.floor) * path.heard, out=total[1:])
    rise = total - np.minimum.accumulate(total)
    end = int(rise.argmax())
    if rise[end] <= 0:
        return Run(line, 0, -1, 0.0, 0.0, 0)
    start = end - 1 - int(total[:end][::-1].argmin())  # the last minimum: silence before the run is no part of it
    run = Path(path.i[start:end], path.similarity[start:end], path.heard[start:end])
    return Run(line, int(run.i[0]), int(run.i[-1]), float(rise[end]), run.mean, int(np.count_nonzero(run.heard)))


def fitted(a: Side, b: Side, run: Run, hits: Hits, config: AlignConfig) -> Run:
    """The run of the line fitted to the hits near it, again and again while it grows."""
    for _ in range(ROUNDS):
        line = _fit(run, hits, config)
        if line is None:
            return run
        better = best_run(a, b, line, config)
        if better.excess <= run.excess * WORTHWHILE:
            return run
        run = better
    return run


def _fit(run: Run, hits: Hits, config: AlignConfig) -> Line | None:
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
