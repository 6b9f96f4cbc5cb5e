import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.errors import CatalogError
from embeddings.index import TrackIndex
from embeddings.index_choice import Goal
from embeddings.index_segments import SegmentIndex


def unit(rng: np.random.Generator, n: int, d: int = 128, clusters: int | None = None) -> NDArray[np.float32]:
    vectors = rng.standard_normal((n, d))
    if clusters:
        vectors = 0.3 * vectors + rng.standard_normal((clusters, d))[rng.integers(clusters, size=n)]
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def tracks_of(
    rng: np.random.Generator, count: int, length: int = 40
) -> list[tuple[int, NDArray[np.uint8], NDArray[np.bool_]]]:
    return [(7 * i, rng.integers(0, 256, (length, 16), dtype=np.uint8), rng.random(length) > 0.2) for i in range(count)]


def test_exact_tracks_equal_brute_force(rng: np.random.Generator, tmp_path: Path) -> None:
    vectors, rows = unit(rng, 300), rng.permutation(10_000)[:300]
    scores, found = TrackIndex.build(vectors, rows, tmp_path).search(vectors[:5], 10)
    expected = vectors[:5] @ vectors.T
    order = np.argsort(-expected, axis=1)[:, :10]
    np.testing.assert_array_equal(found, rows[order])
    np.testing.assert_allclose(scores, np.take_along_axis(expected, order, 1), atol=2e-4)  # kept in 16 bits


def test_excluded_rows_never_come_back(rng: np.random.Generator, tmp_path: Path) -> None:
    vectors = unit(rng, 50)
    index = TrackIndex.build(vectors, np.arange(50), tmp_path)
    _, all_rows = index.search(vectors[:1], 50)
    _, rest = index.search(vectors[:1], 5, exclude=all_rows[0, :3].tolist())
    np.testing.assert_array_equal(rest[0], all_rows[0, 3:8])


def test_compressed_tracks_state_their_recall_against_exact_search(rng: np.random.Generator, tmp_path: Path) -> None:
    vectors = unit(rng, 6000, clusters=60)
    index = TrackIndex.build(vectors, np.arange(6000), tmp_path, goal=Goal(exact_up_to=1000))
    stored = json.loads((tmp_path / "tracks.json").read_text())
    assert stored["kind"] == index.facts.kind == "compressed"
    queries = vectors[rng.permutation(6000)[:100]]
    _, found = index.search(queries, 10)
    exact = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, exact, strict=True)])
    assert stored["recall_at_10"] >= 0.9
    assert recall == pytest.approx(stored["recall_at_10"], abs=0.05)


def test_exact_segments_equal_brute_force_and_name_their_second(rng: np.random.Generator, tmp_path: Path) -> None:
    tracks = tracks_of(rng, 20)
    index = SegmentIndex.build(tracks, tmp_path, hop_s=0.5)
    places = [(row, i * 0.5, codes[i]) for row, codes, audible in tracks for i in np.flatnonzero(audible)]
    bits = np.unpackbits(np.stack([code for *_, code in places]), axis=1)
    queries = np.stack([places[i][2] for i in (0, 17, 200)]) ^ np.uint8(1)  # one bit of each byte differs
    scores, rows, seconds = index.search(queries, 1)
    share = (np.unpackbits(queries, axis=1)[:, None] == bits).mean(2)
    best = share.argmax(1)
    np.testing.assert_allclose(scores[:, 0], share.max(1), atol=1e-6)
    assert rows[:, 0].tolist() == [places[i][0] for i in best]
    assert seconds[:, 0].tolist() == [places[i][1] for i in best]
    assert index.facts.entries == len(places)


def test_compressed_segments_find_noisy_copies(rng: np.random.Generator, tmp_path: Path) -> None:
    tracks = tracks_of(rng, 200)
    index = SegmentIndex.build(tracks, tmp_path, exact_up_to=100)
    assert index.facts.kind == "compressed"
    assert index.facts.recall_at_10 >= 0.95
    row, codes, audible = tracks[123]
    place = np.flatnonzero(audible)[5]
    noisy = np.packbits(np.unpackbits(codes[place]) ^ (rng.random(128) < 0.1))[None]
    _, rows, seconds = index.search(noisy, 1)
    assert (rows[0, 0], seconds[0, 0]) == (row, place)


def test_empty_indexes_answer_with_nothing(tmp_path: Path) -> None:
    index = SegmentIndex.build([], tmp_path)
    scores, rows, seconds = index.search(np.zeros((2, 16), np.uint8), 3)
    assert (rows == -1).all()
    assert np.isneginf(scores).all()
    assert np.isnan(seconds).all()
    scores, rows = TrackIndex.build(np.zeros((0, 128), np.float32), [], tmp_path).search(
        np.ones((1, 128), np.float32), 2
    )
    assert rows.tolist() == [[-1, -1]]
    assert np.isneginf(scores).all()


def test_fewer_entries_than_asked_for_are_padded(rng: np.random.Generator, tmp_path: Path) -> None:
    vectors = unit(rng, 3)
    scores, rows = TrackIndex.build(vectors, [5, 6, 7], tmp_path).search(vectors[:1], 5)
    assert set(rows[0].tolist()) == {5, 6, 7, -1}
    assert np.isneginf(scores[0, 3:]).all()


def test_missing_or_damaged_index_says_how_to_build_it(rng: np.random.Generator, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="unisono index"):
        TrackIndex.open(tmp_path)
    TrackIndex.build(unit(rng, 5), np.arange(5), tmp_path)
    (tmp_path / "tracks.faiss").write_bytes(b"not an index")
    with pytest.raises(CatalogError, match="unisono index"):
        TrackIndex.open(tmp_path)
