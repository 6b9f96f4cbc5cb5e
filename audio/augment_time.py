"""What moves sound in time: speed, tempo, pitch, fades, gaps, crops, silence.

`speed`, `tempo`, `crop` and `pad` change the length; the others keep it. After `speed` and `tempo` the middle of the
result is the middle of the input: who needs three seconds passes a little more and takes the middle.
"""

import numpy as np
import soxr
from numpy.typing import NDArray

from audio.augment_codec import fitted

Samples = NDArray[np.float32]


def speed(samples: Samples, *, factor: float) -> Samples:
    """`samples` played `factor` times as fast, pitch and tempo alike: [n / factor]."""
    return np.asarray(soxr.resample(samples, factor, 1.0), np.float32)


def tempo(samples: Samples, rate: int, *, factor: float, frame_s: float = 0.064) -> Samples:
    """`samples` `factor` times as fast at the same pitch: [n / factor].

    WSOLA (Verhelst and Roelands 1993): half-overlapping Hann frames, each taken where it continues the one before best.
    """
    half = round(frame_s * rate / 2)
    reach = half // 2
    margin = 2 * half + reach
    source = np.pad(samples, margin)
    window = np.hanning(2 * half + 1)[:-1].astype(np.float32)
    length = round(len(samples) / factor)
    out = np.zeros(length + 3 * half, np.float32)
    place = margin - half
    for middle in range(0, length + half, half):
        natural = min(round(middle * factor), len(samples)) + margin - half
        if middle:
            place = _continuation(source, place + half, natural, half=half, reach=reach)
        out[middle : middle + 2 * half] += window * source[place : place + 2 * half]
    return out[half : half + length]


def _continuation(source: Samples, follows: int, natural: int, *, half: int, reach: int) -> int:
    """The place within `reach` of `natural` where `source` most resembles what `follows`."""
    region = source[natural - reach : natural + reach + half]
    energy = np.concatenate([[0.0], np.cumsum(np.square(region, dtype=np.float64))])
    norms = np.sqrt(np.maximum(energy[half:] - energy[:-half], 1e-9))
    scores = np.correlate(region, source[follows : follows + half], "valid") / norms
    return natural - reach + int(scores.argmax())


def pitch(samples: Samples, rate: int, *, semitones: float) -> Samples:
    """`samples` higher by `semitones` at the same tempo: [n]."""
    factor = 2 ** (semitones / 12)
    return fitted(tempo(speed(samples, factor=factor), rate, factor=1 / factor), len(samples))


def fade(samples: Samples, rate: int, *, in_s: float = 0.0, out_s: float = 0.0) -> Samples:
    """`samples` faded in and out linearly; the times are bounded by the length."""
    envelope = np.ones(len(samples), np.float32)
    rising = min(len(samples), round(in_s * rate))
    falling = min(len(samples), round(out_s * rate))
    envelope[:rising] *= np.linspace(0, 1, rising, endpoint=False, dtype=np.float32)
    envelope[len(samples) - falling :] *= np.linspace(1, 0, falling, dtype=np.float32)
    return samples * envelope


def gaps(samples: Samples, rate: int, rng: np.random.Generator, *, share: float, gap_s: float = 0.05) -> Samples:
    """`samples` with gaps of silence at random places, `share` of the whole at most: lost packets."""
    width = max(1, round(gap_s * rate))
    out = samples.copy()
    for start in rng.integers(0, max(1, len(samples)), int(share * len(samples) / width)):
        out[start : start + width] = 0
    return out


def pad(samples: Samples, rate: int, *, before_s: float = 0.0, after_s: float = 0.0) -> Samples:
    """`samples` between silence."""
    return np.pad(samples, (round(before_s * rate), round(after_s * rate)))


def crop(samples: Samples, rate: int, rng: np.random.Generator, *, seconds: float) -> Samples:
    """`seconds` of `samples` from a random place, or all of them where there are fewer."""
    length = round(seconds * rate)
    start = int(rng.integers(max(0, len(samples) - length) + 1))
    return samples[start : start + length]
