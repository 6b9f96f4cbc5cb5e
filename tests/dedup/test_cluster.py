"""Clustering against scipy's average linkage and against its promises."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from dedup.cluster import Linkage, cluster, confidence, linked


def pairs_of(count: int) -> tuple[np.ndarray, np.ndarray]:
    return tuple(side.astype(np.int64) for side in np.triu_indices(count, 1))  # type: ignore[return-value]


def same_partition(left: np.ndarray, right: np.ndarray) -> bool:
    return bool(((left[:, None] == left) == (right[:, None] == right)).all())


@pytest.mark.parametrize("seed", range(20))
def test_a_complete_graph_clusters_as_scipy_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(3, 25))
    a, b = pairs_of(count)
    bits = rng.normal(0, 5, len(a))
    ours = cluster(count, a, b, bits, Linkage(threshold=0.0))
    tree = linkage(100 - bits, "average")
    assert same_partition(ours, fcluster(tree, 100, "distance"))


def test_a_weak_bridge_does_not_chain_two_groups() -> None:
    left, right = [(0, 1), (0, 2), (1, 2)], [(3, 4), (3, 5), (4, 5)]
    edges = [*left, *right, (2, 3)]
    a, b = (np.array(side) for side in zip(*edges, strict=True))
    bits = np.array([9.0] * 6 + [5.0])
    assert cluster(6, a, b, bits, Linkage(threshold=1.0)).tolist() == [0, 0, 0, 3, 3, 3]


def test_a_source_that_promises_stands_once_in_a_cluster() -> None:
    a, b = np.array([0, 0, 1]), np.array([1, 2, 2])
    bits = np.array([9.0, 12.0, 8.0])
    exclusive = np.array([1, 2, 2])
    assert cluster(3, a, b, bits, Linkage(threshold=0.0), exclusive=exclusive).tolist() == [0, 1, 0]
    assert cluster(3, a, b, bits, Linkage(threshold=0.0)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(10))
def test_promises_hold_on_random_graphs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 80
    a, b = pairs_of(count)
    some = rng.random(len(a)) < 0.2
    exclusive = rng.integers(-1, 6, count)
    labels = cluster(count, a[some], b[some], rng.normal(2, 4, int(some.sum())), Linkage(0.0), exclusive=exclusive)
    for label in np.unique(labels):
        promised = exclusive[(labels == label) & (exclusive >= 0)]
        assert len(set(promised)) == len(promised)
        assert label == np.flatnonzero(labels == label).min()


def test_the_order_of_pairs_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    a, b = pairs_of(30)
    bits = rng.normal(0, 4, len(a))
    order = rng.permutation(len(a))
    straight = cluster(30, a, b, bits, Linkage(0.0))
    assert (straight == cluster(30, a[order], b[order], bits[order], Linkage(0.0))).all()


def test_tracks_without_pairs_stand_alone() -> None:
    empty = np.empty(0, np.int64)
    assert cluster(3, empty, empty, np.empty(0), Linkage(0.0)).tolist() == [0, 1, 2]


def test_linked_is_the_transitive_closure() -> None:
    assert linked(6, np.array([0, 4, 1]), np.array([1, 5, 2])).tolist() == [0, 0, 0, 3, 4, 4]


def test_confidence_is_high_inside_and_low_beside_a_refused_join() -> None:
    labels = np.array([0, 0, 2, 3])
    sure = confidence(labels, np.array([0, 2]), np.array([1, 3]), np.array([10.0, 3.0]))
    assert sure[0] == sure[1] > 0.999
    assert sure[2] == pytest.approx(1 / 9)
    assert confidence(np.array([0]), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))[0] == pytest.approx(1)
