"""A score rendered to stereo: instruments, drums, panning, a room, and a limiter.

The room is an exponentially decaying, low-passed noise for each ear, the simplest impulse response that sounds like a
hall; the limiter is a hyperbolic tangent. A note that recurs is synthesised once.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter, oaconvolve

from audio.instruments import note
from audio.percussion import drum
from audio.performance import Part, Score, Stroke
from audio.synthesis import Signal

LENGTH_STEP = 1 / 16  # seconds; note lengths are rounded to it, so that more of them recur


def mixdown(score: Score, *, rate: int, reverb: float, seed: int) -> NDArray[np.float32]:
    """Stereo float32 [n, 2], peak 0.9. `reverb` is the level of the room, `seed` fixes the room and the drum kit."""
    n = int(score.seconds * rate)
    stereo = np.zeros((n, 2), dtype=np.float32)
    for part in score.parts:
        angle = (part.pan + 1.0) * np.pi / 4.0
        stereo += (
            part.gain * play_part(part, n, rate)[:, None] * np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
        )
    stereo += 0.55 * room(stereo, reverb, rate, seed)
    stereo += 0.42 * play_drums(score.strokes, n, rate, seed)[:, None]
    loud = stereo / max(float(np.sqrt(np.mean(stereo**2))), 1e-6) * 0.16
    limited = np.tanh(loud * 1.2)
    return np.asarray(limited * (0.9 / max(float(np.abs(limited).max()), 1e-6)), dtype=np.float32)


def play_part(part: Part, n: int, rate: int) -> Signal:
    """All notes of one instrument: mono float32 [n]."""
    sound = np.zeros(n, dtype=np.float32)
    known: dict[tuple[int, int], Signal] = {}
    for one in part.notes:
        steps = max(1, round(one.seconds / LENGTH_STEP))
        if (one.midi, steps) not in known:
            known[one.midi, steps] = note(part.instrument, one.midi, steps * LENGTH_STEP, rate=rate)
        add(sound, known[one.midi, steps], int(one.start * rate), one.level)
    return sound


def play_drums(strokes: tuple[Stroke, ...], n: int, rate: int, seed: int) -> Signal:
    """All strokes: mono float32 [n]."""
    sound = np.zeros(n, dtype=np.float32)
    known = {name: drum(name, rate=rate, seed=seed) for name in sorted({stroke.drum for stroke in strokes})}
    for stroke in strokes:
        add(sound, known[stroke.drum], int(stroke.start * rate), stroke.level)
    return sound


def add(target: Signal, sound: Signal, start: int, level: float) -> None:
    """Mix `sound` into `target` in place, from sample `start`, cut at the end."""
    room_left = target[start : start + len(sound)]
    room_left += level * sound[: len(room_left)]


def room(stereo: NDArray[np.float32], level: float, rate: int, seed: int) -> NDArray[np.float32]:
    """The reverberation of `stereo` [n, 2] alone, for a hall that rings longer the louder it is."""
    seconds = 0.5 + 2.0 * level
    n = int(seconds * rate)
    decay = np.exp(-5.0 * np.arange(n) / n)
    noise = np.random.default_rng(seed).standard_normal((n, 2)) * decay[:, None]
    response = lfilter([0.4], [1.0, -0.6], noise, axis=0)
    response *= level / np.sqrt((response**2).sum(axis=0, keepdims=True))
    wet: NDArray[np.float32] = oaconvolve(stereo, response.astype(np.float32), axes=0)[: len(stereo)]
    return wet
