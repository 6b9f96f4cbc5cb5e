"""What the index says of its recall, and long lists of a compressed one, against exact search."""

import json
from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.errors import CatalogError
from embeddings.index import TrackIndex
from embeddings.index_choice import Goal
from embeddings.index_ranking import exact, proposed
from embeddings.index_vectors import open_vectors

N = 6000


def stretched(rng: np.random.Generator, n: int, falling: float = 0.94) -> NDArray[np.float32]:
    """Unit vectors that lie along few axes, as those of music do; each axis is so much shorter than the one before."""
    spread = falling ** np.arange(128)
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((128, 128)))[0]
    vectors = (rng.standard_normal((n, 128)) * spread + np.eye(128)[0]) @ turn
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def true_neighbours(vectors: NDArray[np.float32], own: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    scores = vectors[own] @ vectors.T
    scores[np.arange(len(own)), own] = -np.inf
    return np.argsort(-scores, axis=1)[:, :k]


@pytest.mark.parametrize(
    ("falling", "bytes_a_track", "structure"),
    [
        (1, 200, "P128,"),
        (0.94, 200, "P64,"),
        (0.98, 90, "P64,"),
        (0.85, 200, "P32,"),
        (0.94, 52, "P32,"),
        (0.85, 32, "P32,"),
    ],
)
def test_every_code_reaches_the_recall_that_it_states(
    rng: np.random.Generator, tmp_path: Path, falling: float, bytes_a_track: int, structure: str
) -> None:
    vectors = stretched(rng, N, falling)
    index = TrackIndex.build(vectors, np.arange(N), tmp_path, goal=Goal(exact_up_to=100, memory=N * bytes_a_track))
    assert index.facts.structure.startswith(structure)
    own = rng.permutation(N)[:200]
    true = true_neighbours(vectors, own, 10)
    _, found = index.search(vectors[own], 11)
    others = [[row for row in some if row != mine][:10] for some, mine in zip(found, own, strict=True)]
    recall = np.mean([np.isin(a, b).mean() for a, b in zip(true, others, strict=True)])
    assert index.facts.recall_at_10 == pytest.approx(recall, abs=0.04)
    assert recall >= 0.93


def test_recall_counts_others_and_never_the_query_itself(rng: np.random.Generator, tmp_path: Path) -> None:
    """Of vectors without any structure the codes find little but the query; that it is found must not flatter them."""
    vectors = rng.standard_normal((3000, 128)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    goal = Goal(recall=0.01, exact_up_to=100, memory=3000 * 31)
    index = TrackIndex.build(vectors, np.arange(3000), tmp_path, goal=goal)
    assert (index.search(vectors[:50], 1)[1][:, 0] == np.arange(50)).all()
    assert index.facts.recall_at_1 < 0.9


def test_a_goal_out_of_reach_is_said(
    rng: np.random.Generator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    vectors = rng.standard_normal((3000, 128)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    goal = Goal(recall=1.0, exact_up_to=100, memory=3000 * 31)
    index = TrackIndex.build(vectors, np.arange(3000), tmp_path, goal=goal)
    assert index.facts.recall_at_10 < 1
    assert "--memory" in caplog.text


def test_a_long_list_is_whole_though_few_lists_are_searched(rng: np.random.Generator, tmp_path: Path) -> None:
    vectors = stretched(rng, N)
    index = TrackIndex.build(vectors, np.arange(N), tmp_path, goal=Goal(recall=0.5, exact_up_to=100))
    k = 1500  # more than the lists hold that are searched for ten
    assert index.facts.probed * N / index.facts.lists < k
    scores, found = index.search(vectors[:3], k)
    assert (found >= 0).all()
    assert all(len(set(some)) == k for some in found)
    assert (np.diff(scores) <= 0).all()
    everything, _ = index.search(vectors[:1], N + 5)
    assert np.isfinite(everything[0]).sum() == N
    first = exact(vectors[:3], open_vectors(tmp_path, N, 128), 10)
    assert np.mean([np.isin(a, b).mean() for a, b in zip(first, found, strict=True)]) > 0.9


def test_positions_that_do_not_exist_are_an_error_and_no_crash() -> None:
    class Broken(faiss.IndexFlatIP):
        def search(self, *_: object, **__: object) -> tuple[None, NDArray[np.int64]]:
            return None, np.array([[0, 99]])

    with pytest.raises(CatalogError, match="unisono index"):
        proposed(Broken(4), np.zeros((1, 4), np.float32), 2, 1, 1)


@pytest.mark.parametrize("change", [{"probed": 7}, {"dimension": 64}, {"files": {}}, {"digest": ""}])
def test_altered_facts_are_told(rng: np.random.Generator, tmp_path: Path, change: dict[str, object]) -> None:
    TrackIndex.build(stretched(rng, 50), np.arange(50), tmp_path)
    path = tmp_path / "tracks.json"
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts))
    assert len(TrackIndex.open(tmp_path)) == 50
    path.write_text(json.dumps(facts | change))
    with pytest.raises(CatalogError, match="was altered; build the index again with `unisono index`"):
        TrackIndex.open(tmp_path)


def test_a_vector_with_no_number_is_named(tmp_path: Path) -> None:
    vectors = np.eye(3, dtype=np.float32)
    vectors[1, 1] = np.nan
    with pytest.raises(CatalogError, match="row 12"):
        TrackIndex.build(vectors, [11, 12, 13], tmp_path)
