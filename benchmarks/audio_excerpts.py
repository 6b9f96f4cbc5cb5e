"""Excerpts, degraded by name, looked up in a whole catalogue by brute force: the part of `audio_identity` that asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.augment import EVALUATION, fixed
from audio.decode import decode
from embeddings.encode import Analysis, Encoder
from embeddings.library import LibraryTrack

RATE = 16000
EXCERPT_S, SHORT_S, SPARE_S = 10.0, 3.0, 1.5
FALSE_ACCEPTS = 0.01

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """A file of the catalogue, encoded."""

    track: LibraryTrack
    analysis: Analysis


@dataclass(frozen=True)
class Answer:
    """One excerpt looked up: the best scores of the right recording, of others by its artist, and of strangers."""

    degradation: str
    seconds: float
    own: float
    kin: float
    stranger: float

    @property
    def right(self) -> bool:
        """Whether the right recording comes first."""
        return self.own > max(self.kin, self.stranger)


class Haystack:
    """All codes of the catalogue in a row, as signs (0 where silent), and how far each is from the end of its file."""

    def __init__(self, catalogue: Sequence[Heard]) -> None:
        self._signs = np.concatenate([_signs(h.analysis.codes) * h.analysis.audible[:, None] for h in catalogue])
        lengths = [len(heard.analysis.codes) for heard in catalogue]
        self._left = np.concatenate([np.arange(length, 0, -1) for length in lengths])
        self._owner = np.repeat([heard.track.recording for heard in catalogue], lengths)
        self._artist = np.repeat([heard.track.artist for heard in catalogue], lengths)

    def look_up(self, codes: NDArray[np.uint8], track: LibraryTrack) -> tuple[float, float, float]:
        """The best mean share of equal bits, along all offsets: in the recording, in its artist's others, elsewhere."""
        table = _signs(codes) @ self._signs.T  # [q, n]
        offsets = table.shape[1] - len(codes) + 1
        score = np.sum([row[i : i + offsets] for i, row in enumerate(table)], axis=0) / len(codes)
        score[self._left[:offsets] < len(codes)] = -128.0  # would run over the end of a file
        own = self._owner[:offsets] == track.recording
        kin = ~own & (self._artist[:offsets] == track.artist) & bool(track.artist)
        own_best, kin_best, best = (score[where].max(initial=-128.0) for where in (own, kin, ~own & ~kin))
        return float(own_best / 128 + 1) / 2, float(kin_best / 128 + 1) / 2, float(best / 128 + 1) / 2


def excerpts(
    encoder: Encoder, test: Sequence[Heard], catalogue: Sequence[Heard], others: Sequence[Samples]
) -> Iterator[Answer]:
    """One excerpt per test recording and degradation; the short one is the middle of the long one."""
    rng, haystack = np.random.default_rng(0), Haystack(catalogue)
    for heard in one_per_recording(test):
        samples = decode(heard.track.path, rate=RATE).samples
        wanted = round((EXCERPT_S + 2 * SPARE_S) * RATE)
        if len(samples) < wanted:
            continue
        for name in ("none_0", *EVALUATION):
            start = int(rng.integers(len(samples) - wanted + 1))
            excerpt = samples[start : start + wanted]
            if name != "none_0":
                excerpt = fixed(name, others=others)(excerpt, RATE, rng)
            for seconds in (EXCERPT_S, SHORT_S):
                codes = encoder.analyse_blocks([middle(excerpt, seconds)]).codes
                yield Answer(name, seconds, *haystack.look_up(codes, heard.track))


def summary(answers: Sequence[Answer]) -> dict[str, dict[str, float]]:
    """Per degradation, and for all of them: `top1` and `accepted` of either length."""
    table: dict[str, dict[str, float]] = {}
    for seconds in (EXCERPT_S, SHORT_S):
        of_length = [answer for answer in answers if answer.seconds == seconds]
        threshold = float(np.quantile([answer.stranger for answer in of_length], 1 - FALSE_ACCEPTS))
        for name in ("all", *dict.fromkeys(answer.degradation for answer in of_length)):
            chosen = [answer for answer in of_length if name in ("all", answer.degradation)]
            row = table.setdefault(name, {"excerpts": len(chosen)})
            row[f"top1_{seconds:g}s"] = float(np.mean([answer.right for answer in chosen]))
            accepted = [answer.right and answer.own > threshold for answer in chosen]
            row[f"accepted_{seconds:g}s"] = float(np.mean(accepted))
        table["all"][f"threshold_{seconds:g}s"] = threshold
    return table


def one_per_recording(catalogue: Sequence[Heard]) -> list[Heard]:
    """The first file of each recording."""
    return list({heard.track.recording: heard for heard in reversed(catalogue)}.values())[::-1]


def middle(samples: Samples, seconds: float) -> Samples:
    """The middle of `samples`, where degradations that change the speed keep their place."""
    length = round(seconds * RATE)
    start = max(0, (len(samples) - length) // 2)
    return samples[start : start + length]


def _signs(codes: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.unpackbits(codes, axis=1).astype(np.float32) * 2 - 1
