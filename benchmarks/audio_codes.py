"""How alike codes are: of one place heard twice, and of different recordings."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audio.augment import fixed
from audio.decode import decode
from benchmarks.audio_excerpts import LENGTHS_S, RATE, SPARE_S, Heard, Samples, middle, one_per_recording
from embeddings.encode import Analysis, Encoder

QUANTILES = (0.001, 0.01, 0.05, 0.5, 0.95, 0.99, 0.999)


def code_statistics(encoder: Encoder, test: Sequence[Heard], catalogue: Sequence[Heard]) -> dict[str, dict[str, float]]:
    """Quantiles of the share of equal bits: one place again half a second beside, in MP3, in noise; different music."""
    rng = np.random.default_rng(1)
    table: dict[str, dict[str, float]] = {}
    chosen = one_per_recording(test)[:30]
    for label, name, shift_s in (
        ("same place, half a second beside", None, 0.5),
        ("same place, MP3 24 kbit/s", "mp3_24", 0.0),
        ("same place, MP3 24 kbit/s, half a second beside", "mp3_24", 0.5),
        ("same place, white noise 10 dB, half a second beside", "white_10", 0.5),
        ("same place, 2% faster", "speed_2", 0.0),
    ):
        shares = []
        for heard in chosen:
            samples = decode(heard.track.path, rate=RATE).samples[: 40 * RATE]
            shares.append(_shares(encoder, heard.analysis, samples, name, shift_s, rng))
        table[label] = _quantiles(np.concatenate(shares))
    table["different recordings"] = _quantiles(_strangers(catalogue, rng))
    return table


def _shares(
    encoder: Encoder, stored: Analysis, samples: Samples, name: str | None, shift_s: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Share of equal bits of each audible stored segment and the same place, degraded and `shift_s` later."""
    shares = []
    for place in np.flatnonzero(stored.audible[: len(samples) // RATE - 6])[::3]:
        start = round((place - SPARE_S + shift_s) * RATE)
        if start >= 0:
            excerpt = samples[start : start + round((LENGTHS_S[1] + 2 * SPARE_S) * RATE)]
            heard = fixed(name)(excerpt, RATE, rng) if name else excerpt
            code = encoder.analyse_blocks([middle(heard, LENGTHS_S[1])]).codes
            shares.append(1 - np.unpackbits(code[0] ^ stored.codes[place]).mean())
    return np.array(shares)


def _strangers(catalogue: Sequence[Heard], rng: np.random.Generator) -> NDArray[np.float64]:
    """Share of equal bits of audible segments of different recordings."""
    codes = np.concatenate([heard.analysis.codes[heard.analysis.audible] for heard in catalogue])
    owner = np.concatenate([[heard.track.recording] * int(heard.analysis.audible.sum()) for heard in catalogue])
    a, b = rng.integers(len(codes), size=(2, 400_000))
    apart = owner[a] != owner[b]
    distance = np.bitwise_count(codes[a[apart]] ^ codes[b[apart]]).sum(1)
    return np.asarray(1 - distance / (8 * codes.shape[1]))


def _quantiles(values: NDArray[np.float64]) -> dict[str, float]:
    return {f"{q:g}": float(np.quantile(values, q)) for q in QUANTILES}
