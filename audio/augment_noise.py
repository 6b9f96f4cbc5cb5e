"""What is heard besides the recording: noise, other music, a crowd, the room. Every function keeps the length."""

from collections.abc import Sequence

import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SLOPES = {"white": 0.0, "pink": 0.5, "brown": 1.0}  # amplitude falls with frequency to this power
LOWEST_HZ = 20.0


def add_at(samples: Samples, other: Samples, snr_db: float) -> Samples:
    """`samples` plus `other`, scaled so that the ratio of their mean powers is `snr_db`. Silence stays as it is."""
    wanted = float(np.mean(np.square(samples, dtype=np.float64))) / 10 ** (snr_db / 10)
    power = float(np.mean(np.square(other, dtype=np.float64)))
    if not wanted or not power:
        return samples
    return np.asarray(samples + np.sqrt(wanted / power) * other, np.float32)


def noise(samples: Samples, rate: int, rng: np.random.Generator, *, colour: str, snr_db: float) -> Samples:
    """`samples` in `white`, `pink` or `brown` noise."""
    return add_at(samples, coloured(len(samples), rate, rng, colour=colour), snr_db)


def coloured(n: int, rate: int, rng: np.random.Generator, *, colour: str) -> Samples:
    """Gaussian noise [n] whose power spectrum falls as 1, 1/f or 1/f^2 above 20 Hz."""
    white = rng.standard_normal(n, dtype=np.float32)
    if colour == "white" or not n:
        return white
    size = scipy.fft.next_fast_len(n, real=True)
    hertz = np.fft.rfftfreq(size, 1 / rate)
    shape = np.asarray((np.maximum(hertz, LOWEST_HZ) / LOWEST_HZ) ** -SLOPES[colour] * (hertz > 0), np.float32)
    return np.asarray(scipy.fft.irfft(scipy.fft.rfft(white, size) * shape, size)[:n], np.float32)


def mix(
    samples: Samples, rate: int, rng: np.random.Generator, *, others: Sequence[Samples], snr_db: float, voices: int = 1
) -> Samples:
    """`samples` under `voices` excerpts of `others`, equally loud: one is other music, eight are a crowd."""
    del rate
    total = np.zeros(len(samples), np.float32)
    for _ in range(voices):
        excerpt = _excerpt(others[int(rng.integers(len(others)))], len(samples), rng)
        total += excerpt / max(1e-6, float(np.sqrt(np.mean(excerpt**2))))
    return add_at(samples, total, snr_db)


def _excerpt(other: Samples, length: int, rng: np.random.Generator) -> Samples:
    """`length` samples of `other` from a random place, going round at its end."""
    if not len(other):
        return np.zeros(length, np.float32)
    start = int(rng.integers(len(other)))
    return np.asarray(np.take(other, np.arange(start, start + length), mode="wrap"), np.float32)


def room(samples: Samples, rate: int, rng: np.random.Generator, *, rt60_s: float, wet: float) -> Samples:
    """`samples` in a room whose echoes fall by 60 dB in `rt60_s`; `wet` is the echoes' share of the power.

    The response is noise that decays exponentially (Polack's model of late reverberation), 5 ms after the direct sound.
    """
    length, gap = round(rt60_s * rate), round(0.005 * rate)
    tail = rng.standard_normal(length, dtype=np.float32) * 10 ** (-3 * np.arange(length, dtype=np.float32) / length)
    response = np.concatenate([np.zeros(gap, np.float32), tail])
    response *= np.sqrt(wet / np.sum(response**2))
    response[0] = np.sqrt(1 - wet)
    return np.asarray(scipy.signal.oaconvolve(samples, response)[: len(samples)], np.float32)
