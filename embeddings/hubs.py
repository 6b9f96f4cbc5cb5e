"""Hubness: in many dimensions a few tracks are near everybody, and stand in everybody's list whatever was asked.

How bad it is: a track's k-occurrence is in how many lists of the nearest `k` it stands; the skewness of k-occurrences
over all tracks is the usual measure, zero where all stand in about as many (Radovanovic, Nanopoulos and Ivanovic 2010).

What is done: each candidate's score is lessened by its own density, the mean cosine to its nearest neighbours, as in
cross-domain similarity local scaling (CSLS; Conneau et al. 2018). That subtracts the query's density as well, which is
one number for all candidates and leaves their order, so it is left out here, and its factor two is taken out: with
`STRENGTH` 0.5 the order is that of CSLS. Compared with it on the development audio (`benchmarks.similarity_choices`):
local scaling and mutual proximity (Schnitzer et al. 2012), which need more numbers a track.

An index ranks by cosine, so its first `k` need not be the first `k` once scores are lessened: fetch `BEYOND` more. Of
the ten best of all, 99.9% are then there (299 recordings; and 100,000 vectors made from them). A bound that is certain
would fetch thousands.
"""

import numpy as np
from numpy.typing import NDArray

STRENGTH = 0.5
BEYOND = 90  # candidates fetched besides those that are shown
NEIGHBOURS = 10  # whose mean cosine is a track's density

Scores = NDArray[np.float32]


def reduced(scores: Scores, density: Scores, *, strength: float = STRENGTH) -> Scores:
    """Scores to rank by, [..., n], of candidates with cosines `scores` [..., n] and densities `density` [..., n].

    `-inf`, where there is no candidate, stays. What is shown to people is the cosine still: a reduced score is only an
    order.
    """
    return np.asarray(scores, np.float32) - np.float32(strength) * np.asarray(density, np.float32)


def density_of(cosine: Scores, *, k: int = NEIGHBOURS) -> Scores:
    """Density [n]: mean of the `k` highest in each row of `cosine` [n, s], a track's cosines to a sample of others.

    `-inf` marks what does not count, such as the track itself. The mean of fewer where fewer are, zero where none is.
    """
    width = min(k, cosine.shape[1])
    nearest = -np.partition(-np.asarray(cosine, np.float32), width - 1, axis=1)[:, :width] if width else cosine
    found = np.isfinite(nearest)
    total = np.where(found, nearest, 0).sum(1)
    return np.asarray(total / np.maximum(found.sum(1), 1), np.float32)


def k_occurrence(neighbours: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """In how many lists each of `count` tracks stands, [count]; `neighbours` [q, k] are their numbers, -1 for none."""
    named = neighbours[neighbours >= 0]
    return np.bincount(named, minlength=count).astype(np.int64)


def skewness(occurrences: NDArray[np.integer]) -> float:
    """Third standardised moment of k-occurrences; 0 where all are equal."""
    spread = occurrences - occurrences.mean()
    deviation = float(np.sqrt(np.mean(spread**2)))
    return float(np.mean(spread**3)) / deviation**3 if deviation > 0 else 0.0
