"""Lengths that say nothing, and such as do."""

import numpy as np

from dedup.lengths import LEAST, shared_lengths, silent

RNG = np.random.default_rng(3)


def _shared(source, seconds, title, version=None):
    hashed = [np.asarray(one, np.uint64) for one in (title, title if version is None else version)]
    return shared_lengths(np.asarray(source, np.int32), np.asarray(seconds, np.float32), *hashed)


def test_previews_say_nothing_and_full_lengths_of_another_source_do():
    full = RNG.uniform(120, 400, 200)
    source, seconds = np.repeat([0, 1], 200), np.concatenate([29.8 + RNG.uniform(0, 0.4, 200), full])
    shared = _shared(source, seconds, [*range(200), *range(200)])
    assert shared == [(0, 30)]
    quiet = silent(source.astype(np.int32), seconds.astype(np.float32), shared)
    assert quiet.tolist() == [True] * 200 + [False] * 200


def test_full_minutes_say_nothing():
    seconds = 60 * np.round(RNG.normal(220, 50, 400) / 60)
    assert {length for _, length in _shared(np.zeros(400), seconds, range(400))} >= {180, 240}


def test_songs_of_usual_lengths_all_speak():
    seconds = np.round(RNG.normal(210, 30, 2000))
    assert _shared(np.zeros(2000), seconds, range(2000)) == []


def test_a_hit_and_its_versions_are_one_title():
    copies = np.full(500, 215.0)
    assert _shared(np.zeros(500), copies, np.zeros(500)) == []
    assert _shared(np.zeros(500), copies, np.arange(500) % (LEAST - 1), range(500)) == []


def test_versions_of_many_lengths_do_not_make_one_common():
    title, base = np.repeat(np.arange(100), 17), np.repeat(RNG.integers(170, 230, 100), 17)
    seconds = base + np.tile(np.arange(17) * 7, 100)
    assert _shared(np.zeros(1700), seconds, title, range(1700)) == []


def test_works_that_hundreds_have_played_keep_their_lengths():
    title = np.repeat(np.arange(60), 300)
    seconds = np.round(RNG.normal(np.repeat(RNG.integers(150, 500, 60), 300), 25))
    assert _shared(np.zeros(len(title)), seconds, title) == []


def test_previews_of_titles_that_are_listed_in_full_too_say_nothing():
    title = np.tile(np.arange(200), 3)
    seconds = np.concatenate([np.full(200, 30.0), RNG.uniform(120, 400, 400)])
    assert _shared(np.zeros(600), seconds, title) == [(0, 30)]


def test_what_states_no_length_is_not_counted():
    seconds = np.array([np.nan] * 50 + [30.0] * LEAST)
    shared = _shared(np.zeros(50 + LEAST), seconds, range(50 + LEAST))
    assert shared == [(0, 30)]
    assert not silent(np.zeros(50, np.int32), seconds[:50].astype(np.float32), shared).any()
    assert _shared([], [], []) == []
