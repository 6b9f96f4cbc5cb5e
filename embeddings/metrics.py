"""Retrieval and verification metrics, over plain arrays.

Conventions of information retrieval (Manning, Raghavan and Schuetze 2008, chapter 8). A ranking is a row of `relevant`:
bool [queries, k], best first. `total` [queries] is how many relevant items exist; queries with none are left out of
every mean, and a metric over no query at all is nan.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def recall_at(relevant: ArrayLike, total: ArrayLike, k: int) -> float:
    """Share of the relevant items found among the first `k`, averaged over queries."""
    hits, count = _answerable(relevant, total)
    return _mean(hits[:, :k].sum(1) / count)


def precision_at(relevant: ArrayLike, total: ArrayLike, k: int) -> float:
    """Share of the first `k` that is relevant, of as many as could be: min(k, total)."""
    hits, count = _answerable(relevant, total)
    return _mean(hits[:, :k].sum(1) / np.minimum(k, count))


def mean_average_precision(relevant: ArrayLike, total: ArrayLike) -> float:
    """Mean over queries of the average of the precisions at each relevant item; items not ranked count as zero."""
    hits, count = _answerable(relevant, total)
    precision = np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1)
    return _mean((precision * hits).sum(1) / count)


def roc_points(scores: ArrayLike, same: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """(thresholds, false accept rate, true accept rate), one entry per distinct score, thresholds falling.

    A pair is accepted where its score reaches the threshold. `same` bool [n] says which pairs are truly the same.
    """
    score, truth = np.asarray(scores, float), np.asarray(same, bool)
    order = np.argsort(-score, kind="stable")
    score, truth = score[order], truth[order]
    last = np.append(np.flatnonzero(np.diff(score)), len(score) - 1) if len(score) else np.zeros(0, int)
    false, true = np.cumsum(~truth)[last], np.cumsum(truth)[last]
    return score[last], false / max(1, int((~truth).sum())), true / max(1, int(truth.sum()))


def recall_at_false_accepts(scores: ArrayLike, same: ArrayLike, rate: float) -> tuple[float, float]:
    """(recall, threshold) of the lowest threshold whose false accept rate does not exceed `rate`; (0, inf) if none."""
    threshold, false, true = roc_points(scores, same)
    within = np.flatnonzero(false <= rate)
    return (float(true[within[-1]]), float(threshold[within[-1]])) if len(within) else (0.0, float("inf"))


def ranked_relevance(
    scores: ArrayLike, labels: ArrayLike, *, k: int, excluded: ArrayLike | None = None
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """(relevant [n, k], total [n]) of every item queried against all others, from `scores` [n, n] and `labels` [n].

    A label equal to "" is unknown: such an item is never relevant and never asked for. Pairs in `excluded` bool [n, n]
    are neither: they rank last and do not count.
    """
    score, label = np.array(scores, float), np.asarray(labels)
    barred = np.eye(len(label), dtype=bool) | (False if excluded is None else np.asarray(excluded, bool))
    score[barred] = -np.inf
    alike = (label[:, None] == label[None, :]) & (label != "")[:, None] & ~barred
    best = np.argsort(-score, axis=1, kind="stable")[:, : min(k, len(label) - 1)]
    return np.take_along_axis(alike, best, axis=1), alike.sum(1)


def _answerable(relevant: ArrayLike, total: ArrayLike) -> tuple[NDArray[np.bool_], Floats]:
    hits, count = np.asarray(relevant, bool), np.asarray(total, float)
    return hits[count > 0], count[count > 0]


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")
