import numpy as np
import pytest
from scipy.spatial import cKDTree

from embeddings.layout import Layout, groups, lay_out, trust

QUICK = Layout(iterations=300, perplexity=10)


def clouds(n, count=6, d=32, seed=0, spread=0.05):
    """Unit vectors [n, d] around `count` centres, and which centre each belongs to."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(count, d)) / np.sqrt(d)
    label = random.integers(0, count, n)
    vectors = centres[label] + spread * random.normal(size=(n, d))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), label


def kept_company(places, label, k=5):
    """Share of the `k` nearest on the map that are of the same cloud."""
    near = cKDTree(places).query(places, k + 1)[1][:, 1:]
    return float((label[near] == label[:, None]).mean())


def test_clouds_stay_together_and_places_fill_the_frame():
    vectors, label = clouds(240)
    places = lay_out(vectors, QUICK)
    assert places.shape == (240, 2)
    assert places.min(0) == pytest.approx(-1)
    assert places.max(0) == pytest.approx(1)
    assert kept_company(places, label) > 0.98
    assert trust(vectors, places) > 0.9


def test_tracks_beside_the_landmarks_join_their_cloud():
    vectors, label = clouds(900)
    few = Layout(iterations=300, perplexity=10, landmarks=150)
    places = lay_out(vectors, few)
    assert kept_company(places, label) > 0.95
    assert len(np.unique(places, axis=0)) == 900
    shuffled = np.random.default_rng(1).permutation(places)
    assert trust(vectors, places) > trust(vectors, shuffled) + 0.3


def test_the_same_vectors_give_the_same_map():
    vectors, _ = clouds(300)
    few = Layout(iterations=250, perplexity=10, landmarks=120)
    assert np.array_equal(lay_out(vectors, few), lay_out(vectors.copy(), few))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7])
def test_a_handful_of_tracks_has_places_too(n):
    places = lay_out(clouds(max(n, 1))[0][:n], QUICK)
    assert places.shape == (n, 2)
    assert np.isfinite(places).all()
    assert len(np.unique(places, axis=0)) == n


def test_copies_of_one_track_do_not_break_the_layout():
    places = lay_out(np.tile(clouds(1)[0], (12, 1)), QUICK)
    assert np.isfinite(places).all()


def test_groups_are_the_clouds_the_largest_first():
    vectors, label = clouds(600, count=4, spread=0.02)
    found = groups(vectors, 4)
    assert all(len(set(label[found == group])) == 1 for group in range(4))
    sizes = np.bincount(found, minlength=4)
    assert list(sizes) == sorted(sizes, reverse=True)
    assert set(groups(vectors[:1], 4)) == {0}


def test_trust_of_nothing_is_unknown():
    assert np.isnan(trust(np.eye(3, dtype=np.float32), np.zeros((3, 2), np.float32)))
