import numpy as np
import pytest
from scipy import stats

from embeddings.hubs import BEYOND, density_of, k_occurrence, reduced, skewness


def unit(rng, n, d, shift=0.0):
    vectors = rng.normal(size=(n, d)) + shift
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def csls(vectors, k):
    """Conneau et al. 2018, equation 3, word for word, by loops."""
    n = len(vectors)
    cosine = [[float(a @ b) for b in vectors] for a in vectors]
    r = [np.mean(sorted((cosine[i][j] for j in range(n) if j != i), reverse=True)[:k]) for i in range(n)]
    return np.array([[2 * cosine[i][j] - r[i] - r[j] for j in range(n)] for i in range(n)])


def density(vectors):
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -np.inf)
    return density_of(cosine)


def ranked(scores):
    scores = np.array(scores, float)
    np.fill_diagonal(scores, -np.inf)
    return np.argsort(-scores, axis=1, kind="stable")[:, :-1]


def test_the_order_is_that_of_csls(rng):
    vectors = unit(rng, 60, 8, shift=0.3)
    dense = density(vectors)
    ours = ranked(reduced(vectors @ vectors.T, dense[None]))
    assert (ours == ranked(csls(vectors, 10))).mean() > 0.999  # float32 may swap what ties


def test_density_by_hand():
    nothing = -np.inf
    cosine = np.array([[nothing, 0.5, 0.1, 0.9], [0.2, nothing, nothing, nothing], [nothing] * 4], np.float32)
    assert density_of(cosine, k=2) == pytest.approx([0.7, 0.2, 0.0])
    assert density_of(cosine[:2, :0]) == pytest.approx([0, 0])


def test_hubs_of_a_crowded_space_are_reduced(rng):
    vectors = unit(rng, 800, 100, shift=0.6 * rng.random((800, 1)))  # some lie nearer the middle than others
    cosine = vectors @ vectors.T
    dense = density(vectors)
    before = k_occurrence(ranked(cosine)[:, :10], 800)
    after = k_occurrence(ranked(reduced(cosine, dense[None]))[:, :10], 800)
    assert before.sum() == after.sum() == 8000
    assert skewness(after) < 0.7 * skewness(before)
    assert after.max() < 0.6 * before.max()


def test_no_strength_is_no_change_and_no_candidate_stays_last(rng):
    scores = rng.random(5).astype(np.float32)
    scores[2] = -np.inf
    assert np.array_equal(reduced(scores, np.ones(5, np.float32), strength=0), scores)
    assert reduced(scores, np.zeros(5, np.float32))[2] == -np.inf


def test_what_is_fetched_beyond_holds_nearly_all_of_the_list(rng):
    vectors = unit(rng, 3000, 40, shift=0.6 * rng.random((3000, 1)))
    dense, k = density(vectors), 10
    queries = unit(rng, 50, 40, shift=0.3)
    cosine = queries @ vectors.T
    best = np.argsort(-reduced(cosine, dense), axis=1)[:, :k]
    fetched = np.argsort(-cosine, axis=1)[:, : k + BEYOND]
    assert np.mean([np.isin(a, b).mean() for a, b in zip(best, fetched, strict=True)]) > 0.98


def test_occurrences_and_skewness_equal_scipys(rng):
    neighbours = rng.integers(-1, 30, size=(40, 10))
    occurrences = k_occurrence(neighbours, 30)
    assert [int((neighbours == number).sum()) for number in range(30)] == occurrences.tolist()
    assert skewness(occurrences) == pytest.approx(stats.skew(occurrences))
    assert skewness(np.full(7, 3)) == 0.0
