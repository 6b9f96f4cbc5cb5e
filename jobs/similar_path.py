"""A playlist that walks from one track to another; the method is `embeddings.walk`."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.walk import walk, way
from jobs import similar
from jobs.cards import Places
from jobs.similar_answers import Answer, described, once_each, own_tracks
from jobs.similar_filters import Mask
from jobs.similar_query import Seed
from jobs.similar_space import Space

NEAR_EACH = 50
"""Tracks near each point of the way that are looked at, if they are songs enough for the walk."""

SPARE = 4
"""Times as many as there are points are looked at of each, where they are not: some are one song."""

Vectors = NDArray[np.float32]
Scored = tuple[Vectors, Places]


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
    """The tracks that are near the way and may stand on it, each song once, by the track that is nearest to it.

    Where they are fewer songs than points, each point has the nearest of all that may, as few as are enough.
    """
    fitting = np.ones(len(space.cards), bool) if mask is None else mask.copy()
    fitting[list(own)] = False
    near = [_fitting(*space.near(point, NEAR_EACH + len(own))[:2], fitting) for point in points]
    songs = _songs(space, near, fold)
    if len(songs) >= len(points):
        return songs
    near = list(_nearest(space, points, fitting, max(NEAR_EACH, SPARE * len(points))))
    each, most = 1, max(len(places) for _, places in near)
    while len(songs) < len(points) and each < 2 * most:
        songs = _songs(space, [(scores[:each], places[:each]) for scores, places in near], fold)
        each *= 2
    return songs


def _songs(space: Space, near: Sequence[Scored], fold: bool) -> Places:
    """Of the tracks that are near any point, each song once, by the track that is nearest to one."""
    scores, places = (np.concatenate(column) for column in zip(*near, strict=True))
    ordered = places[np.argsort(-scores, kind="stable")]
    ordered = ordered[np.sort(np.unique(ordered, return_index=True)[1])]
    return ordered[once_each(space.cards, ordered, fold)] if len(ordered) else ordered


def _nearest(space: Space, points: Vectors, fitting: Mask, count: int) -> Iterator[Scored]:
    """For each point the `count` nearest of those that fit, best first; all are compared where that is quicker."""
    if np.count_nonzero(fitting) <= similar.ONE_BY_ONE:
        heard = space.heard(np.flatnonzero(fitting))
        vectors = space.vectors(heard)
        for point in points:
            scores = vectors @ point
            order = np.argsort(-scores, kind="stable")[:count]
            yield scores[order], heard[order]
        return
    for point in points:
        yield _found(space, point, fitting, count)


def _found(space: Space, point: Vectors, fitting: Mask, count: int) -> Scored:
    """The same for one point, by asking the index for ever more."""
    wider, most = count, min(len(space.index), similar.MOST_ASKED)
    while True:
        scores, places = _fitting(*space.near(point, wider)[:2], fitting)
        if len(places) >= count or wider >= most:
            return scores[:count], places[:count]
        wider = min(4 * wider, most)


def _fitting(scores: Vectors, places: Places, fitting: Mask) -> Scored:
    return scores[fitting[places]], places[fitting[places]]
