"""The releases that sound is calibrated on: those of each name, of a recording one, and only those that are heard."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from dedup.artist_releases import Releases, releases
from dedup.artist_sound import SILENT
from dedup.artist_sound_fit import MOST_RELEASES, _sets, calibrate
from tests.dedup.artist_examples import traits


def track(name: str, number: int, **more: Any) -> dict[str, Any]:
    return {"track_id": f"{name}-{number:05}", "position": 0, "name": name, "source": "test", **more}


def heard(name: str, number: int, rng: np.random.Generator, **more: Any) -> dict[str, Any]:
    vector = rng.normal(size=4)
    return track(name, number, vector=(vector / np.linalg.norm(vector)).tolist(), **more)


def first_of_each_recording(found: Releases) -> list[list[int]]:
    """By definition: for each name its heard releases that hold no recording of an earlier heard one of its own."""
    sets: dict[int, list[int]] = {}
    for one in np.flatnonzero(found.heard).tolist():
        mine = set(found.values["recording"].codes_of(one).tolist())
        earlier = [other for other in range(one) if found.key[other] == found.key[one] and found.heard[other]]
        if not any(mine & set(found.values["recording"].codes_of(other).tolist()) for other in earlier):
            sets.setdefault(int(found.key[one]), []).append(one)
    return [sets[name] for name in sorted(sets)]


@pytest.mark.parametrize("seed", range(12))
def test_of_releases_that_share_a_recording_the_first_is_measured(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(150):
        known = {"recording_id": f"take {rng.integers(15)}", "album_core": f"album {rng.integers(8)}"}
        given = {column: value for column, value in known.items() if rng.random() < 0.7}
        row = heard(f"quartet {rng.integers(12)}", i, rng, **given)
        rows.append(row if rng.random() < 0.7 else row | {"vector": None})
    found, _ = releases(traits(rows))
    expected = first_of_each_recording(found)
    assert max(map(len, expected)) <= MOST_RELEASES
    assert max(found.values["recording"].counts) > 1
    assert [sorted(each.tolist()) for each in _sets(found, rng)] == expected


def test_a_name_of_thousands_of_releases_is_measured_without_its_pairs() -> None:
    rng = np.random.default_rng(3)
    rows = [heard("Radio Symphony Orchestra", i, rng, recording_id=f"take {i % 1500}") for i in range(3000)]
    found, _ = releases(traits(rows))
    tracemalloc.start()
    try:
        (drawn,) = _sets(found, rng)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(set(drawn.tolist())) == MOST_RELEASES
    assert drawn.max() < 1500
    assert peak < 5_000_000  # the pairs alone would be 72 MB


def test_without_a_pair_of_strangers_that_are_both_heard_sound_says_nothing() -> None:
    rng = np.random.default_rng(4)
    rows = [heard(f"singer {n}", i, rng) for n in range(8) for i in range(2)]
    found, _ = releases(traits([*rows, *(track(f"unheard {n}", 0) for n in range(8))]))
    sung, silent = np.flatnonzero(found.heard), np.flatnonzero(~found.heard)
    assert calibrate(found, sung[:8], silent, rng) == SILENT
    assert calibrate(found, sung[:0], silent[:0], rng) == SILENT
    assert calibrate(found, sung[:8], sung[8:], rng) != SILENT


@pytest.mark.parametrize("broken", [float("inf"), float("-inf"), float("nan")])
def test_a_vector_with_a_number_that_is_none_leaves_its_release_unheard(broken: float) -> None:
    rows = [track("Nico", i, vector=[broken if i == 1 else 0.6, 0.8], album_core=f"album {i // 2}") for i in range(4)]
    found, _ = releases(traits(rows))
    assert found.heard.tolist() == [False, True]
    assert found.vectors[1] == pytest.approx([0.6, 0.8])
    assert np.isfinite(found.by_key().vectors).all()
