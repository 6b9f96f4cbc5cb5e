"""Labels in the clustering: must-links and cannot-links hold whatever the evidence, also where they contradict."""

import numpy as np
import pytest

from dedup.cluster import cluster
from dedup.constraints import LARGEST, MOST_THRESHOLD, constraints
from dedup.linkage import Linkage

NOBODY = np.empty(0, np.int64)


def labels(*pairs):
    """Labels `(a, b, same)` as arrays."""
    a, b, same = zip(*pairs, strict=True) if pairs else ((), (), ())
    return np.array(a, np.int64), np.array(b, np.int64), np.array(same, bool)


def clustered(count, told, scored=(), *, exclusive=None, threshold=5.0):
    """Cluster labels of scored pairs `(a, b, bits)` under labelled ones."""
    ties = constraints(count, *labels(*told))
    a, b, bits = (np.array(side) for side in zip(*scored, strict=True)) if scored else (NOBODY, NOBODY, np.empty(0))
    promised = np.full(count, -1) if exclusive is None else np.array(exclusive)
    linkage = Linkage(threshold=min(threshold, MOST_THRESHOLD))
    return cluster(count, *ties.overlay(a, b, bits), linkage, exclusive=ties.excuse(promised)).tolist()


def test_a_must_link_needs_no_evidence_and_outweighs_vetoes():
    assert clustered(3, [(0, 2, True)]) == [0, 1, 0]
    assert clustered(3, [(0, 2, True)], [(0, 2, -np.inf), (0, 1, 3.0)]) == [0, 1, 0]
    assert clustered(2, [(0, 1, True)], threshold=float("inf")) == [0, 0]


def test_a_cannot_link_outweighs_evidence():
    strong = [(0, 1, 30.0), (0, 2, 20.0), (1, 2, 30.0)]
    assert clustered(3, [], strong) == [0, 0, 0]
    kept = clustered(3, [(0, 1, False)], strong)
    assert kept[0] != kept[1]
    assert clustered(3, [(0, 2, False), (0, 1, True)], strong) == [0, 0, 2]


def test_a_must_link_outweighs_the_promise_of_a_source_for_its_tracks_alone():
    strong = [(0, 2, 30.0), (1, 2, 30.0), (1, 3, 30.0), (2, 3, 30.0)]
    assert clustered(4, [(0, 1, True)], strong, exclusive=[7, 7, -1, 7]) == [0, 0, 0, 3]


def test_contradicting_labels_keep_apart():
    ties = constraints(4, *labels((0, 1, True), (1, 2, True), (0, 2, False), (2, 3, True)))
    assert ties.group.tolist() == [0, 0, 2, 2]
    assert ties.given_up == 1
    assert clustered(3, [(0, 1, True), (1, 2, True), (0, 2, False)]) == [0, 0, 2]


def test_no_labels_change_nothing():
    ties = constraints(3, *labels())
    a, b, bits = np.array([0]), np.array([1]), np.array([4.0])
    assert all(ours is theirs for ours, theirs in zip(ties.overlay(a, b, bits), (a, b, bits), strict=True))
    assert ties.excuse(np.array([1, 1, 2])).tolist() == [1, 1, 2]


def test_a_group_larger_than_any_recording_is_no_group():
    count = LARGEST + 2
    ties = constraints(count, *labels(*[(n, n + 1, True) for n in range(count - 1)]))
    assert np.bincount(ties.group).max() == LARGEST
    assert ties.given_up > 0
    assert len(set(clustered(count, [(n, n + 1, True) for n in range(count - 1)]))) == 2


@pytest.mark.parametrize("seed", range(20))
def test_random_labels_on_random_graphs_are_kept(seed):
    rng = np.random.default_rng(seed)
    count = 40
    truth = rng.integers(0, 12, count)
    a, b = (side.astype(np.int64) for side in np.triu_indices(count, 1))
    drawn = rng.random(len(a)) < 0.1
    told = (a[drawn], b[drawn], truth[a[drawn]] == truth[b[drawn]])
    scored = rng.random(len(a)) < 0.3
    bits = np.where(rng.random(len(a)) < 0.1, -np.inf, rng.normal(0, 10, len(a)))[scored]
    ties = constraints(count, *told)
    assert ties.given_up == 0
    exclusive = ties.excuse(rng.integers(-1, 4, count))
    found = cluster(count, *ties.overlay(a[scored], b[scored], bits), Linkage(threshold=6.0), exclusive=exclusive)
    assert ((found[told[0]] == found[told[1]]) | ~told[2]).all()
    assert ((found[told[0]] != found[told[1]]) | told[2]).all()


@pytest.mark.parametrize("seed", range(20))
def test_contradictions_never_break_a_cannot_link(seed):
    rng = np.random.default_rng(seed)
    a, b = (side.astype(np.int64) for side in np.triu_indices(15, 1))
    drawn = rng.random(len(a)) < 0.4
    ties = constraints(15, a[drawn], b[drawn], rng.random(int(drawn.sum())) < 0.5)
    assert (ties.group[ties.apart_a] != ties.group[ties.apart_b]).all()
