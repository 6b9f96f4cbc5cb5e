"""Many channels to one, and samples that are no numbers to silence."""

from collections.abc import Callable
from functools import partial

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


def channel(frames: NDArray[np.float32], number: int) -> NDArray[np.float32]:
    """One channel [n] of frames [n, channels]; the last where there are fewer."""
    return frames[:, min(number, frames.shape[1] - 1)]


def side(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Half the difference of the first two channels [n]: what karaoke machines play. Of one channel, itself."""
    if frames.shape[1] == 1:
        return frames[:, 0]
    return np.asarray((frames[:, 0] - frames[:, 1]) / 2, np.float32)


MIXES: dict[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    "mono": mono,
    "left": partial(channel, number=0),
    "right": partial(channel, number=1),
    "side": side,
}
"""What can be made of a file's channels, by name."""
