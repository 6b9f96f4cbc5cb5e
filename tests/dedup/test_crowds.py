"""What crowds of tracks of one title may teach the model."""

import numpy as np

from dedup.candidates import Blocking
from dedup.crowds import Crowds

BLOCKING = Blocking()
RNG = np.random.default_rng(5)


def _stepped(count, step):
    """Both sides of the pairs of a crowd whose members stand so far apart by duration."""
    return np.arange(count - step, dtype=np.int32), np.arange(step, count, dtype=np.int32)


def test_tracks_of_a_crowd_are_ranked_by_duration_and_unknown_ones_come_last():
    number = np.array([-1, 3, 3, -1, 3, 9, 9])
    seconds = np.array([100, 210, np.nan, 100, 200, 60, 60], np.float32)
    crowds = Crowds.of(number, seconds)
    assert crowds.rank.tolist() == [0, 1, 2, 0, 0, 0, 1]
    assert crowds.size.tolist() == [0, 3, 3, 0, 3, 0, 0]


def test_a_hit_on_compilations_counts_whole():
    takes = RNG.choice([187.0, 214.0, 251.0], 5000, p=[0.6, 0.25, 0.15])
    seconds = np.where(RNG.random(5000) < 0.1, np.nan, takes + RNG.normal(0, 0.8, 5000)).astype(np.float32)
    a, b = RNG.integers(0, 5000, (2, 5000)).astype(np.int32)
    assert Crowds.of(np.zeros(5000, np.int64), seconds).counting(a, b, BLOCKING).all()
    copies = Crowds.of(np.zeros(5000, np.int64), np.full(5000, 187, np.float32))
    assert copies.counting(a, b, BLOCKING).all()
    unknown = Crowds.of(np.zeros(5000, np.int64), np.full(5000, np.nan, np.float32))
    assert unknown.counting(a, b, BLOCKING).all()


def test_performances_in_whole_seconds_are_even():
    seconds = np.round(RNG.normal(420, 25, 333)).astype(np.float32)
    assert (Crowds.of(np.zeros(333, np.int64), seconds).size == 333).all()


def test_all_pairs_outside_crowds_count():
    a, b = RNG.integers(0, 1000, (2, 5000)).astype(np.int32)
    assert Crowds.of(np.full(1000, -1), np.zeros(1000, np.float32)).counting(a, b, BLOCKING).all()
    apart = Crowds.of(np.arange(1000), np.zeros(1000, np.float32)).counting(a[a != b], b[a != b], BLOCKING)
    assert apart.all()


def test_neighbours_of_a_crowd_count_as_seldom_as_among_all_its_pairs():
    count = 20_000
    crowds = Crowds.of(np.zeros(count, np.int64), np.arange(count, dtype=np.float32) / 100)
    near = [crowds.counting(*_stepped(count, step), BLOCKING).sum() for step in range(1, BLOCKING.window + 1)]
    far = [crowds.counting(*_stepped(count, BLOCKING.window << power), BLOCKING).sum() for power in range(1, 11)]
    assert sum(near) < 0.01 * sum(far)
    assert sum(far) < 20 * BLOCKING.copies  # ten for each of so many tracks


def test_a_pair_counts_whichever_of_its_tracks_stands_first():
    crowds = Crowds.of(np.zeros(3000, np.int64), RNG.uniform(100, 200, 3000).astype(np.float32))
    a, b = RNG.integers(0, 3000, (2, 5000)).astype(np.int32)
    assert (crowds.counting(a, b, BLOCKING) == crowds.counting(b, a, BLOCKING)).all()


def test_what_is_saved_is_opened(tmp_path):
    crowds = Crowds.of(np.array([0, 0, -1]), np.array([2, 1, 3], np.float32))
    crowds.save(tmp_path)
    assert all((one == other).all() for one, other in zip(crowds, Crowds.open(tmp_path), strict=True))
