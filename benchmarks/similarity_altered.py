"""The same track in another coding, level or length: is it still next to itself? None of these may drive similarity."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from audio.augment import fixed
from audio.augment_tone import gain
from audio.decode import decode

RATE = 16000
LOSSLESS_RATE = 44100

Samples = NDArray[np.float32]


def altered(path: Path) -> dict[str, Samples]:
    """The track at `path` in each alteration, mono at 16 kHz."""
    samples = decode(path, rate=RATE).samples
    quarter = len(samples) // 4
    return {
        "32 kbit/s MP3, mono": fixed("cdmp3_32")(samples, RATE, np.random.default_rng(0)),
        "12 dB quieter": gain(samples, db=-12),
        "lossless (FLAC)": _lossless(path),
        "middle half": samples[quarter : len(samples) - quarter],
    }


def ranks(
    queries: NDArray[np.floating],
    versions: NDArray[np.floating],
    tracks: NDArray[np.floating],
    others: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Rank [n], from 1, of `versions` [n, d] asked for by their originals, `queries` [n, d]; nan where one is nan.

    They compete with those `tracks` [m, d] that `others` bool [n, m] allows a query. Of equal scores half stand before.
    """
    scores = queries @ tracks.T
    own = (queries * versions).sum(1)
    ahead = ((scores > own[:, None]) & others).sum(1) + ((scores == own[:, None]) & others).sum(1) / 2
    return np.where(np.isnan(own), np.nan, 1.0 + ahead)


def described(
    paths: Sequence[Path], describe: Callable[[Samples], NDArray[np.floating]]
) -> dict[str, NDArray[np.float64]]:
    """What `describe` makes of every alteration of the tracks: [n, d] by name of the alteration."""
    rows: dict[str, list[NDArray[np.floating]]] = {}
    for path in paths:
        for name, samples in altered(path).items():
            rows.setdefault(name, []).append(describe(samples))
    return {name: np.stack(found) for name, found in rows.items()}


def _lossless(path: Path) -> Samples:
    """Through a 16-bit FLAC file at the rate of a CD, read as any file is."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "track.flac"
        soundfile.write(file, np.clip(decode(path, rate=LOSSLESS_RATE).samples, -1, 1), LOSSLESS_RATE, subtype="PCM_16")
        return decode(file, rate=RATE).samples
