"""Which tracks hold an excerpt, by all of its segments together and every place in every track.

Votes of single segments (`SegmentIndex.search`) find what resembles at least some segments well. In noise none does:
what gives the track away is that all of them resemble a little, one after the other. The mean similarity of the whole
excerpt is taken at every offset, a quarter of a hop apart where the excerpt's segments are; a segment that begins
beside a stored one weighs less, since the two overlap less. Similarity is asymmetric, as in `audio.align_seeds`.

The work is one multiplication of every stored bit with every segment of the excerpt: half a second or more for a
million segments, so it is for catalogues of up to some thousands of tracks.
"""

import numpy as np
from numpy.typing import NDArray

BESIDE = 1.2
"""What a segment weighs less for each hop between its beginning and that of the stored segment; half a hop at most."""

Floats = NDArray[np.float32]


def excerpt_scores(
    soft: Floats,
    begins: NDArray[np.floating],
    codes: NDArray[np.uint8],
    firsts: NDArray[np.int64],
    places: NDArray[np.uint16],
) -> Floats:
    """The best mean similarity [t] of an excerpt with each of `t` tracks, -1 to 1.

    `soft` [n, bits] are the excerpt's vectors, which begin at `begins` [n], in hops. `codes` [m, bits / 8] of the
    tracks' segments follow each other; those of track `i` begin with `firsts[i]`, and `places` [m] says in which hop
    of its track each is.
    """
    phases = _phases(begins)
    shifts = np.rint(begins + phases[:, None]).astype(np.int64)  # [phases, n]
    weights = (1 - BESIDE * np.abs(begins + phases[:, None] - shifts)).astype(np.float32)
    shifts -= shifts.min(axis=1, keepdims=True)
    reach = int(shifts.max())
    lasts = np.append(firsts[1:], len(codes)) - 1
    lengths = places[lasts].astype(np.int64) + 1 + reach  # in cells, `reach` of them before each track
    base = np.concatenate([[0], np.cumsum(lengths)])
    cell = np.repeat(base[:-1] + reach, lasts - firsts + 1) + places.astype(np.int64)
    similarity = _laid_out(soft, codes, cell, int(base[-1]) + reach)
    best = np.full(len(firsts), -1.0, np.float32)
    for shift, weight in zip(shifts, weights, strict=True):
        total = np.zeros(int(base[-1]), np.float32)
        for row, place, share in zip(similarity, shift, weight, strict=True):
            total += share * row[place : place + len(total)]
        best = np.maximum(best, np.maximum.reduceat(total, base[:-1]) / weight.sum())
    return best


def _phases(begins: NDArray[np.floating]) -> NDArray[np.float64]:
    """Offsets within a hop at which some segment of the excerpt begins with a stored one."""
    return np.unique(np.round(-begins % 1.0, 6) % 1.0)


def _laid_out(soft: Floats, codes: NDArray[np.uint8], cell: NDArray[np.int64], cells: int) -> Floats:
    """Similarity [n, cells] of every segment of the excerpt with the code in each cell, 0 where there is none."""
    laid = np.zeros((cells, codes.shape[1]), np.uint8)
    laid[cell] = codes
    there = np.zeros(cells, np.float32)
    there[cell] = 1.0
    bits = np.unpackbits(laid, axis=1).astype(np.float32)
    sure = soft / np.maximum(np.abs(soft).sum(axis=1, keepdims=True), 1e-9)
    return np.asarray((2 * (sure @ bits.T) - sure.sum(axis=1, keepdims=True)) * there, np.float32)
