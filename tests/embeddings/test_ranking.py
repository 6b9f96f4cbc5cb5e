from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.closeness import is_close, nearest_scores, percentiles
from embeddings.ranking import marginal_relevance, mean_direction, without
from embeddings.walk import walk, way


def units(rng, count, size=8):
    vectors = rng.normal(size=(count, size)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_mean_direction_is_as_near_to_all_as_can_be(rng):
    vectors = units(rng, 5)
    mean = mean_direction(vectors)
    assert np.linalg.norm(mean) == pytest.approx(1, abs=1e-6)
    assert (vectors @ mean).sum() >= max((vectors @ other).sum() for other in units(rng, 2000)) - 1e-5
    assert mean_direction(np.stack([vectors[0], -vectors[0]])) is None


def test_unwanted_is_further_afterwards_and_never_cancels_the_wanted(rng):
    wanted, unwanted = units(rng, 2)
    turned = without(wanted, unwanted)
    assert turned @ unwanted < wanted @ unwanted
    assert turned @ wanted > 0.8
    assert without(wanted, wanted) @ wanted == pytest.approx(1, abs=1e-6)


@given(st.integers(0, 1000))
def test_marginal_relevance_is_the_papers_greedy_choice(seed):
    rng = np.random.default_rng(seed)
    vectors, query = units(rng, 12), units(rng, 1)[0]
    scores = vectors @ query
    chosen = marginal_relevance(scores, vectors, 12, relevance=0.6)
    left, expected = list(range(12)), []
    while left:  # as the paper writes it
        best = max(
            left, key=lambda i: 0.6 * scores[i] - 0.4 * max((vectors[i] @ vectors[j] for j in expected), default=0)
        )
        expected.append(best)
        left.remove(best)
    assert chosen == expected


def test_groups_keep_their_distance_while_others_are_left(rng):
    vectors, query = units(rng, 40), units(rng, 1)[0]
    artist = np.repeat([0, 1, 2, 3, -1], 8)
    order = artist[marginal_relevance(vectors @ query, vectors, 16, groups=[artist], gaps=[2])]
    for at, code in enumerate(order):
        assert code < 0 or code not in order[max(0, at - 2) : at]
    alone = marginal_relevance(vectors @ query, vectors, 5, groups=[np.zeros(40, int)], gaps=[2])
    assert len(set(alone)) == 5


def test_way_is_even_and_ends_at_the_ends(rng):
    start, end = units(rng, 2)
    points = np.stack([start, *way(start, end, 9), end])
    steps = (points[1:] * points[:-1]).sum(1)
    assert np.allclose(np.linalg.norm(points, axis=1), 1, atol=1e-5)
    assert np.allclose(steps, steps[0], atol=1e-5)
    assert np.allclose(way(start, start, 3), start)


def test_walk_is_the_cheapest_through_its_stations(rng):
    start, end = units(rng, 2)
    vectors = units(rng, 40)
    found = walk(vectors, start, end, 3)
    line = way(start, end, 3)

    def cost(choice):
        stops = [start, *(vectors[i] for i in choice), end]
        steps = sum(1 - a @ b for a, b in pairwise(stops))
        return steps + sum(1 - vectors[i] @ point for i, point in zip(choice, line, strict=True))

    nearest = np.argmax(vectors @ line.T, 1)
    stations = [np.flatnonzero(nearest == point) for point in range(3)]
    assert all(map(len, stations))
    walks = product(*stations)
    assert cost(found) == pytest.approx(min(map(cost, walks)), abs=1e-5)


def test_walk_repeats_nothing_and_takes_smaller_steps_than_chance(rng):
    start, end = units(rng, 2, 16)
    vectors = mean_and_noise = np.concatenate(
        [way(start, end, 30) + 0.05 * rng.normal(size=(30, 16)), units(rng, 200, 16)]
    )
    vectors = (mean_and_noise / np.linalg.norm(mean_and_noise, axis=1, keepdims=True)).astype(np.float32)
    found = walk(vectors, start, end, 10)
    assert len(set(found)) == 10
    assert sum(i < 30 for i in found) >= 9
    random = sum(1 - a @ b for a, b in pairwise(vectors[rng.permutation(230)[:10]]))
    assert sum(1 - a @ b for a, b in pairwise(vectors[found])) < 0.5 * random
    assert walk(vectors[:0], start, end, 5) == []
    assert len(walk(vectors[:3], start, end, 5)) == 3


def test_percentiles_count_what_is_further(rng):
    sample = rng.normal(size=500)
    scores = rng.normal(size=20)
    expected = [100 * np.mean([other < score - 5e-4 for other in sample]) * 500 / 501 for score in scores]
    assert np.allclose(percentiles(scores, sample), expected)
    assert percentiles(np.array([9.0]), sample)[0] < 100


def test_nearest_scores_are_those_of_brute_force(rng):
    sample = units(rng, 50)
    for i, score in enumerate(nearest_scores(sample)):
        assert score == pytest.approx(max(sample[i] @ other for j, other in enumerate(sample) if j != i), abs=1e-6)
    assert len(nearest_scores(sample[:1])) == 0
    np.testing.assert_allclose(nearest_scores(np.repeat(sample, 3, 0)), np.repeat(nearest_scores(sample), 3), atol=1e-6)
    assert nearest_scores(sample[[0, 0]]).tolist() == [-1, -1]  # none but copies


def test_one_in_a_hundred_is_told_that_nothing_is_close():
    nearest = np.linspace(0, 1, 999)
    assert np.mean([is_close(score, nearest) for score in np.linspace(0, 1, 10_001)]) == pytest.approx(0.99, abs=0.002)
    assert is_close(-1.0, nearest[:50])  # too few to tell
