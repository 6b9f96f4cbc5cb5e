"""Chromaprint beside us, where its `fpcalc` is installed: whole tracks by its fingerprints, as AcoustID compares them.

A fingerprint is 32 bits every 0.1238 s. Two are laid over each other at every offset that leaves ten seconds in common
(or all of the shorter), and the best share of equal bits counts.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from audio.decode import decode
from benchmarks.audio_excerpts import RATE, Heard, Samples, one_per_recording
from benchmarks.audio_pairs import Scores, varied

COMMON = 80  # ten seconds
BYTES_PER_SECOND = 32.3

Words = NDArray[np.uint32]


def installed() -> bool:
    """Whether `fpcalc` can be run."""
    return shutil.which("fpcalc") is not None


def peer_whole_tracks(test: Sequence[Heard], others: Sequence[Samples]) -> dict[str, dict[str, list[float]]]:
    """As `benchmarks.audio_pairs.whole_tracks`, by Chromaprint: the same degraded sounds and the same pairs."""
    scores = Scores()
    stored = [fingerprint(decode(heard.track.path, rate=RATE).samples) for heard in test]
    for number, heard in enumerate(one_per_recording(test)):
        for name, samples in varied(heard, others, number):
            if not (words := fingerprint(samples)).size:
                continue
            for other, theirs in zip(test, stored, strict=True):
                if other is heard or other.track.recording != heard.track.recording:
                    scores.add(name, likeness(words, theirs), heard, other)
    return scores.table()


def fingerprint(samples: Samples) -> Words:
    """Chromaprint's words [n] of some sound; none where it finds too little."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.wav"
        soundfile.write(path, np.clip(samples, -1, 1), RATE)
        run = subprocess.run(
            ["fpcalc", "-raw", "-json", "-length", "0", str(path)], capture_output=True, text=True, check=False
        )
    try:  # it ends with 3 where it reads to the end of a file, as it was told to
        words = json.loads(run.stdout)["fingerprint"]
    except (ValueError, KeyError):
        words = []
    return np.array(words, np.int64).astype(np.uint32)


def likeness(a: Words, b: Words) -> float:
    """The best share of equal bits [0, 1] of a and b over all offsets; 0 where a side has nothing."""
    if len(a) > len(b):
        a, b = b, a
    if not len(a):
        return 0.0
    common = min(COMMON, len(a))
    equal = 32 - np.bitwise_count(a[:, None] ^ b[None])  # [n, m]
    skewed = np.zeros((len(a), len(a) + len(b)), np.int32)
    skewed[:, : len(b)] = equal[::-1]
    width = len(a) + len(b) - 1
    sums = skewed.ravel()[: len(a) * width].reshape(len(a), width).sum(axis=0)
    overlap = np.minimum(np.minimum(np.arange(1, width + 1), np.arange(width, 0, -1)), len(a))
    long_enough = overlap >= common
    return float((sums[long_enough] / (32 * overlap[long_enough])).max())
