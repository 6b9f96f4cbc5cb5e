"""Labels in the clustering: must-links and cannot-links hold whatever the evidence, also where they contradict."""

import numpy as np
import pytest

from dedup.cluster import cluster
from dedup.constraints import LARGEST, MOST_THRESHOLD, constraints, parted
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


def merged(count, told, scored, *, exclusive=None):
    """As the job clusters."""
    a, b, bits = (np.array(side) for side in zip(*scored, strict=True))
    promised = np.full(count, -1) if exclusive is None else np.array(exclusive)
    ties = constraints(count, *labels(*told))
    nobody = np.full(count, -1)
    return ties.cluster(a, b, bits.astype(float), Linkage(threshold=11.0), exclusive=promised, crowd=nobody).tolist()


def copies(*rows):
    """All pairs of tracks that are surely one recording."""
    return [(a, b, 20.0) for a in rows for b in rows if a < b]


@pytest.mark.parametrize("count", [3, 7, 10, 41])
@pytest.mark.parametrize("bits", [None, 2.0, -9.0])
def test_a_must_link_joins_the_recording_and_not_one_track_of_it(count, bits):
    told = count - 1  # printed in another script: like none of the copies
    against = [] if bits is None else [(row, told, bits) for row in range(told)]
    assert merged(count, [(0, told, True)], [*copies(*range(told)), *against]) == [0] * count


def test_a_must_link_joins_two_recordings():
    latin, native = range(9), range(9, 12)
    assert merged(13, [(4, 10, True)], [*copies(*latin), *copies(*native)]) == [0] * 12 + [12]
    assert merged(6, [(0, 3, True)], [*copies(0, 1, 2), *copies(3, 4, 5)]) == [0] * 6


def test_what_contradicts_the_rest_of_a_recording_is_not_joined_to_it():
    assert merged(4, [(0, 3, True), (1, 3, False)], [(0, 1, 20.0), (1, 2, 20.0)]) == [0, 1, 1, 0]
    veto = merged(4, [(0, 3, True)], [*copies(0, 1, 2), (2, 3, -np.inf)])
    assert veto[0] == veto[3] != veto[2]
    promised = merged(4, [(0, 3, True)], copies(0, 1, 2), exclusive=[-1, -1, 5, 5])
    assert promised[0] == promised[3] != promised[2]


def test_what_follows_from_labels_through_tracks_that_are_gone_holds():
    ties = constraints(6, *labels((0, 4, True), (1, 4, True), (2, 4, False), (3, 5, False))).within(4)
    assert ties.group.tolist() == [0, 0, 2, 3]
    assert (ties.apart_a.tolist(), ties.apart_b.tolist()) == ([0], [2])
    assert parted(np.array([1, 0, 2]), np.array([2, 1, 3]), ties.group, ties.apart).tolist() == [True, False, False]


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
    promised, linkage = rng.integers(-1, 4, count), Linkage(threshold=6.0)
    overlaid = cluster(count, *ties.overlay(a[scored], b[scored], bits), linkage, exclusive=ties.excuse(promised))
    nobody = np.full(count, -1)
    joined = ties.cluster(a[scored], b[scored], bits, linkage, exclusive=promised, crowd=nobody)
    for found in (overlaid, joined):
        assert ((found[told[0]] == found[told[1]]) | ~told[2]).all()
        assert ((found[told[0]] != found[told[1]]) | told[2]).all()


@pytest.mark.parametrize("seed", range(20))
def test_contradictions_never_break_a_cannot_link(seed):
    rng = np.random.default_rng(seed)
    a, b = (side.astype(np.int64) for side in np.triu_indices(15, 1))
    drawn = rng.random(len(a)) < 0.4
    ties = constraints(15, a[drawn], b[drawn], rng.random(int(drawn.sum())) < 0.5)
    assert (ties.group[ties.apart_a] != ties.group[ties.apart_b]).all()
