"""Clustering and decision metrics against brute force over items and pairs."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import UsageError
from dedup.metrics import Scores, b_cubed, pair_scores, pairwise

LABELLINGS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=25)


def brute_pairs(labels: Sequence[object]) -> set[tuple[int, int]]:
    return {(i, j) for i, j in combinations(range(len(labels)), 2) if labels[i] == labels[j]}


def brute_b_cubed(truth: Sequence[object], predicted: Sequence[object]) -> tuple[float, float]:
    items = range(len(truth))
    precisions, recalls = [], []
    for i in items:
        mine = {j for j in items if predicted[j] == predicted[i]}
        right = {j for j in items if truth[j] == truth[i]}
        precisions.append(len(mine & right) / len(mine))
        recalls.append(len(mine & right) / len(right))
    return float(np.mean(precisions)), float(np.mean(recalls))


@given(LABELLINGS)
def test_pairwise_counts_what_enumeration_counts(rows: list[tuple[int, int]]) -> None:
    truth, predicted = [t for t, _ in rows], [p for _, p in rows]
    true_pairs, predicted_pairs = brute_pairs(truth), brute_pairs(predicted)
    scores = pairwise(truth, predicted)
    assert (scores.true_pairs, scores.predicted_pairs) == (len(true_pairs), len(predicted_pairs))
    assert scores.correct_pairs == len(true_pairs & predicted_pairs)


@given(LABELLINGS.filter(bool))
def test_b_cubed_equals_the_average_over_items(rows: list[tuple[int, int]]) -> None:
    truth, predicted = [t for t, _ in rows], [p for _, p in rows]
    precision, recall = brute_b_cubed(truth, predicted)
    scores = b_cubed(truth, predicted)
    assert scores.precision == pytest.approx(precision)
    assert scores.recall == pytest.approx(recall)


def test_published_example() -> None:
    """The example drawn in the 1998 paper: 5 + 2 + 5 entities; merging the last two costs less than merging fives."""
    truth = [1] * 5 + [2] * 2 + [3] * 5
    assert b_cubed(truth, [1] * 5 + [2] * 7).precision == pytest.approx(0.76, abs=0.005)
    assert b_cubed(truth, [1] * 5 + [2] * 2 + [1] * 5).precision == pytest.approx(0.58, abs=0.005)


def test_labels_may_be_of_any_kind_and_names_do_not_matter() -> None:
    truth, predicted = ["a", "a", "b", "c"], [("x", 1), ("x", 1), None, None]
    assert pairwise(truth, predicted) == pairwise(np.array([7, 7, 8, 9]), np.array([1, 1, 2, 2]))
    assert b_cubed(truth, predicted) == b_cubed(np.array([7, 7, 8, 9]), np.array([1, 1, 2, 2]))


def test_conventions_where_nothing_is_claimed_or_to_be_found() -> None:
    assert b_cubed([], []).f1 == 1.0
    assert pairwise([], []).f1 == 1.0
    alone = pairwise([1, 1], [1, 2])
    assert (alone.precision, alone.recall, alone.f1) == (1.0, 0.0, 0.0)
    nothing_to_find = pairwise([1, 2], [1, 1])
    assert (nothing_to_find.precision, nothing_to_find.recall) == (0.0, 1.0)


def test_what_is_wholly_right_scores_exactly_one() -> None:
    labels = np.repeat(np.arange(6), np.arange(1, 7))  # summed as shares of the items they would miss it by a little
    assert b_cubed(labels, labels) == Scores(1.0, 1.0, 1.0)


def test_pair_scores_count_decisions() -> None:
    scores = pair_scores(np.array([True, True, False, False]), np.array([True, False, True, False]))
    assert (scores.true_pairs, scores.predicted_pairs, scores.correct_pairs) == (2, 2, 1)
    assert (scores.precision, scores.recall, scores.f1) == (0.5, 0.5, 0.5)


def test_a_million_items_are_counted_without_enumerating_pairs() -> None:
    labels = np.zeros(1_000_000, dtype=np.int64)
    assert pairwise(labels, labels).true_pairs == 499_999_500_000


def test_different_lengths_are_refused() -> None:
    with pytest.raises(UsageError, match="2 true labels but 1"):
        pairwise([1, 2], [1])
    with pytest.raises(UsageError):
        pair_scores(np.array([True]), np.array([True, False]))
