"""What mastering, cheap equipment and transmission do to level and spectrum. Every function keeps the length."""

import numpy as np
import scipy.signal
import soxr
from numpy.typing import NDArray

from audio.augment_codec import fitted

Samples = NDArray[np.float32]


def gain(samples: Samples, *, db: float) -> Samples:
    """`samples` louder by `db`; full scale may be passed, as in floating-point files."""
    return np.asarray(samples * 10 ** (db / 20), np.float32)


def clip(samples: Samples, *, db: float) -> Samples:
    """`samples` cut off `db` below their peak."""
    ceiling = float(np.abs(samples).max(initial=0)) * 10 ** (-db / 20)
    return np.clip(samples, -ceiling, ceiling)


def compress(samples: Samples, rate: int, *, threshold_db: float, ratio: float, release_s: float = 0.1) -> Samples:
    """`samples` whose level above `threshold_db` (against the peak) grows `ratio` times slower; 20 is a limiter.

    The level is the power smoothed over `release_s`; peak for peak, the loudness lost is not made up.
    """
    peak = float(np.abs(samples).max(initial=0)) or 1.0
    keep = np.exp(-1 / (release_s * rate))
    power = scipy.signal.lfilter([1 - keep], [1, -keep], (samples / peak).astype(np.float64) ** 2)
    over = np.maximum(0, 10 * np.log10(np.maximum(power, 1e-10)) - threshold_db)
    return np.asarray(samples * 10 ** (over * (1 / ratio - 1) / 20), np.float32)


def equalise(samples: Samples, rate: int, rng: np.random.Generator, *, db: float) -> Samples:
    """`samples` through a low shelf, two peaks and a high shelf at random places, each between `-db` and `db`."""
    low, high = float(rng.uniform(80, 300)), float(rng.uniform(2000, 6000))
    peaks = 200 * 25 ** rng.uniform(0, 1, 2)  # evenly per octave, 200 to 5000 Hz
    bands = [("low", low), ("peak", float(peaks[0])), ("peak", float(peaks[1])), ("high", high)]
    sections = np.stack([biquad(kind, hertz, float(rng.uniform(-db, db)), rate) for kind, hertz in bands])
    return np.asarray(scipy.signal.sosfilt(sections, samples), np.float32)


def biquad(kind: str, hertz: float, db: float, rate: int, *, width: float = 0.7) -> NDArray[np.float64]:
    """One second-order section [6]: `low` or `high` shelf, or `peak`, of `db` at `hertz`.

    Bristow-Johnson's audio-EQ cookbook formulas; `width` is their Q.
    """
    a = 10 ** (db / 40)
    w = 2 * np.pi * min(hertz, 0.45 * rate) / rate
    cos, alpha = np.cos(w), np.sin(w) / (2 * width)
    if kind == "peak":
        taps = [1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a]
    else:
        side = -1 if kind == "low" else 1  # the shelves mirror each other in frequency
        root = 2 * np.sqrt(a) * alpha
        up, down = (a + 1) + side * (a - 1) * cos, (a + 1) - side * (a - 1) * cos
        turn_b, turn_a = (a - 1) + side * (a + 1) * cos, (a - 1) - side * (a + 1) * cos
        taps = [a * (up + root), -2 * side * a * turn_b, a * (up - root), down + root, 2 * side * turn_a, down - root]
    return np.asarray(taps, np.float64) / float(taps[3])


def lowpass(samples: Samples, rate: int, *, hertz: float) -> Samples:
    """`samples` without what lies above `hertz` (Butterworth, 36 dB per octave)."""
    if hertz >= 0.49 * rate:
        return samples
    return np.asarray(scipy.signal.sosfilt(scipy.signal.butter(6, hertz, fs=rate, output="sos"), samples), np.float32)


def highpass(samples: Samples, rate: int, *, hertz: float) -> Samples:
    """`samples` without what lies below `hertz` (Butterworth, 24 dB per octave): a small loudspeaker."""
    sections = scipy.signal.butter(4, hertz, "highpass", fs=rate, output="sos")
    return np.asarray(scipy.signal.sosfilt(sections, samples), np.float32)


def through_rate(samples: Samples, rate: int, *, hertz: int) -> Samples:
    """`samples` resampled to `hertz` and back."""
    if hertz >= rate:
        return samples
    there = soxr.resample(samples, rate, hertz)
    return fitted(np.asarray(soxr.resample(there, hertz, rate), np.float32), len(samples))


def quantise(samples: Samples, *, bits: int) -> Samples:
    """`samples` rounded to `bits` bits of their own peak."""
    peak = float(np.abs(samples).max(initial=0)) or 1.0
    steps = 2 ** (bits - 1)
    return np.asarray(np.round(samples / peak * steps) * (peak / steps), np.float32)
