"""Silence, tones and steady noise are told from music."""

from pathlib import Path

import numpy as np
import pytest

from audio.activity import audible, audible_mel
from audio.augment import fixed
from audio.augment_noise import coloured
from audio.decode import decode
from audio.features import logmel, segment_count

RATE = 16000
TIME_S = np.arange(8 * RATE) / RATE


def melody(gain: float = 0.2) -> np.ndarray:
    """Three plucked notes a second."""
    pitches = 220 * 2 ** (np.random.default_rng(1).integers(0, 24, 24) / 12)
    notes = [np.sin(2 * np.pi * pitch * TIME_S[: RATE // 3]) * np.exp(-6 * TIME_S[: RATE // 3]) for pitch in pitches]
    return np.asarray(gain * np.concatenate(notes), np.float32)


def noise(colour: str, dbfs: float) -> np.ndarray:
    """Noise of that mean power."""
    samples = coloured(len(TIME_S), RATE, np.random.default_rng(2), colour=colour)
    return np.asarray(samples * 10 ** (dbfs / 20) / samples.std(), np.float32)


UNUSABLE = {
    "digital silence": np.zeros(8 * RATE, np.float32),
    "constant": np.full(8 * RATE, 0.25, np.float32),
    "dither": noise("white", -95),
    "white": noise("white", -20),
    "pink": noise("pink", -20),
    "brown": noise("brown", -40),
    "tone": np.asarray(0.3 * np.sin(2 * np.pi * 997 * TIME_S), np.float32),
    "mains hum": np.asarray(0.01 * sum(np.sin(100 * np.pi * k * TIME_S) / k for k in range(1, 9)), np.float32),
    "tone in noise": np.asarray(0.3 * np.sin(2 * np.pi * 440 * TIME_S), np.float32) + noise("white", -50),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_recognises_nothing(name: str) -> None:
    assert not audible(UNUSABLE[name]).any()
    assert not audible(fixed("mp3_32")(UNUSABLE[name], RATE, np.random.default_rng(0))).any()


@pytest.mark.parametrize("gain", [0.9, 0.01, 0.001])
def test_music_is_heard_at_any_level(gain: float) -> None:
    assert audible(melody(gain)).all()


def test_silence_inside_music() -> None:
    samples = np.concatenate([melody(), np.zeros(10 * RATE, np.float32), melody()])
    expected = [True] * 8 + [False] * 8 + [True] * 8  # a segment with a second of sound at either end still counts
    heard = audible(samples)
    assert [bool(value) for value in heard] == expected[: len(heard)]


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.5, 2.99, 3.0, 3.99, 4.0, 700.0])
def test_one_answer_per_segment(seconds: float) -> None:
    mel = logmel(np.zeros(round(seconds * RATE), np.float32))
    assert audible_mel(mel).dtype == bool
    assert len(audible_mel(mel)) == segment_count(seconds)


def test_real_music_is_audible(shared_data: Path) -> None:
    files = sorted((shared_data / "audio" / "tuxemon").glob("*.*"))[:3]
    heard = np.concatenate([audible(decode(path).samples) for path in files])
    assert heard.mean() > 0.95
