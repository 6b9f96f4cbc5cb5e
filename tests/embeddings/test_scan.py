"""The scan of excerpts against loops over every place."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings import index_segments as index_module
from embeddings.index_segments import SegmentIndex
from embeddings.scan import BESIDE, excerpt_scores

Tracks = list[tuple[int, NDArray[np.uint8], NDArray[np.bool_]]]


@pytest.fixture
def tracks(rng: np.random.Generator) -> Tracks:
    """Tracks of several lengths, some with silences in them."""
    lengths = (5, 40, 3, 17, 60, 1)
    return [(10 * i, rng.integers(0, 256, (n, 16), np.uint8), rng.random(n) > 0.15) for i, n in enumerate(lengths)]


def signs(code: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.unpackbits(code) * 2.0 - 1


def by_loops(soft: NDArray[np.float32], begins: NDArray[np.float64], tracks: Tracks) -> list[float]:
    """The same, place by place; silence and what is outside of the track resemble nothing."""
    found = []
    for _, codes, audible in tracks:
        best = -1.0
        for quarter in range(-4 * 40, 4 * 70):
            offset = quarter / 4
            total = weights = 0.0
            for vector, begin in zip(soft, begins, strict=True):
                place = round(begin + offset + 1e-9)
                weight = 1 - BESIDE * abs(begin + offset - place)
                weights += weight
                if 0 <= place < len(codes) and audible[place]:
                    total += weight * float(vector @ signs(codes[place]) / np.abs(vector).sum())
            best = max(best, total / weights)
        found.append(best)
    return found


@pytest.mark.parametrize("step", [1.0, 0.25])
def test_equals_loops_over_every_place(rng: np.random.Generator, tracks: Tracks, step: float) -> None:
    soft = rng.standard_normal((7, 128)).astype(np.float32)
    begins = -0.5 + step * np.arange(7) if step < 1 else np.arange(7.0)
    heard = [(row, codes, audible) for row, codes, audible in tracks if audible.any()]
    codes = np.concatenate([codes[audible] for _, codes, audible in heard])
    places = np.concatenate([np.flatnonzero(audible) for *_, audible in heard]).astype(np.uint16)
    firsts = np.cumsum([0, *(int(audible.sum()) for *_, audible in heard)])[:-1]
    scores = excerpt_scores(soft, begins, codes, firsts, places)
    expected = by_loops(soft, begins, heard)
    if step < 1:  # where a segment is half a hop from two stored ones, either may be taken
        np.testing.assert_allclose(scores, expected, atol=0.05)
    else:
        np.testing.assert_allclose(scores, expected, atol=1e-5)


def test_an_index_scans_in_blocks(
    rng: np.random.Generator, tracks: Tracks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = SegmentIndex.build(tracks, tmp_path)
    part = np.stack([signs(code) for code in tracks[4][1][20:26]]) * rng.random((6, 128))
    noisy = (part + rng.standard_normal((6, 128))).astype(np.float32)
    whole = index.scan(noisy, np.arange(6.0), 6)
    assert whole[0] == 40
    monkeypatch.setattr(index_module, "BLOCK", 16)
    assert index.scan(noisy, np.arange(6.0), 6) == whole
    assert index.scan(noisy, np.arange(6.0), 2) == whole[:2]


def test_too_many_segments_are_not_scanned(
    rng: np.random.Generator, tracks: Tracks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = SegmentIndex.build(tracks, tmp_path)
    monkeypatch.setattr(index_module, "SCANNED_SEGMENTS", 10)
    assert index.scan(rng.standard_normal((2, 128)).astype(np.float32), np.arange(2.0), 3) == []


def test_an_empty_excerpt_is_nowhere(tracks: Tracks, tmp_path: Path) -> None:
    assert SegmentIndex.build(tracks, tmp_path).scan(np.zeros((0, 128), np.float32), np.zeros(0), 3) == []
