import numpy as np
import pytest
from scipy.stats import skew

from embeddings.hubs import csls, density, occurrences, sampled_density, skewness


def unit(n, d, seed=0, *, shift=0.0):
    vectors = np.random.default_rng(seed).normal(size=(n, d)) + shift
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_csls_is_the_formula_pair_by_pair():
    queries, tracks, sample = unit(5, 16, 1), unit(30, 16, 2), unit(40, 16, 3)
    found = csls(queries @ tracks.T, density(queries, sample), density(tracks, sample))
    for i, query in enumerate(queries):
        around_query = np.mean(sorted(float(query @ other) for other in sample)[-10:])
        for j, track in enumerate(tracks):
            around_track = np.mean(sorted(float(track @ other) for other in sample)[-10:])
            assert found[i, j] == pytest.approx(2 * float(query @ track) - around_query - around_track, abs=1e-5)


def test_csls_of_found_neighbours_takes_their_own_densities():
    scores, around = np.array([[0.9, -np.inf], [0.5, 0.4]]), np.array([[0.3, 0.0], [0.1, 0.5]])
    expected = [[1.8 - 0.2 - 0.3, -np.inf], [1.0 - 0.4 - 0.1, 0.8 - 0.4 - 0.5]]
    assert csls(scores, [0.2, 0.4], around) == pytest.approx(np.array(expected))


def test_density_leaves_the_track_itself_out():
    vectors = unit(60, 8)
    found = sampled_density(vectors, size=1000)
    for place, vector in enumerate(vectors):
        others = sorted(float(vector @ other) for i, other in enumerate(vectors) if i != place)
        assert found[place] == pytest.approx(np.mean(others[-10:]), abs=1e-5)


def test_density_over_blocks_and_of_few():
    vectors = unit(5000, 4)
    sample = vectors[:50]
    found = density(vectors, sample, copy=np.inf)
    assert found[4097] == pytest.approx(np.sort(sample @ vectors[4097])[-10:].mean(), abs=1e-5)
    assert sampled_density(unit(1, 4)) == pytest.approx(0)
    two = unit(2, 4)
    assert sampled_density(two) == pytest.approx(float(two[0] @ two[1]), abs=1e-6)
    assert density(two, np.empty((0, 4), np.float32)) == pytest.approx(0)


def test_a_sample_estimates_the_density_of_all():
    loose, tight = unit(2000, 16), unit(2000, 16, 1, shift=1.0)
    vectors = np.concatenate([loose, tight])
    whole, sampled = sampled_density(vectors, size=4000), sampled_density(vectors, size=2048)
    assert np.corrcoef(whole, sampled)[0, 1] > 0.95
    assert 0 < (whole - sampled).mean() < 0.06  # fewer to be near to


def test_csls_takes_hubs_out_of_the_lists():
    vectors = unit(800, 64, shift=0.4)  # those that point most towards the middle are near to all
    cosines = vectors @ vectors.T
    around = sampled_density(vectors)
    np.fill_diagonal(cosines, -np.inf)
    plain, scaled = (
        occurrences(np.argsort(-scores, axis=1)[:, :10], 800) for scores in (cosines, csls(cosines, around, around))
    )
    assert skewness(plain) > 1.5
    assert skewness(scaled) < skewness(plain) / 2
    assert scaled.max() < 0.6 * plain.max()


def test_occurrences_and_their_skewness():
    lists = [[1, 2], [1, -1], [1, 0]]
    assert list(occurrences(lists, 4)) == [1, 3, 1, 0]
    counts = np.random.default_rng(0).poisson(2, 300)
    assert skewness(counts) == pytest.approx(skew(counts))
    assert skewness([3, 3, 3]) == 0
    assert skewness([]) == 0


def test_copies_of_a_track_do_not_make_its_place_crowded():
    vectors = unit(300, 20)
    noise = 0.005 * np.random.default_rng(1).normal(size=(12, 20)).astype(np.float32)
    copies = vectors[:1] + noise
    copies /= np.linalg.norm(copies, axis=1, keepdims=True)
    alone, copied = sampled_density(vectors), sampled_density(np.concatenate([vectors, copies]))
    assert copied[0] == pytest.approx(alone[0], abs=1e-6)
    counted = density(vectors[:1], np.concatenate([vectors[1:], copies]), copy=np.inf)
    assert counted[0] > 0.95 > copied[0]
