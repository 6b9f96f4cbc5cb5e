import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_curve

from embeddings.metrics import (
    mean_average_precision,
    precision_at,
    ranked_relevance,
    recall_at,
    recall_at_false_accepts,
    roc_points,
)


def test_recall_and_precision_by_hand() -> None:
    relevant = [[True, False, True], [False, False, True], [False, False, False]]
    total = [4, 1, 0]  # nobody could answer the third
    assert recall_at(relevant, total, 3) == pytest.approx((2 / 4 + 1 / 1) / 2)
    assert precision_at(relevant, total, 3) == pytest.approx((2 / 3 + 1 / 1) / 2)
    assert recall_at(relevant, total, 1) == pytest.approx((1 / 4 + 0) / 2)


def test_no_answerable_query_is_nan() -> None:
    assert np.isnan(recall_at([[False]], [0], 1))


def test_mean_average_precision_equals_sklearn(rng: np.random.Generator) -> None:
    scores = rng.random((20, 40))
    relevant = rng.random((20, 40)) < 0.2
    relevant[:, 0] = True
    order = np.argsort(-scores, axis=1)
    expected = np.mean([average_precision_score(r, s) for r, s in zip(relevant, scores, strict=True)])
    ranked = np.take_along_axis(relevant, order, axis=1)
    assert mean_average_precision(ranked, relevant.sum(1)) == pytest.approx(expected)


def test_roc_equals_sklearn(rng: np.random.Generator) -> None:
    same = rng.random(300) < 0.3
    scores = np.round(rng.random(300) + 0.3 * same, 2)  # rounded: ties
    threshold, false, true = roc_points(scores, same)
    expected_false, expected_true, expected_threshold = roc_curve(same, scores, drop_intermediate=False)
    np.testing.assert_allclose(threshold, expected_threshold[1:])
    np.testing.assert_allclose(false, expected_false[1:])
    np.testing.assert_allclose(true, expected_true[1:])


def test_recall_at_false_accepts_by_brute_force(rng: np.random.Generator) -> None:
    same = rng.random(200) < 0.4
    scores = np.round(rng.random(200) + 0.4 * same, 2)
    for rate in (0.0, 0.01, 0.1, 1.0):
        recall, threshold = recall_at_false_accepts(scores, same, rate)
        best = max(
            ((scores[same] >= t).mean() for t in scores if (scores[~same] >= t).mean() <= rate),
            default=0.0,
        )
        assert recall == pytest.approx(best)
        if recall:
            assert (scores[same] >= threshold).mean() == pytest.approx(recall)


def test_ranked_relevance_leaves_out_unknown_labels_and_excluded_pairs() -> None:
    scores = np.array([[9, 3, 2, 1], [3, 9, 1, 2], [2, 1, 9, 3], [1, 2, 3, 9.0]])
    relevant, total = ranked_relevance(scores, ["a", "a", "", "a"], k=3)
    assert relevant[0].tolist() == [True, False, True]
    assert total.tolist() == [2, 2, 0, 2]
    excluded = np.zeros((4, 4), bool)
    excluded[0, 1] = True
    relevant, total = ranked_relevance(scores, ["a", "a", "", "a"], k=2, excluded=excluded)
    assert relevant[0].tolist() == [False, True]
    assert total[0] == 1
