"""Why a track is an answer: the places in which it and the query sound most alike, with their times.

A track's vector is the direction of the sum of its segments' vectors, and only that sum is kept. So the files are heard
again: the cosines of their segments are exactly what the score is made of. The stored identity codes say whether two
segments are the same sound, not whether they are alike, and are not used. It takes as long as hearing the files; an
answer whose file is gone has no places, and that is said.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.decode import DecodeLimits
from catalog.errors import AudioError
from jobs.similar_answers import Answer
from jobs.similar_query import Query, Reader, Seed

HEARD = DecodeLimits(max_seconds=600.0, timeout_s=60.0)
PAIRS = 3
APART_S = 10.0
"""Seconds between two places of one track, so that three places are three."""

Segments = tuple[NDArray[np.float32], NDArray[np.float32]]


def with_reasons(reader: Reader, query: Query, answers: list[Answer]) -> list[Answer]:
    """The answers with their `why`; what cannot be heard is added to what the reader says."""
    heard: dict[str, Segments | None] = {}
    return [replace(answer, why=_reasons(reader, query, answer, heard)) for answer in answers]


def _reasons(
    reader: Reader, query: Query, answer: Answer, heard: dict[str, Segments | None]
) -> list[dict[str, float | str]]:
    cards = reader.space.cards
    vector = reader.space.vector(cards.needed(answer.track_id))
    seed = max(query.wanted, key=lambda seed: float(seed.vector @ vector))
    ours, theirs = _segments(reader, _file(reader, seed), heard), _segments(reader, answer.audio_file, heard)
    if ours is None or theirs is None:
        return []
    return [{"seed": seed.label, **pair} for pair in nearest_places(ours, theirs)]


def _file(reader: Reader, seed: Seed) -> str | None:
    """The file of a seed; of several tracks, that of the one which is nearest to their mean."""
    if seed.file is not None or not seed.places:
        return None if seed.file is None else str(seed.file)
    places = reader.space.heard(seed.places)
    nearest = int(places[int(np.argmax(reader.space.vectors(places) @ seed.vector))])
    return reader.space.cards.texts("audio_file").get(nearest)


def _segments(reader: Reader, file: str | None, heard: dict[str, Segments | None]) -> Segments | None:
    """Vectors and times of a file's segments, heard once; None, which is said, where it cannot be heard."""
    key = file or ""
    if key not in heard:
        heard[key] = None
        if not file:
            reader.said.append("--why: a track or stream without a file cannot be heard again")
            return None
        try:
            heard[key] = reader.ears.encoder.places(Path(file), HEARD)
        except AudioError as error:
            reader.said.append(f"--why: {error}")
    return heard[key]


def nearest_places(a: Segments, b: Segments) -> list[dict[str, float]]:
    """Up to `PAIRS` pairs of segments with the greatest cosines, best first, no two near each other in either."""
    cosine = a[0] @ b[0].T
    pairs: list[dict[str, float]] = []
    while cosine.size and len(pairs) < PAIRS and np.isfinite(best := float(cosine.max())):
        i, j = np.unravel_index(int(np.argmax(cosine)), cosine.shape)
        pairs.append({"query_s": float(a[1][i]), "answer_s": float(b[1][j]), "cosine": round(best, 4)})
        cosine[np.abs(a[1] - a[1][i]) < APART_S] = -np.inf
        cosine[:, np.abs(b[1] - b[1][j]) < APART_S] = -np.inf
    return pairs
