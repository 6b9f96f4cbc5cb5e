"""What a cosine means in a catalogue: the share of its tracks that are further away, and whether anything is close.

Scores are judged against a sample of the catalogue's own vectors, of unit length. Whether anything is close is asked
as conformal anomaly detection does (Laxhammar & Falkman 2010): a track of the sample has a nearest other track; a query
whose best answer is further than that of all but a hundredth of them is alike to nothing here, as unrelated tracks are.
Copies of a track are no others (`hubs.COPY`): where every song is delivered twice, nothing but a copy would be close.
In a catalogue larger than its sample the sample's nearest are further than the catalogue's, so that this is said too
rarely there, not too often.
"""

import numpy as np
from numpy.typing import NDArray

from embeddings.hubs import COPY

ROUNDING = 5e-4
"""What cosines of vectors kept in 16 bits may be off."""

STRANGE = 0.01
"""Share of the catalogue's own tracks that would be told that nothing is close."""

ASKED, AGAINST = 256, 8192
"""Tracks whose nearest are looked for, and among how many."""

Vectors = NDArray[np.float32]


def percentiles(scores: NDArray[np.floating], sample_scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """The share of the sample, 0..100, that is further than each score.

    scores [n] and sample_scores [s], which are cosines to the same query. A sample of s cannot tell more than s/(s+1).
    """
    below = np.searchsorted(np.sort(sample_scores), np.asarray(scores) - ROUNDING)
    return 100.0 * np.minimum(below, len(sample_scores)) / (len(sample_scores) + 1)


def nearest_scores(sample: Vectors) -> NDArray[np.float32]:
    """The cosine to its nearest other of each of the first tracks of `sample` [s, d], which is in random order.

    -1 where there are none but copies of it.
    """
    asked, against = sample[:ASKED], sample[:AGAINST]
    scores = np.asarray(asked @ against.T)
    np.fill_diagonal(scores, -1.0)
    scores[scores > COPY] = -1.0
    return scores.max(1) if len(sample) > 1 else np.zeros(0, np.float32)


def is_close(best: float, nearest: NDArray[np.floating]) -> bool:
    """Whether a best answer is as close as the catalogue's own tracks have; always with too few to tell."""
    return bool((1 + np.count_nonzero(nearest <= best)) / (len(nearest) + 1) > STRANGE)
