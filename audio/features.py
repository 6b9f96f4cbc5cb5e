"""Log-mel features and the segments cut from them.

The power mel spectrogram of Slaney's Auditory Toolbox (Slaney 1998: linear below 1 kHz, logarithmic above, triangles of
equal area), in decibels against the fixed reference 1.0, floored at -100 dB. The reference never depends on the
recording, so that a file analysed in blocks gives the same numbers as a file analysed whole.

It equals `librosa.feature.melspectrogram(center=False)` on samples padded with `(n_fft - hop) / 2` zeros at either end
(not `n_fft / 2`, librosa's own padding): frame `i` then looks at hop `i` from its middle, and `n` samples make exactly
`n // hop` frames, so three seconds are 96 frames wherever they were cut.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

Samples = NDArray[np.float32]

FLOOR_POWER = 1e-10  # -100 dB, below the noise of 16-bit audio
FRAMES_AT_ONCE = 256  # keeps the working set inside the second-level cache


@dataclass(frozen=True)
class FeatureConfig:
    """Sample `rate` in Hz, `n_fft` and `hop` in samples, `fmin` and `fmax` in Hz."""

    rate: int = 16000
    n_fft: int = 1024
    hop: int = 500
    n_mels: int = 64
    fmin: float = 40.0
    fmax: float = 7600.0

    @property
    def padding(self) -> int:
        """Zeros put before and after the samples."""
        return (self.n_fft - self.hop) // 2

    def frames(self, seconds: float) -> int:
        """Frames in that many seconds."""
        return round(seconds * self.rate / self.hop)


def logmel(samples: Samples, config: FeatureConfig | None = None) -> NDArray[np.float32]:
    """Mono `samples` [n] to decibels [n // hop, n_mels]."""
    config = config or FeatureConfig()
    return _decibels(np.pad(np.asarray(samples, np.float32), config.padding), config)


def logmel_stream(blocks: Iterable[Samples], config: FeatureConfig | None = None) -> Iterator[NDArray[np.float32]]:
    """The frames of the blocks' concatenation, as they become complete: equal to `logmel` of the whole."""
    config = config or FeatureConfig()
    waiting = np.zeros(config.padding, np.float32)
    for block in blocks:
        waiting = np.concatenate([waiting, block])
        frames = _decibels(waiting, config)
        waiting = waiting[len(frames) * config.hop :]
        yield frames
    yield _decibels(np.pad(waiting, (0, config.padding)), config)


def segment_count(seconds: float, *, window_s: float = 3.0, hop_s: float = 1.0) -> int:
    """How many segments audio of that length has: those that fit whole; none where it is shorter than one window."""
    fitting = math.floor((seconds - window_s) / hop_s + 1e-6)  # 1e-6: 3.0000000000004 s is 3 s; a sample is 6e-5 s
    return max(0, fitting + 1)


def segments(
    mel: NDArray[np.float32], config: FeatureConfig | None = None, *, window_s: float = 3.0, hop_s: float = 1.0
) -> NDArray[np.float32]:
    """Frames [frames, n_mels] to overlapping segments [n, frames_per_segment, n_mels], a read-only view.

    `n` is `segment_count` of the seconds that `mel` spans.
    """
    config = config or FeatureConfig()
    length, step = config.frames(window_s), config.frames(hop_s)
    if len(mel) < length:
        return np.zeros((0, length, mel.shape[1]), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(mel, length, axis=0)[::step]  # [n, n_mels, length]
    return windows.swapaxes(1, 2)


@lru_cache(maxsize=8)
def mel_filters(config: FeatureConfig) -> NDArray[np.float32]:
    """Triangular filters [n_fft / 2 + 1, n_mels], each of area 1 over frequency in Hz times 2 (Slaney's norm)."""
    edges = _mel_to_hz(np.linspace(_hz_to_mel(config.fmin), _hz_to_mel(config.fmax), config.n_mels + 2))
    bins = np.fft.rfftfreq(config.n_fft, 1 / config.rate)[:, None]
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.maximum(0, np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre)))
    return np.asarray(triangles * 2 / (high - low), np.float32)


MELS_PER_HZ = 3 / 200  # below the knee
KNEE_HZ = 1000.0
OCTAVE_STEP = math.log(6.4) / 27  # above the knee: natural logarithm of the ratio of two neighbouring mels


def _hz_to_mel(hz: float) -> float:
    if hz < KNEE_HZ:
        return hz * MELS_PER_HZ
    return KNEE_HZ * MELS_PER_HZ + math.log(hz / KNEE_HZ) / OCTAVE_STEP


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = KNEE_HZ * MELS_PER_HZ
    above = KNEE_HZ * np.exp(OCTAVE_STEP * (mel - knee))
    return np.where(mel < knee, mel / MELS_PER_HZ, above)


@lru_cache(maxsize=8)
def _window(n_fft: int) -> NDArray[np.float32]:
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft), np.float32)  # periodic Hann


def _decibels(padded: Samples, config: FeatureConfig) -> NDArray[np.float32]:
    count = max(0, 1 + (len(padded) - config.n_fft) // config.hop)
    power = np.empty((count, config.n_mels), np.float32)
    if count:
        strided = np.lib.stride_tricks.sliding_window_view(padded, config.n_fft)[:: config.hop]
        for start in range(0, count, FRAMES_AT_ONCE):
            power[start : start + FRAMES_AT_ONCE] = _mel_power(strided[start : start + FRAMES_AT_ONCE], config)
    return np.asarray(10 * np.log10(np.maximum(power, FLOOR_POWER)), np.float32)


def _mel_power(frames: NDArray[np.float32], config: FeatureConfig) -> NDArray[np.float32]:
    spectrum = scipy.fft.rfft(frames * _window(config.n_fft), axis=1)  # [frames, n_fft / 2 + 1] complex64
    return np.asarray((spectrum.real**2 + spectrum.imag**2) @ mel_filters(config), np.float32)
