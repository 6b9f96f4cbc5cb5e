"""Clusters of compared pairs: how sure each place is, also of tracks whose pairs are too weak to merge."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.constraints import Constraints, constraints
from dedup.decide import Policy
from dedup.scores import Scores
from jobs.clusters import Clusters, find_clusters
from jobs.pairs import COMPARED

STRONG, WEAK, VETOED = 1, 2, 3
SCORES = Scores(
    np.array([STRONG, WEAK, VETOED]),
    np.array([20.0, 3.0, 20.0]),
    np.array([20.0, 3.0, -np.inf]),
    np.array(["merge", "review", "review"]),
    np.array(["same recording", "same recording", "version"]),
)


def ties(count: int, *different: tuple[int, int]) -> Constraints:
    a, b = np.array(different, np.int64).reshape(-1, 2).T
    return constraints(count, a, b, np.zeros(len(a), bool))


def clusters(folder: Path, pairs: list[tuple[int, int, int]], told: Constraints) -> Clusters:
    count = len(told.group)
    a, b, pattern = zip(*pairs, strict=True)
    columns = [a, b, [1] * len(a), pattern, [None] * len(a)]
    table = pa.table([pa.array(column, kind) for column, kind in zip(columns, COMPARED.types, strict=True)], COMPARED)
    pq.write_table(table, folder / "part-0.parquet")
    return find_clusters(
        folder, SCORES, Policy(8.0), np.full(count, -1), np.zeros(count, bool), np.full(count, -1), told
    )


def test_a_track_alone_is_as_sure_as_its_strongest_pair_is_weak(tmp_path: Path) -> None:
    found = clusters(tmp_path, [(0, 1, STRONG), (2, 3, WEAK), (4, 5, VETOED)], ties(7))
    assert found.recording.tolist() == [0, 0, 2, 3, 4, 5, 6]
    assert found.confidence[:2] == pytest.approx(1)
    assert found.confidence[2:4] == pytest.approx(1 / 9)
    assert found.confidence[4:] == pytest.approx(1)


def test_who_is_labelled_different_is_surely_alone(tmp_path: Path) -> None:
    assert clusters(tmp_path, [(0, 1, WEAK)], ties(2, (0, 1))).confidence == pytest.approx(1)
