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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.artist_evidence import cosines
from dedup.artist_releases import Releases
from dedup.artist_values import Ints

AT_ONCE = 500  # sets of one size clustered together
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


def meeting(cosine: Floats) -> Floats:
    """The mean cosine between the two sets in which each pair of vectors meets, from the vectors' own.

    `cosine` [names, n, n], symmetric; so is the result, with 1 of a vector and itself. All names are clustered at once.
    """
    names, n = cosine.shape[:2]
    between, found = cosine.copy(), np.ones(cosine.shape)
    member, sizes, row = np.tile(np.eye(n, dtype=bool), (names, 1, 1)), np.ones((names, n)), np.arange(names)
    between[:, range(n), range(n)] = -np.inf
    for _ in range(n - 1):
        a, b = divmod(between.reshape(names, -1).argmax(axis=1), n)
        across = member[row, a][:, :, None] & member[row, b][:, None, :]
        np.copyto(found, between[row, a, b][:, None, None], where=across | across.transpose(0, 2, 1))
        weight = sizes[row, a][:, None], sizes[row, b][:, None]
        mean = (weight[0] * between[row, a] + weight[1] * between[row, b]) / (weight[0] + weight[1])
        mean[row, a] = -np.inf
        between[row, a], between[row, :, a] = mean, mean
        between[row, b], between[row, :, b] = -np.inf, -np.inf
        member[row, a] |= member[row, b]
        sizes[row, a] += sizes[row, b]
    return found


def divided(sets: Sequence[NDArray[np.floating]]) -> Floats:
    """For each set of two unit vectors or more [n, d]: the mean cosine between the halves it would first fall into."""
    sizes, found = np.array([len(rows) for rows in sets], dtype=np.int64), np.zeros(len(sets))
    for size in np.unique(sizes):
        places = np.flatnonzero(sizes == size)
        for some in np.split(places, range(AT_ONCE, len(places), AT_ONCE)):
            rows = np.stack([sets[i] for i in some]).astype(np.float64)
            found[some] = meeting(rows @ rows.transpose(0, 2, 1)).min(axis=(1, 2))
    return found


def sound_weights(found: Releases, a: Ints, b: Ints, distance: SoundDistance) -> Floats:
    """Log2 Bayes factors [pairs] that releases `a[i]` and `b[i]` of one name are one artist's; 0 where one is unheard.

    The pairs are all those of the releases of each name.
    """
    pairs = np.flatnonzero(found.heard[a] & found.heard[b]) if distance.slope else np.empty(0, np.int64)
    a, b, weights = a[pairs], b[pairs], np.zeros(len(a))
    cosine = cosines(found, a, b)
    places = np.unique(np.concatenate([a, b]))
    first = np.searchsorted(found.key[places], found.key[places])
    sizes = np.bincount(first, minlength=len(places))
    at = np.searchsorted(places, a), np.searchsorted(places, b)
    name = first[at[0]]
    for size in np.unique(sizes[sizes > 2]).tolist():  # of two, the pair is a pair of sets already
        mine = np.flatnonzero(sizes[name] == size)
        names, of = np.unique(name[mine], return_inverse=True)
        i, j = (side[mine] - name[mine] for side in at)
        square = np.ones((len(names), size, size))
        square[of, i, j] = square[of, j, i] = cosine[mine]
        cosine[mine] = meeting(square)[of, i, j]
    weights[pairs] = distance.bits(cosine)
    return weights
