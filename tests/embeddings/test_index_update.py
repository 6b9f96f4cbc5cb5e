"""Adds and removals beside a built index against exact search; damage, other formats, the choice of structure."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.errors import CatalogError, UsageError
from embeddings.hubs import NEIGHBOURS
from embeddings.index import MOST_CHANGED, TrackIndex
from embeddings.index_choice import Goal, plan
from embeddings.index_vectors import digests

COMPRESSED = Goal(exact_up_to=100)


def unit(rng: np.random.Generator, n: int, clusters: int = 40) -> NDArray[np.float32]:
    vectors = 0.4 * rng.standard_normal((n, 128)) + rng.standard_normal((clusters, 128))[rng.integers(clusters, size=n)]
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture(params=["exact", "compressed"])
def built(request: pytest.FixtureRequest, rng: np.random.Generator, tmp_path: Path) -> TrackIndex:
    goal = Goal() if request.param == "exact" else COMPRESSED
    vectors = unit(rng, 3000)
    blocks = ((np.arange(start, start + 500) * 3, vectors[start : start + 500]) for start in range(0, 3000, 500))
    index = TrackIndex.build_blocks(blocks, tmp_path / "one", goal=goal)
    assert index.facts.kind == request.param
    return index


def all_vectors(index: TrackIndex) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    rows = np.arange(3000) * 3
    return rows, index.vectors(rows)


def test_vectors_and_density_are_looked_up_by_row(built: TrackIndex) -> None:
    rows, vectors = all_vectors(built)
    sample = built.sample[:2048]
    cosines = np.sort(vectors[:50] @ sample.T, axis=1)
    own = cosines[:, -1] > 0.9999  # itself, where it was drawn
    expected = [
        row[-NEIGHBOURS - mine : len(row) - mine].mean() for row, mine in zip(cosines, own.astype(int), strict=True)
    ]
    np.testing.assert_allclose(built.density(rows[:50]), expected, atol=2e-3)
    assert (digests(vectors[:50]) == built.digests(rows[:50])).mean() > 0.5  # but for rounding in the last place
    with pytest.raises(CatalogError, match="row 7 "):
        built.vectors([0, 7])


def test_changes_equal_exact_search_over_what_is_left(
    built: TrackIndex, rng: np.random.Generator, tmp_path: Path
) -> None:
    rows, vectors = all_vectors(built)
    gone, fresh = rows[::20], unit(rng, 100)
    renumber = np.column_stack([rows, rows + 100_000])
    new = built.update(tmp_path / "two", add=(np.arange(100), fresh), remove=gone, renumber=renumber)
    assert len(new) == 3000 - 150 + 100
    kept = ~np.isin(rows, gone)
    now = np.concatenate([rows[kept] + 100_000, np.arange(100)])
    matrix = np.concatenate([vectors[kept], fresh])
    queries = np.concatenate([vectors[:40], fresh[:40]])  # among them removed ones
    _, found = new.search(queries, 10)
    true = now[np.argsort(-(queries @ matrix.T), axis=1)[:, :10]]
    assert (
        np.mean([len(set(a) & set(b)) for a, b in zip(found, true, strict=True)]) >= 9.2
    )  # of the 9.5 that were asked for
    assert not np.isin(found, gone + 100_000).any()
    np.testing.assert_array_equal(new.search(fresh, 1)[1][:, 0], np.arange(100))
    np.testing.assert_allclose(new.vectors([5, 100_003]), np.stack([fresh[5], vectors[1]]), atol=1e-3)
    with pytest.raises(CatalogError, match="is not in the index"):
        new.vectors([100_000])
    assert (built.search(vectors[:5], 1)[1][:, 0] == rows[:5]).all()  # who has the old one open goes on


def test_an_update_of_an_update(built: TrackIndex, rng: np.random.Generator, tmp_path: Path) -> None:
    fresh = unit(rng, 30)
    two = built.update(tmp_path / "two", add=(np.arange(1, 60, 2) * 3 + 1, fresh))
    three = two.update(tmp_path / "three", add=([2], fresh[:1]), remove=[4, 0])
    assert (three.facts.added, three.facts.removed, len(three)) == (30, 1, 3000 - 1 + 30)
    _, found = three.search(fresh[:2], 1)
    assert found[:, 0].tolist() == [2, 10]
    with pytest.raises(CatalogError, match="row 2 is in the index already"):
        three.update(tmp_path / "four", add=([2], fresh[:1]))


def test_an_added_vector_that_holds_nan_is_refused(built: TrackIndex, rng: np.random.Generator, tmp_path: Path) -> None:
    fresh = unit(rng, 3)
    fresh[1, 5] = np.nan
    with pytest.raises(CatalogError, match="row 4: its vector holds numbers that are none"):
        built.update(tmp_path / "two", add=([1, 4, 7], fresh))


def test_many_removed_do_not_leave_a_query_short(rng: np.random.Generator, tmp_path: Path) -> None:
    vectors = unit(rng, 400, clusters=2)
    index = TrackIndex.build(vectors, np.arange(400), tmp_path / "one")
    near = np.argsort(-(vectors @ vectors[0]))[:250]
    new = index.update(tmp_path / "two", add=([], np.zeros((0, 128))), remove=near)
    scores, found = new.search(vectors[:1], 20)
    assert (found >= 0).all()
    assert not np.isin(found, near).any()
    assert (np.diff(scores[0]) <= 0).all()
    assert (new.search(vectors[:1], 200)[1] >= 0).sum() == 150


def test_when_to_build_anew(built: TrackIndex) -> None:
    most = int(MOST_CHANGED * 3000)
    assert built.worth_updating(most - 5, 5)
    assert not built.worth_updating(most, 1)


@pytest.mark.parametrize("name", ["tracks.faiss", "tracks.vectors", "tracks.rows.npy", "tracks.order.npy"])
def test_a_cut_or_altered_file_is_told(built: TrackIndex, tmp_path: Path, name: str) -> None:
    path = tmp_path / "one" / name
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CatalogError, match="unisono index"):
        TrackIndex.open(tmp_path / "one")
    path.write_bytes(bytes([whole[0] ^ 255]) + whole[1:])
    with pytest.raises(CatalogError, match="unisono index"):
        TrackIndex.open(tmp_path / "one")
    path.write_bytes(whole)
    assert len(TrackIndex.open(tmp_path / "one")) == 3000


def test_other_formats(built: TrackIndex, tmp_path: Path) -> None:
    path = tmp_path / "one" / "tracks.json"
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {"format": 99}))
    with pytest.raises(CatalogError, match="newer Unisono"):
        TrackIndex.open(tmp_path / "one")
    old = {key: facts[key] for key in ("kind", "entries", "recall_at_10", "sample", "lists", "probed")}
    path.write_text(json.dumps(old | {"hop_s": None}))
    index = TrackIndex.open(tmp_path / "one")
    assert index.search(built.vectors([9]), 1)[1][0, 0] == 9
    with pytest.raises(CatalogError, match="older Unisono"):
        index.vectors([9])


def test_a_query_of_another_model_is_refused(built: TrackIndex) -> None:
    with pytest.raises(CatalogError, match="different models"):
        built.search(np.zeros((1, 64), np.float32), 3)


@pytest.mark.parametrize(
    ("n", "memory", "structure"),
    [
        (200_000, 2 << 30, ""),
        (200_001, 2 << 30, "P128,IVF1024,SQ8"),
        (1_000_000, 100 << 20, "P64,IVF2048,SQ8"),
        (30_000_000, 2 << 30, "P32,IVF16384_HNSW32,SQ8"),
        (30_000_000, 8 << 30, "P128,IVF16384_HNSW32,SQ8"),
    ],
)
def test_the_structure_follows_size_and_memory(n: int, memory: int, structure: str) -> None:
    chosen = plan(n, 128, Goal(memory=memory))
    assert (chosen.structure if chosen.lists else "") == structure
    assert chosen.bytes_per_track * n <= memory


def test_too_little_memory_says_how_much() -> None:
    with pytest.raises(UsageError, match="--memory"):
        plan(30_000_000, 128, Goal(memory=1 << 20))
    with pytest.raises(UsageError, match="recall"):
        Goal(recall=1.5)


def test_coarse_codes_are_made_up_for_by_the_vectors(rng: np.random.Generator, tmp_path: Path) -> None:
    vectors = unit(rng, 5000)
    goal = Goal(exact_up_to=100, memory=5000 * 90)
    index = TrackIndex.build(vectors, np.arange(5000), tmp_path, goal=goal)
    assert index.facts.structure.startswith("P64,")
    assert index.facts.recall_at_10 >= 0.95
    scores, found = index.search(vectors[:100], 1)
    np.testing.assert_array_equal(found[:, 0], np.arange(100))
    np.testing.assert_allclose(scores, 1.0, atol=1e-3)
