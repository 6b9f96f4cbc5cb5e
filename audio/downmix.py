"""Many channels to one, and samples that are no numbers to silence."""

import numpy as np
from numpy.typing import NDArray

CANCELLED = 0.02  # of the power that unrelated channels of that loudness would keep: 17 dB lost
LOUDEST = 1e6  # full scale is 1; integers stored as floats reach 32768; beyond this is garbage


def clean(frames: NDArray[np.float32]) -> tuple[NDArray[np.float32], int]:
    """`frames` with NaN, infinities and absurd values set to 0, and how many there were."""
    sound = np.abs(frames) <= LOUDEST  # False for NaN
    wrong = frames.size - int(np.count_nonzero(sound))
    return (np.where(sound, frames, np.float32(0)), wrong) if wrong else (frames, 0)


def mono(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Frames [n, channels] to the mean of the channels [n].

    Channels in opposite phase would cancel each other; where the mean keeps less than `CANCELLED` of its expected
    power, the loudest channel stands for all.
    """
    channels = frames.shape[1]
    if channels == 1:
        return frames[:, 0]
    mean = np.asarray(frames.mean(axis=1), np.float32)
    power = np.einsum("nc,nc->c", frames, frames, dtype=np.float64)
    if float(np.dot(mean, mean)) < CANCELLED * power.sum() / channels**2:
        return frames[:, int(power.argmax())]
    return mean
