"""Clustering against scipy's average linkage and against its promises."""

from itertools import combinations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from dedup.cluster import cluster, confidence, linked
from dedup.linkage import Linkage
from dedup.partitions import partitions


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


def average_linkage(
    gain: np.ndarray, scored: np.ndarray, ask: Linkage, exclusive: np.ndarray, crowd: np.ndarray
) -> list:
    """Clusters by looking at every two of them before every join; `gain`, `scored` [n, n]."""
    clusters = [[row] for row in range(len(gain))]
    counts = scored | ~((crowd[:, None] == crowd) & (crowd[:, None] >= 0))
    weights = np.where(scored, gain, ask.absent)
    while True:
        means = {}
        for i, j in combinations(range(len(clusters)), 2):
            across = np.ix_(clusters[i], clusters[j])
            promised = [set(exclusive[clusters[side]].tolist()) - {-1} for side in (i, j)]
            if scored[across].any() and not promised[0] & promised[1]:
                means[i, j] = weights[across][counts[across]].mean()
        if not means or max(means.values()) <= ask.threshold:
            return clusters
        i, j = max(means, key=lambda pair: means[pair])
        clusters[i] += clusters.pop(j)


@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_sparse_graphs_cluster_as_by_looking_at_every_two_clusters(seed: int, crowded: bool) -> None:
    rng = np.random.default_rng(seed)
    count = 24
    a, b = pairs_of(count)
    some = rng.random(len(a)) < 0.3
    a, b = a[some], b[some]
    bits = rng.normal(2, 4, len(a))
    crowd = rng.integers(-1, 2, count) if crowded else np.full(count, -1)
    exclusive = rng.integers(-1, 9, count)
    asked = Linkage(threshold=1.0, exact=1)
    ours = cluster(count, a, b, bits, asked, exclusive=exclusive, crowd=crowd)
    gain, scored = np.zeros((count, count)), np.zeros((count, count), bool)
    gain[a, b] = gain[b, a] = bits
    scored[a, b] = scored[b, a] = True
    label = np.empty(count, int)
    for members in average_linkage(gain, scored, asked, exclusive, crowd):
        label[members] = min(members)
    assert ours.tolist() == label.tolist()


def sorted_by_duration(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Some pairs of so many copies, as `dedup.blocks` takes them."""
    steps = [1, 2, 3, 4, *(4 << power for power in range(1, 20) if 4 << power < count)]
    pairs = [(np.arange(count - step), np.arange(step, count)) for step in steps]
    a, b = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return a, b


def test_a_crowd_of_copies_is_one_cluster_and_of_two_recordings_two() -> None:
    seconds = np.sort(np.concatenate([np.linspace(186, 188, 400), np.linspace(213, 215, 200)]))
    a, b = sorted_by_duration(600)
    bits = np.where(seconds[b] - seconds[a] < 3, 9.0, -5.0)
    labels = cluster(600, a, b, bits, Linkage(threshold=3.0), crowd=np.zeros(600, np.int64))
    assert np.unique(labels, return_counts=True)[1].tolist() == [400, 200]


def test_a_crowd_whose_durations_run_through_is_no_chain() -> None:
    seconds = np.linspace(100, 400, 3000)  # "White Noise" by one artist: any length
    a, b = sorted_by_duration(3000)
    bits = np.where(seconds[b] - seconds[a] < 3, 9.0, -5.0)
    labels = cluster(3000, a, b, bits, Linkage(threshold=3.0), crowd=np.zeros(3000, np.int64))
    for label in np.unique(labels):
        inside = seconds[labels == label]
        assert inside.max() - inside.min() < 12


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


def brute_force(count: int, gain: np.ndarray) -> float:
    """The best sum of gains of any partition, tried recursively."""

    def best(rest: tuple[int, ...], parts: tuple[tuple[int, ...], ...]) -> float:
        if not rest:
            return sum(gain[a, b] for part in parts for a in part for b in part if a < b)
        first, others = rest[0], rest[1:]
        joined = [(*parts[:n], (*part, first), *parts[n + 1 :]) for n, part in enumerate(parts)]
        return max(best(others, chosen) for chosen in (*joined, (*parts, (first,))))

    return best(tuple(range(count)), ())


@pytest.mark.parametrize("seed", range(8))
def test_a_small_component_gets_the_best_partition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 6
    a, b = pairs_of(count)
    bits = rng.normal(1, 5, len(a))
    labels = cluster(count, a, b, bits, Linkage(threshold=1.0))
    gain = np.zeros((count, count))
    gain[a, b] = gain[b, a] = bits - 1.0
    inside = labels[a] == labels[b]
    assert (bits[inside] - 1.0).sum() == pytest.approx(brute_force(count, gain))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_there_are_as_many_partitions_as_bell_says(count: int) -> None:
    labels, _ = partitions(count)
    assert len({tuple(row) for row in labels.tolist()}) == len(labels) == [1, 1, 2, 5, 15, 52, 203][count]


def test_a_component_too_large_is_cut_where_it_is_weakest() -> None:
    size, groups = 12, 4
    members = np.arange(size * groups).reshape(groups, size)
    inner = [(a, b, 9.0) for group in members for a in group for b in group if a < b]
    bridges = [(members[n, -1], members[n + 1, 0], 1.5) for n in range(groups - 1)]
    a, b, bits = (np.array(side) for side in zip(*inner, *bridges, strict=True))
    labels = cluster(size * groups, a, b, bits, Linkage(threshold=0.0, largest=20))
    assert labels.tolist() == np.repeat(members[:, 0], size).tolist()


def test_a_component_too_large_that_is_alike_throughout_does_not_fall_apart() -> None:
    a = np.concatenate([np.arange(60 - step) for step in range(1, 9)])
    b = np.concatenate([np.arange(step, 60) for step in range(1, 9)])
    labels = cluster(60, a, b, np.full(len(a), 25.0), Linkage(6.0, largest=20))
    assert np.bincount(labels)[labels].min() > 1
