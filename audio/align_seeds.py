"""Where an alignment may lie: every pair of segments is looked at once, in blocks of rows, and forgotten.

Two views of the same similarities yield candidate lines. Sums along every diagonal, exact and dense, serve the usual
case of equal speed, music built of loops included. The strongest pairs vote for lines of other speeds (a Hough
transform), chunk by chunk of the first recording, because over a few minutes a wrong speed runs off its line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]
BITS = 128


@dataclass(frozen=True)
class AlignConfig:
    """Similarities are `1 - 2 * hamming / 128`: 1 for the same bits, about 0 for unrelated sound.

    A segment below `floor` counts against a run of matching segments, one above `hit` votes. A run matches if it has
    `least_segments` (or all that the shorter side has) and its similarities surpass `floor` by `least_excess` in sum.
    At another speed, drift aside, it is `least_excess_tilted`: so many lines are tried that one fits by chance. Over a
    few segments another speed hardly leaves the line of equal speed: it must explain more by the share `unsure` / n.
    """

    floor: float = 0.3
    hit: float = 0.45
    least_segments: int = 3
    least_excess: float = 1.0
    least_excess_tilted: float = 3.0
    unsure: float = 0.5
    drift: float = 0.01
    slowest: float = 0.89  # ten percent either way, seen from either side
    fastest: float = 1.12
    enough: float = 0.95  # share covered at equal speed that makes a search of other speeds idle
    chunk: int = 64  # segments; speeds a hop apart over one chunk are voted for
    candidates: int = 4  # lines of each view that are followed up
    votes_per_row: int = 8
    block_cells: int = 1 << 21  # pairs looked at at a time


@dataclass(frozen=True)
class Side:
    """One sequence: codes as machine `words` [n, 2], which segments are `heard` [n], and how many are `audible`.

    `soft` [n, 128], where it is given, says how sure each bit of a query is: signed, rows that sum to 1 without sign.
    The similarity of a query and a code is then the sum over the bits that agree less that over those that do not
    (asymmetric comparison, Gordo et al. 2014): noise flips the unsure bits first.
    """

    words: NDArray[np.uint64]
    heard: NDArray[np.bool_]
    audible: int
    soft: NDArray[np.float32] | None = None

    @cached_property
    def signs(self) -> NDArray[np.float32]:
        """The codes' bits as plus and minus one, [n, 128]."""
        return np.unpackbits(self.words.view(np.uint8), axis=1).astype(np.float32) * 2 - 1


@dataclass(frozen=True)
class Line:
    """Segment `i` of a lies on segment `offset + i / speed` of b."""

    offset: float
    speed: float = 1.0

    def place(self, i: NDArray[np.int64]) -> NDArray[np.int64]:
        """The segments of b that segments `i` of a lie on; they may be outside of b."""
        return np.rint(self.offset + i / self.speed).astype(np.int64)


@dataclass(frozen=True)
class Hits:
    """Pairs of similar segments: places `i` in a, `j` in b, `weight` above the floor."""

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    weight: NDArray[np.float32]


def words(codes: Codes) -> NDArray[np.uint64]:
    """Codes [n, 16] as two machine words each [n, 2]."""
    return np.ascontiguousarray(codes).view(np.uint64)


def survey(a: Side, b: Side, config: AlignConfig) -> tuple[NDArray[np.float32], Hits]:
    """Sums along the diagonals [n + m - 1], of offset `-(n - 1)` first, and the hits."""
    above_floor = np.maximum(0, 1 - 2 * np.arange(BITS + 1) / BITS - config.floor).astype(np.float32)
    nearest = int((1 - config.hit) / 2 * BITS)
    rows_a, rows_b = len(a.words), len(b.words)
    sums = np.zeros(rows_a + rows_b - 1, np.float32)
    parts = []
    for start, distances in _distances(a, b, config):
        rows = len(distances)
        first = rows_a - start - rows
        sums[first : first + rows + rows_b - 1] += _diagonal_sums(above_floor[distances])
        parts.append(_hits(distances, start, nearest, above_floor, config))
    i, j, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    return sums, Hits(i, j, weight)


def _distances(a: Side, b: Side, config: AlignConfig) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Blocks of rows of the Hamming distances [rows, m]; pairs with a silent side are at half of the bits.

    Of a soft side, what would be the distance at its similarity.
    """
    rows = max(1, config.block_cells // len(b.words))
    for start in range(0, len(a.words), rows):
        if a.soft is None:
            block = a.words[start : start + rows]
            distances = np.bitwise_count(block[:, :1] ^ b.words[:, 0]) + np.bitwise_count(block[:, 1:] ^ b.words[:, 1])
        else:
            distances = np.rint((1 - a.soft[start : start + rows] @ b.signs.T) * (BITS / 2)).astype(np.uint8)
        distances[~a.heard[start : start + rows]] = BITS // 2
        distances[:, ~b.heard] = BITS // 2
        yield start, distances


def _diagonal_sums(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sums [rows + m - 1] of a matrix [rows, m] along its diagonals, the lowest left one first.

    Rows, last first, are laid out one cell longer than they are read back, which moves each by one.
    """
    rows, columns = weights.shape
    skewed = np.zeros((rows, columns + rows), np.float32)
    skewed[:, :columns] = weights[::-1]
    width = columns + rows - 1
    return np.asarray(skewed.ravel()[: rows * width].reshape(rows, width).sum(axis=0), np.float32)


def _hits(
    distances: NDArray[np.uint8], start: int, nearest: int, weights: NDArray[np.float32], config: AlignConfig
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    flat = np.flatnonzero(distances.ravel() <= nearest)
    most = config.votes_per_row * len(distances)
    if len(flat) > most:  # music of loops: any sample of the pairs votes alike
        flat = np.sort(np.random.default_rng(0).choice(flat, most, replace=False))
    i, j = np.divmod(flat, distances.shape[1])
    return i + start, j, weights[distances.ravel()[flat]]


def diagonals(sums: NDArray[np.float32], rows: int, config: AlignConfig) -> list[Line]:
    """The lines of equal speed with the largest sums; of equals, those of the smallest offset."""
    offsets = np.arange(len(sums)) - (rows - 1)
    best = np.lexsort((np.abs(offsets), -sums))[: config.candidates]
    return [Line(float(offsets[place])) for place in best]


def tilted(hits: Hits, rows: int, columns: int, config: AlignConfig) -> list[Line]:
    """The lines of any speed that most hits of one chunk lie on."""
    width = columns + int(rows / config.slowest) + 2
    chunks = hits.i // config.chunk
    found: list[tuple[int, Line]] = []
    for speed in _speeds(rows, config):
        offsets = np.rint(hits.j - hits.i / speed).astype(np.int64) + width - columns
        votes = np.bincount(chunks * width + offsets)
        if len(votes):
            best = int(votes.argmax())
            found.append((int(votes[best]), Line(float(best % width - (width - columns)), speed)))
    found.sort(key=lambda vote: (-vote[0], abs(vote[1].speed - 1)))
    return [line for votes, line in found[: config.candidates] if votes >= config.least_segments]


def _speeds(rows: int, config: AlignConfig) -> list[float]:
    """Speeds between the bounds, a hop apart at the end of a chunk; 1 is not among them."""
    span = min(rows, config.chunk)
    most, least = int((1 / config.slowest - 1) * span), int((1 / config.fastest - 1) * span)
    return [1 / (1 + hops / span) for hops in range(least, most + 1) if hops]
