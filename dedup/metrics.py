"""How well a clustering or a set of decisions agrees with the truth.

Two views of a clustering, both over all items. *Pairwise*: of the pairs of items put together, how many belong together
(precision), and of those that belong together, how many were put together (recall); a large cluster weighs with the
square of its size. *B-cubed* (Bagga and Baldwin, "Entity-based cross-document coreferencing using the vector space
model", 1998): the same two questions asked of each item about its own cluster, then averaged over items, so that a
cluster weighs with its size.

Both come from the contingency table of the two labellings; pairs are never enumerated, so ten million items need only
the memory of their labels.

Conventions: a precision is 1 where nothing was claimed, and a recall is 1 where there was nothing to find (a claim
never made is not wrong); F1 is the harmonic mean, and 0 where precision and recall are both 0. Bagga and Baldwin leave
the empty case open; here it scores 1.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.errors import UsageError

Labels = Sequence[Hashable] | NDArray[np.generic]


@dataclass(frozen=True)
class Scores:
    """Precision, recall and their harmonic mean, each in 0..1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class PairScores:
    """Counts of unordered pairs beside the scores that follow from them."""

    true_pairs: int
    predicted_pairs: int
    correct_pairs: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Contingency:
    """Items per cell of the table truth x prediction, for the cells that hold any, and per row and column."""

    cells: NDArray[np.int64]  # [cells]
    true_sizes: NDArray[np.int64]  # [true clusters]
    predicted_sizes: NDArray[np.int64]  # [predicted clusters]
    cell_true: NDArray[np.int64]  # [cells] which true cluster a cell belongs to
    cell_predicted: NDArray[np.int64]  # [cells]


def pairwise(truth: Labels, predicted: Labels) -> PairScores:
    """Score a clustering by the pairs of items it puts together.

    Both arguments hold one label an item, in the same order; equal labels mean the same cluster. Raises `UsageError`
    where the lengths differ.
    """
    table = contingency(truth, predicted)
    counts = (_pairs(table.true_sizes), _pairs(table.predicted_sizes), _pairs(table.cells))
    return _pair_scores(*counts)


def b_cubed(truth: Labels, predicted: Labels) -> Scores:
    """Score a clustering item by item (B-cubed). Arguments and errors as `pairwise`."""
    table = contingency(truth, predicted)
    if table.cells.size == 0:
        return Scores(1.0, 1.0, 1.0)
    items = float(table.cells.sum())
    shared = table.cells.astype(np.float64) ** 2  # divided by the items last: what is wholly right is exactly 1
    precision = float((shared / table.predicted_sizes[table.cell_predicted]).sum()) / items
    recall = float((shared / table.true_sizes[table.cell_true]).sum()) / items
    return Scores(precision, recall, _f1(precision, recall))


def pair_scores(actual: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> PairScores:
    """Score yes/no decisions on given pairs: `actual` and `predicted` are bool [n], true where a pair is a match."""
    actual, predicted = np.asarray(actual, dtype=bool), np.asarray(predicted, dtype=bool)
    _require_equal_length(len(actual), len(predicted))
    return _pair_scores(int(actual.sum()), int(predicted.sum()), int((actual & predicted).sum()))


def contingency(truth: Labels, predicted: Labels) -> Contingency:
    """The sparse contingency table of two labellings. Raises `UsageError` where the lengths differ."""
    _require_equal_length(len(truth), len(predicted))
    rows, columns = _codes(truth), _codes(predicted)
    true_sizes, predicted_sizes = np.bincount(rows), np.bincount(columns)
    cell_keys, cells = np.unique(rows * max(len(predicted_sizes), 1) + columns, return_counts=True)
    cell_true, cell_predicted = np.divmod(cell_keys, max(len(predicted_sizes), 1))
    return Contingency(cells.astype(np.int64), true_sizes, predicted_sizes, cell_true, cell_predicted)


def _codes(labels: Labels) -> NDArray[np.int64]:
    """Labels as integers 0..k-1 [n]. A dictionary rather than sorting: labels need only be hashable."""
    if isinstance(labels, np.ndarray) and labels.dtype.kind in "biu":
        return np.unique(labels, return_inverse=True)[1].astype(np.int64)
    seen: dict[Hashable, int] = {}
    return np.fromiter((seen.setdefault(label, len(seen)) for label in labels), dtype=np.int64, count=len(labels))


def _pairs(sizes: NDArray[np.int64]) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _pair_scores(true_pairs: int, predicted_pairs: int, correct_pairs: int) -> PairScores:
    precision = correct_pairs / predicted_pairs if predicted_pairs else 1.0
    recall = correct_pairs / true_pairs if true_pairs else 1.0
    return PairScores(true_pairs, predicted_pairs, correct_pairs, precision, recall, _f1(precision, recall))


def _f1(precision: float, recall: float) -> float:
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def _require_equal_length(truth: int, predicted: int) -> None:
    if truth != predicted:
        raise UsageError(f"{truth} true labels but {predicted} predicted ones: give one of each for every item")
