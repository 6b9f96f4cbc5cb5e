"""Which segments hold sound that can tell one recording from another.

Three kinds of segment cannot, and would match each other across recordings that have nothing in common: silence
(digital, dither, a faded-out tail), test tones, and steady noise. A segment is audible where enough of its frames are
above `SILENT_DB`, and where its spectrum changes: averaged over half seconds, noise and tones stand still within
`STEADY_DB`, music does not. The averages are of decibels, so gain does not matter.
"""

import numpy as np
from numpy.typing import NDArray

from audio.features import FeatureConfig, Samples, logmel, segments

SILENT_DB = -60.0  # of the loudest band of a frame: noise of -76 dBFS, a sine of about -90 dBFS
SOUNDING_SHARE = 0.25  # of a segment's frames
PRESENT_DB = 40.0  # below the loudest band of the segment: quieter bands are leakage and coding noise
ABSENT_DB = -90.0  # near the floor of the features nothing can change
CHANGING_SHARE = 0.2  # of the bands present: a melody over a steady hum changes few
STEADY_DB = 0.9  # noise of any colour stays below 0.75; of 3440 segments of real music one in a thousand is below 1.07
AVERAGED_S = 0.5
SEGMENTS_AT_ONCE = 256


def audible(
    samples: Samples, config: FeatureConfig | None = None, *, window_s: float = 3.0, hop_s: float = 1.0
) -> NDArray[np.bool_]:
    """For each segment of mono `samples` [n], whether it can be recognised: bool [segments]."""
    config = config or FeatureConfig()
    return audible_mel(logmel(samples, config), config, window_s=window_s, hop_s=hop_s)


def audible_mel(
    mel: NDArray[np.float32], config: FeatureConfig | None = None, *, window_s: float = 3.0, hop_s: float = 1.0
) -> NDArray[np.bool_]:
    """The same from `logmel` frames [frames, n_mels], for who has them already: bool [segments]."""
    config = config or FeatureConfig()
    cut = segments(mel, config, window_s=window_s, hop_s=hop_s)
    averaged = max(1, config.frames(AVERAGED_S))
    parts = [cut[start : start + SEGMENTS_AT_ONCE] for start in range(0, len(cut), SEGMENTS_AT_ONCE)]
    heard = [_sounding(part) & (change(part, averaged) >= STEADY_DB) for part in parts]
    return np.concatenate([np.zeros(0, bool), *heard])


def _sounding(cut: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Of segments [n, frames, n_mels], those with enough frames that are not silent."""
    return np.asarray((cut.max(axis=2) > SILENT_DB).mean(axis=1) >= SOUNDING_SHARE)


def change(cut: NDArray[np.float32], averaged: int) -> NDArray[np.float32]:
    """Segments [n, frames, n_mels] to how far the averages of `averaged` frames swing, in dB: [n].

    The standard deviation over time that `CHANGING_SHARE` of the bands present surpass.
    """
    count = max(1, cut.shape[1] // averaged)
    means = np.stack([part.mean(axis=1) for part in np.array_split(cut, count, axis=1)], axis=1)  # [n, count, n_mels]
    level = means.mean(axis=1)
    present = level > np.maximum(level.max(axis=1, keepdims=True) - PRESENT_DB, ABSENT_DB)
    present |= ~present.any(axis=1, keepdims=True)  # silence: all bands, all of them steady
    swing = np.where(present, means.std(axis=1), np.nan)
    return np.asarray(np.nanquantile(swing, 1 - CHANGING_SHARE, axis=1), np.float32)
