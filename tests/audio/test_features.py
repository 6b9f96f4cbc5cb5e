"""Log-mel features against librosa, streamed against whole, segments against a plain loop."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.features import FeatureConfig, logmel, logmel_stream, mel_filters, segment_count, segments

CONFIGS = [
    FeatureConfig(),
    FeatureConfig(rate=22050, n_fft=2048, hop=512, n_mels=128, fmin=0.0, fmax=11025.0),
    FeatureConfig(rate=8000, n_fft=512, hop=160, n_mels=40, fmin=0.0, fmax=900.0),
]


def music(seconds: float, rate: int, seed: int = 0) -> np.ndarray:
    """Decaying chords over a little noise: loud and quiet bands in one frame."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * rate)) / rate
    chord = sum(np.sin(2 * np.pi * pitch * time_s) for pitch in rng.uniform(60, rate / 3, 6))
    return np.asarray(0.1 * chord * np.exp(-(time_s % 0.5)) + 1e-3 * rng.normal(size=len(time_s)), np.float32)


@pytest.mark.parametrize("config", CONFIGS)
def test_equals_librosa(config: FeatureConfig) -> None:
    librosa = pytest.importorskip("librosa")
    samples = music(4.321, config.rate)
    power = librosa.feature.melspectrogram(
        y=np.pad(samples, config.padding), sr=config.rate, n_fft=config.n_fft, hop_length=config.hop, center=False,
        n_mels=config.n_mels, fmin=config.fmin, fmax=config.fmax,
    )  # fmt: skip
    expected = librosa.power_to_db(power, ref=1.0, amin=1e-10, top_db=None).T
    assert logmel(samples, config).shape == expected.shape
    np.testing.assert_allclose(logmel(samples, config), expected, atol=1e-3, rtol=0)


@pytest.mark.parametrize("config", CONFIGS)
def test_filters_equal_librosa(config: FeatureConfig) -> None:
    librosa = pytest.importorskip("librosa")
    expected = librosa.filters.mel(
        sr=config.rate, n_fft=config.n_fft, n_mels=config.n_mels, fmin=config.fmin, fmax=config.fmax
    )
    np.testing.assert_allclose(mel_filters(config), expected.T, atol=1e-6)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 5000), max_size=12))
def test_a_stream_of_blocks_gives_the_frames_of_the_whole(sizes: list[int]) -> None:
    samples = music(sum(sizes) / 16000, 16000)
    blocks = np.split(samples, np.cumsum(sizes)[:-1]) if sizes else []
    streamed = np.concatenate(list(logmel_stream(blocks)))
    np.testing.assert_allclose(streamed, logmel(samples), atol=1e-3)


@pytest.mark.parametrize("n", [0, 1, 499, 500, 1023, 1024, 48000])
def test_a_frame_for_every_whole_hop(n: int) -> None:
    mel = logmel(np.zeros(n, np.float32))
    assert mel.shape == (n // 500, 64)
    assert mel.dtype == np.float32
    np.testing.assert_allclose(mel, -100, atol=1e-4)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 200_000))
def test_segments_are_as_many_as_counted(n: int) -> None:
    mel = np.zeros((n // 500, 2), np.float32)
    assert len(segments(mel)) == segment_count(n / 16000) == (0 if n < 48000 else (n - 48000) // 16000 + 1)


def test_segments_start_at_every_hop() -> None:
    mel = np.random.default_rng(5).normal(size=(777, 3)).astype(np.float32)
    cut = segments(mel, window_s=2.0, hop_s=0.5)
    assert cut.shape == (45, 64, 3)
    for index, segment in enumerate(cut):
        np.testing.assert_array_equal(segment, mel[16 * index : 16 * index + 64])


def test_a_second_costs_well_below_a_millisecond() -> None:
    samples = music(60, 16000)
    logmel(samples)
    started = time.process_time()
    logmel(samples)
    assert (time.process_time() - started) / 60 < 2e-3  # measured: 0.13 ms per second; generous for shared machines
