"""Drums made of noise and sines, and the audience of a live recording.

Each drum is a function of the sample rate and a seeded generator: float32 [n], about unit peak. The recipes are the
usual ones of analogue drum machines: a kick is a falling sine, a snare a tone under noise, cymbals are clashing
square waves.
"""

from collections.abc import Callable

import numpy as np
from scipy.signal import butter, sosfilt

from audio.synthesis import Signal

Drum = Callable[[int, np.random.Generator], Signal]


def drum(name: str, *, rate: int, seed: int) -> Signal:
    """One stroke of the named drum: float32 [n]. Raises KeyError for an unknown drum."""
    sound = DRUMS[name](rate, np.random.default_rng(seed))
    return np.asarray(sound / np.abs(sound).max(), dtype=np.float32)


def crowd(seconds: float, *, rate: int, seed: int) -> Signal:
    """An audience [n]: a murmur throughout, applause that swells at both ends."""
    rng = np.random.default_rng(seed)
    n = int(seconds * rate)
    murmur = band_noise(n, 200.0, 1800.0, rate, rng) * (0.7 + 0.3 * slow_wave(n, rate, rng))
    claps = np.zeros(n, dtype=np.float32)
    hands = band_noise(rate // 40, 900.0, 3500.0, rate, rng) * fade(rate // 40, rate, 0.006)
    for start in rng.integers(0, n - len(hands), int(seconds * 90)):
        claps[start : start + len(hands)] += hands * rng.uniform(0.2, 1.0)
    distance = np.minimum(np.arange(n), np.arange(n)[::-1]) / rate
    applause = np.exp(-distance / 1.5).astype(np.float32) + 0.02
    return (0.35 * murmur + claps * applause).astype(np.float32)


def fade(n: int, rate: int, seconds: float) -> Signal:
    """Exponential decay [n] by one neper in `seconds`."""
    return np.asarray(np.exp(-np.arange(n) / (seconds * rate)), dtype=np.float32)


def band_noise(n: int, low: float, high: float, rate: int, rng: np.random.Generator) -> Signal:
    """Noise between two frequencies (Hz): float32 [n], peak 1."""
    noise = sosfilt(butter(2, (low, high), "bandpass", fs=rate, output="sos"), rng.standard_normal(n))
    return np.asarray(noise / np.abs(noise).max(), dtype=np.float32)


def slow_wave(n: int, rate: int, rng: np.random.Generator) -> Signal:
    """A smooth random curve [n] between -1 and 1 that moves about once a second."""
    knots = rng.uniform(-1.0, 1.0, n // rate + 2)
    return np.asarray(np.interp(np.arange(n), np.arange(len(knots)) * rate, knots), dtype=np.float32)


def swept(seconds: float, start: float, end: float, sweep: float, rate: int) -> Signal:
    """A sine that falls from `start` to `end` Hz in about `sweep` seconds, dying away."""
    n = int(seconds * rate)
    hertz = end + (start - end) * fade(n, rate, sweep)
    return (np.sin(2.0 * np.pi * np.cumsum(hertz) / rate) * fade(n, rate, seconds / 4.0)).astype(np.float32)


def noisy(seconds: float, low: float, high: float, decay: float) -> Drum:
    """A drum that is a burst of band-limited noise."""
    return lambda rate, rng: (
        band_noise(int(seconds * rate), low, high, rate, rng) * fade(int(seconds * rate), rate, decay)
    )


def kick(rate: int, rng: np.random.Generator) -> Signal:
    """A falling sine with a click in front."""
    body = swept(0.35, 160.0, 48.0, 0.03, rate)
    body[: rate // 200] += 0.3 * rng.uniform(-1.0, 1.0, rate // 200).astype(np.float32)
    return body


def snare(rate: int, rng: np.random.Generator) -> Signal:
    """A short tone under noise."""
    return noisy(0.25, 700.0, 9000.0, 0.06)(rate, rng) + 0.7 * swept(0.25, 240.0, 180.0, 0.02, rate)


def clap(rate: int, rng: np.random.Generator) -> Signal:
    """Three hands, not quite together."""
    n = int(0.25 * rate)
    noise, shape = band_noise(n, 800.0, 4000.0, rate, rng), np.zeros(n, dtype=np.float32)
    for delay in (0, rate // 90, rate // 45):
        shape[delay:] += fade(n - delay, rate, 0.035)
    return noise * shape


def metal(seconds: float, base: float) -> Drum:
    """A cymbal: six square waves at clashing ratios, high-passed, dying away."""

    def play(rate: int, rng: np.random.Generator) -> Signal:
        time = np.arange(int(seconds * rate)) / rate
        clash = sum(np.sign(np.sin(2.0 * np.pi * base * ratio * time)) for ratio in (1, 1.34, 1.62, 1.98, 2.44, 3.17))
        bright = sosfilt(butter(2, 5500.0, "highpass", fs=rate, output="sos"), clash + rng.standard_normal(len(time)))
        return np.asarray(bright * fade(len(time), rate, seconds / 4.0), dtype=np.float32)

    return play


DRUMS: dict[str, Drum] = {
    "kick": kick,
    "snare": snare,
    "clap": clap,
    "rim": lambda rate, rng: swept(0.06, 1900.0, 1650.0, 0.01, rate),
    "tom": lambda rate, rng: swept(0.4, 190.0, 105.0, 0.06, rate),
    "low tom": lambda rate, rng: swept(0.5, 130.0, 72.0, 0.06, rate),
    "hat": noisy(0.09, 6000.0, 14000.0, 0.02),
    "open hat": noisy(0.35, 5500.0, 14000.0, 0.1),
    "shaker": noisy(0.12, 4000.0, 11000.0, 0.04),
    "brush": noisy(0.3, 1500.0, 8000.0, 0.1),
    "ride": metal(0.9, 540.0),
    "cowbell": lambda rate, rng: swept(0.25, 845.0, 840.0, 0.1, rate) + 0.7 * swept(0.25, 565.0, 560.0, 0.1, rate),
}
