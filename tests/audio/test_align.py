"""Alignment against brute force over every line, and on sequences whose true alignment is known."""

import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.align import Alignment, align, align_many
from audio.align_seeds import AlignConfig

NOTHING = Alignment()


def music(n: int, seed: int, kept: float = 0.6) -> np.ndarray:
    """A wandering vector [n, 128], as overlapping windows make it: neighbours are alike, far places are not."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(n, 128))
    for index in range(1, n):
        steps[index] = kept * steps[index - 1] + np.sqrt(1 - kept**2) * steps[index]
    return steps


def codes(vectors: np.ndarray, noise: float = 0.5, seed: int = 9) -> np.ndarray:
    """Sign bits [n, 16] of the vectors, degraded."""
    degraded = vectors + noise * np.random.default_rng(seed).normal(size=vectors.shape)
    return np.packbits(degraded > 0, axis=1)


def sampled(vectors: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The vectors at fractional times, in between two by interpolation."""
    before = np.minimum(np.floor(times).astype(int), len(vectors) - 2)
    share = (times - before)[:, None]
    return np.asarray((1 - share) * vectors[before] + share * vectors[before + 1])


def brute_force(a: np.ndarray, b: np.ndarray, heard_a: np.ndarray, heard_b: np.ndarray, floor: float) -> float:
    """The largest excess over the floor of any contiguous run on any diagonal, cell by cell."""
    best = 0.0
    for offset in range(-len(a) + 1, len(b)):
        running = 0.0
        for i in range(max(0, -offset), min(len(a), len(b) - offset)):
            if heard_a[i] and heard_b[i + offset]:
                differing = bin(int.from_bytes((a[i] ^ b[i + offset]).tobytes(), "big")).count("1")
                running = max(0.0, running + 1 - differing / 64 - floor)
                best = max(best, running)
    return best


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(1, 30), st.integers(0, 12))
def test_no_diagonal_beats_the_one_found(seed: int, n: int, m: int, common: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = music(n, seed), music(m, seed + 1)
    common = min(common, n, m)
    from_a, from_b = rng.integers(n - common + 1), rng.integers(m - common + 1)
    b[from_b : from_b + common] = a[from_a : from_a + common]
    heard_a, heard_b = rng.random(n) > 0.1, rng.random(m) > 0.1
    code_a, code_b = codes(a, 0.3, 1), codes(b, 0.3, 2)
    config = AlignConfig()
    found = align(code_a, code_b, audible_a=heard_a, audible_b=heard_b)
    best = brute_force(code_a, code_b, heard_a, heard_b, config.floor)
    excess = found.matched_segments * (found.similarity - config.floor)
    if found.matched_segments:
        assert excess >= best - 1e-6  # more than any diagonal has only where another speed explains more
        assert excess <= best + 1e-6 or found.speed != 1
    else:
        assert best < 3 * (1 - config.floor)


def test_the_same_recording() -> None:
    a = music(200, 1)
    found = align(codes(a, 0.5, 1), codes(a, 0.5, 2))
    assert found.similarity > 0.55
    assert found.offset_s == pytest.approx(0, abs=0.1)
    assert (found.speed, found.covered_a, found.covered_b, found.matched_segments) == (1.0, 1.0, 1.0, 200)


@pytest.mark.parametrize("seed", range(10))
def test_unrelated_recordings(seed: int) -> None:
    found = align(codes(music(200, seed), 0.5, 50), codes(music(180, seed + 100), 0.5, 51))
    assert found.similarity < 0.15
    assert (found.covered_a, found.covered_b, found.matched_segments) == (0, 0, 0)


@pytest.mark.parametrize("start", [0.0, 12.5, 37.3, -20.0])
def test_an_excerpt(start: float) -> None:
    whole = music(220, 3)
    times = np.arange(100.0) + max(0.0, start)
    excerpt = sampled(whole, times)
    if start < 0:
        excerpt = np.concatenate([music(int(-start), 4), excerpt])
    found = align(codes(excerpt, 0.4, 1), codes(whole, 0.4, 2), hop_s=1.0)
    assert found.offset_s == pytest.approx(start, abs=0.3)
    assert found.covered_a == pytest.approx(100 / len(excerpt), abs=0.02)
    assert found.covered_b == pytest.approx(100 / 220, abs=0.02)


@pytest.mark.parametrize("factor", [0.905, 0.95, 0.99, 0.996, 1.004, 1.01, 1.05, 1.095])
@pytest.mark.parametrize("n", [60, 200, 900])
def test_another_speed(factor: float, n: int) -> None:
    original = music(n, 5)
    faster = sampled(original, np.arange(0, n - 1, factor))
    found = align(codes(original, 0.4, 1), codes(faster, 0.4, 2))
    assert found.speed == pytest.approx(factor, abs=1.0 / n)
    assert min(found.covered_a, found.covered_b) > 0.95
    assert found.similarity > 0.5
    back = align(codes(faster, 0.4, 2), codes(original, 0.4, 1))
    assert back.speed == pytest.approx(1 / factor, abs=1.0 / n)


def test_loops_take_the_offset_that_explains_the_whole() -> None:
    bars = np.tile(music(16, 6), (13, 1))
    found = align(codes(bars, 0.3, 1), codes(bars, 0.3, 2))
    assert found.offset_s == pytest.approx(0, abs=0.1)
    assert found.covered_a == 1
    exact = align(codes(bars, 0), codes(bars[32:], 0))
    assert exact.offset_s == 0  # of equal explanations, the one that shifts least
    assert exact.covered_b == 1


def test_silence_matches_nothing() -> None:
    hush = np.zeros((50, 16), np.uint8)
    silent = np.zeros(50, bool)
    assert align(hush, hush, audible_a=silent, audible_b=silent) == NOTHING
    a, b = codes(music(100, 7)), codes(music(100, 8))
    a[40:70], b[20:50] = 0, 0
    heard_a, heard_b = np.ones(100, bool), np.ones(100, bool)
    heard_a[40:70], heard_b[20:50] = False, False
    assert align(a, b).matched_segments >= 30
    assert align(a, b, audible_a=heard_a, audible_b=heard_b).matched_segments == 0


def test_silence_inside_a_match_is_passed_over() -> None:
    a = music(100, 7)
    heard = np.ones(100, bool)
    heard[30:60] = False
    found = align(codes(a, 0.4, 1), codes(a, 0.4, 2), audible_a=heard, audible_b=heard)
    assert (found.matched_segments, found.covered_a, found.covered_b) == (70, 1, 1)
    assert found.seconds == 100


def test_silence_before_a_match_is_no_part_of_it() -> None:
    a, heard = music(100, 7), np.arange(100) >= 40
    found = align(codes(a, 0.4, 1), codes(a, 0.4, 2), audible_a=heard, audible_b=heard)
    assert (found.start_a_s, found.seconds, found.covered_a) == (40, 60, 1)


@pytest.mark.parametrize("seed", range(20))
def test_equal_speed_is_told_as_equal(seed: int) -> None:
    a = music(60, seed)
    assert align(codes(a, 0.8, 50), codes(a, 0.8, 51)).speed == pytest.approx(1.0, abs=0.004)


def test_wrong_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        align(np.zeros((5, 128), np.uint8), np.zeros((5, 128), np.uint8))


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 5), (1, 1), (2, 400), (3, 3)])
def test_short_sequences(n: int, m: int) -> None:
    b = codes(music(max(2, m), 8), 0)[:m]
    found = align(b[:n], b)
    assert found.matched_segments == n
    assert found.covered_a == (1 if n else 0)


def test_every_placement_in_a_long_file() -> None:
    track, other, show = music(60, 1), music(60, 2), music(1000, 3)
    for start, part in ((100, track), (400, track[20:]), (700, other), (850, track[:30])):
        show[start : start + len(part)] = part
    found = align_many(codes(show, 0.4, 1), codes(track, 0.4, 2))
    places = {(round(one.start_a_s), round(one.start_b_s)): one for one in found}
    assert set(places) == {(100, 0), (400, 20), (850, 0)}
    assert [one.matched_segments for one in found] == sorted((one.matched_segments for one in found), reverse=True)
    assert sum(one.covered_a for one in found) == pytest.approx(130 / 1000, abs=0.005)
    assert align_many(codes(music(300, 12)), codes(track)) == []


def test_blocks_change_nothing() -> None:
    original = music(300, 5)
    a, b = codes(original, 0.4, 1), codes(sampled(original, np.arange(0, 290, 1.03)), 0.4, 2)
    assert align(a, b) == align(a, b, config=AlignConfig(block_cells=700))


def test_two_hours_against_two_hours_in_bounded_memory() -> None:
    original = music(7200, 5)
    a, b = codes(original, 0.5, 1), codes(sampled(original, np.arange(0, 7000, 1.0021)), 0.5, 2)
    tracemalloc.start()
    found = align(a, b)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.speed == pytest.approx(1.0021, abs=1e-4)
    assert found.covered_b > 0.99
    assert peak < 60e6


def test_two_songs_take_about_a_millisecond() -> None:
    a, b = codes(music(200, 1)), codes(music(200, 2))
    costs = []
    for _ in range(20):
        started = time.process_time()
        align(a, b)
        costs.append(time.process_time() - started)
    assert min(costs) < 5e-3  # measured: 0.7 ms


def test_bits_that_are_equally_sure_give_what_codes_give() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 256, (40, 16), np.uint8), rng.integers(0, 256, (60, 16), np.uint8)
    b[20:50] = a[5:35] ^ np.packbits(rng.random((30, 128)) < 0.1, axis=1)
    soft = np.unpackbits(a, axis=1).astype(np.float32) * 5 - 2.5
    hard, same = align(a, b), align(a, b, soft_a=soft)
    assert same.matched_segments == hard.matched_segments
    assert (same.offset_s, same.similarity) == pytest.approx((hard.offset_s, hard.similarity), abs=1e-5)


def test_a_short_stretch_of_equal_speed_has_no_other() -> None:
    wrong = 0
    for seed in range(40):
        b = music(120, seed, kept=0.8)
        times = np.arange(45, 61) + 0.4
        a = np.concatenate([music(20, seed + 500, kept=0.8), sampled(b, times), music(20, seed + 900, kept=0.8)])
        found = align(codes(a, 0.3, 1), codes(b, 0.3, 2))
        assert found.matched_segments >= 12
        wrong += abs(found.speed - 1) > 0.004
    assert wrong <= 1
