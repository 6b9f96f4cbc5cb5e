"""The usual simple measure of how alike tracks sound: the mean of 20 mel-frequency cepstral coefficients."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.decode import decode
from audio.features import logmel
from benchmarks.audio_excerpts import RATE

Floats = NDArray[np.float64]


def mean_mfcc(path: Path) -> Floats:
    """Mean of 20 MFCCs of a file, [20]."""
    from librosa.feature import mfcc

    return np.asarray(mfcc(S=logmel(decode(path, rate=RATE).samples).T, n_mfcc=20).mean(1))


def mean_mfccs(paths: Sequence[Path]) -> Floats:
    """Those of some files, standardised over them, to unit length: [n, 20]."""
    means = np.stack([mean_mfcc(path) for path in paths])
    return standardised(means, means)


def standardised(means: Floats, over: Floats) -> Floats:
    """`means` [n, 20] by mean and deviation of `over` [m, 20], brought to unit length."""
    scaled = (means - over.mean(0)) / (over.std(0) + 1e-9)
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True))
