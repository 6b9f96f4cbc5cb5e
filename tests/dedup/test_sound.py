"""Audio levels of made-up codes: copies, trims beside the grid, loops, excerpts, strangers, silence."""

import numpy as np
import pytest

from audio.align import Alignment
from dedup.fields import FIELD_NAMES, FIELDS
from dedup.sound import CODE_BYTES, Hearing, hear, on_grid

HEARING = Hearing()
LEVELS = [level.name for level in FIELDS[FIELD_NAMES.index("audio")].levels]


def codes(seconds, seed):
    return np.random.default_rng(seed).integers(0, 256, (seconds, CODE_BYTES), np.uint8)


def flipped(track, share, seed=1):
    """The codes with a share of all bits flipped."""
    flips = np.random.default_rng(seed).random((len(track), 8 * CODE_BYTES)) < share
    return track ^ np.packbits(flips, axis=1)


def level(a, b, audible_a=None, audible_b=None):
    marks = [np.ones(len(track), np.uint8) if m is None else m for track, m in ((a, audible_a), (b, audible_b))]
    sides = ([a.tobytes()], [marks[0].tobytes()], [b.tobytes()], [marks[1].tobytes()])
    found = hear(sides, 1.0, HEARING)[0][0]
    return None if found < 0 else LEVELS[found]


@pytest.mark.parametrize(("share", "expected"), [(0.0, "same sound"), (0.08, "same sound"), (0.2, "similar sound")])
def test_what_a_copy_loses(share, expected):
    track = codes(60, 3)
    assert level(track, flipped(track, share)) == expected


def test_strangers():
    assert level(codes(60, 3), codes(60, 4)) == "other sound"


def test_a_trim_of_an_end_is_the_same_sound_an_excerpt_is_a_part():
    track = codes(60, 3)
    assert level(track, flipped(track[4:], 0.05)) == "same sound"
    assert level(track, flipped(track[30:45], 0.05)) == "same sound in part"


@pytest.mark.parametrize(("speed", "expected"), [(1.005, "same sound"), (1.04, "same sound, other speed")])
def test_drift_is_the_same_sound_and_a_sped_up_track_is_a_version(speed, expected):
    track = codes(200, 3)
    played = track[np.rint(np.arange(int(200 / speed)) * speed).astype(int)]
    assert level(track, flipped(played, 0.05)) == level(flipped(played, 0.05), track) == expected


def test_more_rounds_of_a_loop_are_the_same_sound():
    loop = codes(30, 5)
    played = np.concatenate([loop, loop, loop[:20]])
    assert level(flipped(played, 0.05), loop) == "same sound"
    assert level(loop, flipped(played, 0.05)) == "same sound"
    continued = np.concatenate([loop, codes(40, 6)])
    assert level(continued, loop) == "same sound in part"


def test_silence_and_clips_say_nothing():
    track = codes(60, 3)
    assert level(track, track, audible_b=np.zeros(60, np.uint8)) is None
    assert level(track[:2], track[:2]) is None
    assert hear(([None], [None], [track.tobytes()], [b"\x01" * 60]), 1.0, HEARING)[0][0] == -1


def test_similarity_beside_the_grid_is_judged_by_its_distance():
    def found(offset, speed=1.0):
        return on_grid(Alignment(similarity=0.5, offset_s=offset, speed=speed), 1.0, HEARING)

    assert found(3.0) == pytest.approx(0.5)
    assert found(-2.5) == pytest.approx(0.5 / (1 - 0.5 * HEARING.beside))
    assert found(2.75) == found(3.25) == found(7.0, speed=1.03) == pytest.approx(0.5 / (1 - 0.25 * HEARING.beside))
    assert on_grid(Alignment(similarity=0.9, offset_s=0.5), 1.0, HEARING) == 1.0
