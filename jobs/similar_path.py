"""A playlist that walks from one track to another; the method is `embeddings.walk`."""

import numpy as np
from numpy.typing import NDArray

from embeddings.walk import walk, way
from jobs.cards import Places
from jobs.similar_answers import Answer, described, once_each, own_tracks
from jobs.similar_filters import Mask
from jobs.similar_query import Seed
from jobs.similar_space import Space

NEAR_EACH = 50
"""Tracks near each point of the way that are looked at."""

Vectors = NDArray[np.float32]


def find_path(space: Space, start: Seed, end: Seed, mask: Mask | None, count: int, *, fold: bool) -> list[Answer]:
    """Up to `count` tracks, the ends among them where they are tracks; each one's score is to the one before it."""
    ends = [seed for seed in (start, end) if seed.places]
    own = own_tracks(space.cards, (place for seed in ends for place in seed.places), fold)
    stops = min(count - len(ends), len(space.index))
    pool = _pool(space, way(start.vector, end.vector, max(stops, 1)), mask, own, fold)
    vectors = space.vectors(pool) if len(pool) else np.zeros((0, len(start.vector)), np.float32)
    chosen = pool[walk(vectors, start.vector, end.vector, stops)]
    places = [*start.places, *(int(place) for place in chosen), *end.places]
    answers, before = [], start.vector
    for place in places:
        here = space.vectors([place])[0]
        answers += described(space, before, [float(before @ here)], [place])
        before = here
    return answers


def _pool(space: Space, points: Vectors, mask: Mask | None, own: set[int], fold: bool) -> Places:
    """The tracks that are near the way, each song once, by the track that is nearest to it."""
    near: dict[int, float] = {}
    for point in points:
        scores, places, _ = space.near(point, NEAR_EACH + len(own))
        for score, place in zip(scores.tolist(), places.tolist(), strict=True):
            if place not in own and (mask is None or mask[place]):
                near[place] = max(score, near.get(place, -1.0))
    ordered = np.array(sorted(near, key=lambda place: -near[place]), np.int64)
    return ordered[once_each(space.cards, ordered, fold)] if len(ordered) else ordered
