"""How far apart two sets of tracks sound, and what that says about one artist or two.

The releases of one name are clustered by their similarity vectors (average linkage on cosines, UPGMA). The distance of
two sets is the mean cosine between them: of the highest two sets, where the name would be divided; of lower ones, down
to single releases. Two releases get the evidence of the sets in which they meet (the cophenetic cosine; Sokal and
Rohlf, "The comparison of dendrograms by objective methods", 1962): what one odd track says is not said again by each
pair that it is in, and where two groups of tracks stand apart, all pairs across say so.

The log2 Bayes factor is linear in the cosine, as logistic calibration of scores is (Brummer and du Preez,
"Application-independent evaluation of speaker detection", 2006), and bounded. A cosine is measured against this
catalogue's strangers, so that another model's scale makes no difference; `artist_sound_fit` finds the numbers.
Rejected after trial: probabilistic LDA (Prince and Elder 2007), whose 128 axes a catalogue's few names do not tell.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import squareform

from dedup.artist_evidence import cosines
from dedup.artist_releases import Releases
from dedup.artist_values import Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SoundDistance:
    """A catalogue's scale: mean cosine and deviation of strangers' releases; bits for each deviation above `even`.

    `most` bounds both directions: a catalogue of n names has not seen what happens to fewer than one name in n.
    """

    centre: float
    spread: float  # above 0
    slope: float  # bits for each `spread`, 0 or more; 0: sound says nothing
    even: float  # deviations above `centre` where one artist is as likely as two
    most: float  # bits

    def bits(self, cosine: Floats) -> Floats:
        """Log2 Bayes factors, for one artist above 0, of sets whose mean cosine is `cosine`; rising, bounded."""
        above = (cosine - self.centre) / self.spread - self.even
        return np.clip(self.slope * above, -self.most, self.most)


SILENT = SoundDistance(0.0, 1.0, 0.0, 0.0, 0.0)


def meeting(vectors: NDArray[np.floating]) -> Floats:
    """The mean cosine `[n, n]` between the two sets in which each pair of unit vectors `[n, d]` meets; 1 of itself."""
    if len(vectors) < 2:
        return np.ones((len(vectors), len(vectors)))
    apart = squareform((1.0 - vectors.astype(np.float64) @ vectors.T).clip(min=0.0), checks=False)
    return np.asarray(1.0 - squareform(cophenet(linkage(apart, "average"))))


def divided(vectors: NDArray[np.floating]) -> float:
    """The mean cosine between the two sets into which two unit vectors `[n, d]` or more would first be divided."""
    return float(meeting(vectors).min())


def sound_weights(found: Releases, a: Ints, b: Ints, distance: SoundDistance) -> Floats:
    """Log2 Bayes factors [pairs] that releases `a[i]` and `b[i]` of one name are one artist's; 0 where one is unheard.

    The pairs are all those of the releases of each name; the pairs of a name stand together.
    """
    heard = found.heard
    pairs = np.flatnonzero(heard[a] & heard[b])
    cosine = cosines(found, a[pairs], b[pairs])
    for mine in np.split(np.arange(len(pairs)), np.flatnonzero(np.diff(found.key[a[pairs]])) + 1):
        if len(mine) > 1:  # a single pair is a pair of sets already
            places, at = np.unique([a[pairs[mine]], b[pairs[mine]]], return_inverse=True)
            cosine[mine] = meeting(found.vectors[places])[tuple(at.reshape(2, -1))]
    weights = np.zeros(len(a))
    weights[pairs] = distance.bits(cosine)
    return weights
