"""Does level, loudness, codec or length drive similarity? A track's altered version, looked for with the original."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from audio.augment import fixed
from audio.decode import decode
from benchmarks.audio_excerpts import Samples
from benchmarks.intervals import mean, share
from benchmarks.mean_mfcc import mean_mfcc, standardised
from benchmarks.similarity_measures import Piece, cosines, densities
from embeddings.encode import Encoder
from embeddings.hubs import density_of, reduced

RATE = 44100


def _degraded(name: str) -> Callable[[Samples], Samples]:
    return lambda samples: fixed(name)(samples, RATE, np.random.default_rng(0))


ALTERED: dict[str, Callable[[Samples], Samples]] = {
    "lossless": lambda samples: samples,
    "32 kbit/s mono": _degraded("mp3_32"),
    "12 dB quieter": _degraded("gain_-12"),
    "squashed": _degraded("limit_20"),
    "middle half": lambda samples: samples[len(samples) // 4 : len(samples) - len(samples) // 4],
}
"""All are mono FLAC of 44.1 kHz in the end, whatever the original was; "squashed" is 20 dB of limiting."""

RANKINGS = ("model", "model, hubs reduced", "mean MFCC")


def altered(
    encoder: Encoder, asked: Sequence[Piece], pieces: Sequence[Piece], scratch: Path
) -> dict[str, dict[str, list[float]]]:
    """Per alteration and ranking, the percentile of the altered version among all recordings and how often it is first.

    `asked` are looked up in `pieces`, one file of every recording; the altered version stands beside all the others.
    `percentile` is the mean over `asked` with its interval, `least` the lowest.
    """
    found: dict[str, list[tuple[str, tuple[float, ...]]]] = {name: [] for name in ALTERED}
    for piece in asked:
        samples = decode(piece.track.path, rate=RATE).samples
        for name, alter in ALTERED.items():
            file = scratch / "altered.flac"
            soundfile.write(file, np.clip(alter(samples), -1, 1), RATE)
            vector = encoder.analyse(file).vector
            if vector is not None:
                found[name].append((piece.artist, _percentiles(piece, vector, mean_mfcc(file), pieces)))
    rows = {}
    for name, ranks in found.items():
        for system, percentile in zip(RANKINGS, np.array([rank for _, rank in ranks]).T, strict=True):
            rows[f"{name}: {system}"] = {
                "percentile": mean(percentile, [artist for artist, _ in ranks]),
                "least": [float(percentile.min()), float(percentile.min()), float(percentile.min()), len(ranks)],
                "first": share(int((percentile == 1).sum()), len(ranks)),
            }
    return rows


def _percentiles(
    piece: Piece, vector: NDArray[np.float32], mfcc: NDArray[np.float64], pieces: Sequence[Piece]
) -> tuple[float, ...]:
    """Share of the other recordings that are further from `piece` than its altered version, by each of `RANKINGS`."""
    others = [other for other in pieces if other.track.recording != piece.track.recording]
    vectors = np.stack([*(other.vector for other in others), vector])
    density = np.append(densities(cosines(vectors[:-1])), density_of(vectors[-1:] @ vectors[:-1].T))
    scores = vectors @ piece.vector
    means = np.stack([*(other.mfcc for other in others), mfcc, piece.mfcc])
    means = standardised(means, np.stack([other.mfcc for other in pieces]))
    rankings = (scores, reduced(scores, density), means[:-1] @ means[-1])
    return tuple(float((ranking[:-1] < ranking[-1]).mean()) for ranking in rankings)
