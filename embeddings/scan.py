"""Which tracks hold an excerpt, by all of its segments together and every place in every track.

Votes of single segments (`SegmentIndex.search`) find what resembles at least some segments well. In noise none does:
what gives the track away is that all of them resemble a little, one after the other. The mean similarity of the whole
excerpt is taken at every offset, a quarter of a hop apart where the excerpt's segments are; a segment that begins
beside a stored one weighs less, since the two overlap less. Similarity is asymmetric, as in `audio.align_seeds`.

The work is one multiplication of every stored bit with every segment of the excerpt: a second for some millions of
segments, so it is for catalogues up to that size.
"""

import numpy as np
from numpy.typing import NDArray

BESIDE = 1.2
"""What a segment weighs less for each hop between its beginning and that of the stored segment; half a hop at most."""

Floats = NDArray[np.float32]


def excerpt_scores(
    soft: Floats, begins: NDArray[np.floating], codes: NDArray[np.uint8], firsts: NDArray[np.int64],
    places: NDArray[np.uint16],
) -> Floats:  # fmt: skip
    """The best mean similarity [t] of an excerpt with each of `t` tracks, -1 to 1.

    `soft` [n, bits] are the excerpt's vectors, which begin at `begins` [n], in hops. `codes` [m, bits / 8] of the
    tracks' segments follow each other; those of track `i` begin with `firsts[i]`, and `places` [m] says in which hop
    of its track each is.
    """
    lasts = np.append(firsts[1:], len(codes)) - 1
    similarity = _similarity(soft, codes)
    best = np.full(len(firsts), -1.0, np.float32)
    for phase in _phases(begins):
        shift = np.rint(begins + phase).astype(np.int64)
        weight = (1 - BESIDE * np.abs(begins + phase - shift)).astype(np.float32)
        shift -= shift.min()
        reach = int(shift.max())
        length = places[lasts].astype(np.int64) + 1 + reach
        base = np.concatenate([[0], np.cumsum(length)])
        cell = np.repeat(base[:-1] + reach, lasts - firsts + 1) + places
        laid = np.zeros((len(soft), int(base[-1]) + reach), np.float32)
        laid[:, cell] = similarity
        total = np.zeros(int(base[-1]), np.float32)
        for row, place, share in zip(laid, shift, weight, strict=True):
            total += share * row[place : place + len(total)]
        best = np.maximum(best, np.maximum.reduceat(total, base[:-1]) / weight.sum())
    return best


def _phases(begins: NDArray[np.floating]) -> NDArray[np.float64]:
    """Offsets within a hop at which some segment of the excerpt begins with a stored one."""
    return np.unique(np.round(-begins % 1.0, 6) % 1.0)


def _similarity(soft: Floats, codes: NDArray[np.uint8]) -> Floats:
    """Of every segment of the excerpt with every code, [n, m]."""
    signs = np.unpackbits(codes, axis=1).astype(np.float32) * 2 - 1
    sure = soft / np.maximum(np.abs(soft).sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(sure @ signs.T, np.float32)
