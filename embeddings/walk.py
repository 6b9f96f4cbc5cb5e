"""A walk through vectors: from one to another by small steps that stay near the straight way.

The straight way is the great circle between the ends (spherical interpolation, Shoemake 1985), with an even point for
every stop. Every candidate stands by the point that it is nearest to, and a walk takes one at each point, so that it
goes forward and meets no track twice; the cheapest of all such walks is found exactly (Viterbi 1967). A step costs its
own distance and that from the straight way, both as 1 - cosine, which grows with the square of small distances and so
prefers even steps. A point at which nobody stands is given the nearest to it of those that stand in company elsewhere.
"""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def way(start: Vectors, end: Vectors, count: int) -> Vectors:
    """`count` points `[count, d]` evenly between the ends `[d]`, without them, of unit length."""
    angle = float(np.arccos(np.clip(start @ end, -1, 1)))
    share = np.arange(1, count + 1) / (count + 1)
    if np.sin(angle) < 1e-4:  # the ends are one or opposite
        return np.repeat(start[None], count, 0)
    points = np.sin((1 - share) * angle)[:, None] * start + np.sin(share * angle)[:, None] * end
    return np.asarray(points / np.sin(angle), np.float32)


def walk(vectors: Vectors, start: Vectors, end: Vectors, stops: int) -> list[int]:
    """Positions in `vectors` `[n, d]` of the best walk of `stops`, or of n where there are fewer, in order."""
    stops = min(stops, len(vectors))
    if not stops:
        return []
    line = way(start, end, stops)
    stations = _stations(vectors @ line.T)
    cost = np.zeros(1)
    before, came_from = start[None], []
    for station, point in zip(stations, line, strict=True):
        here = vectors[station]
        steps = cost[:, None] + (1 - before @ here.T)
        came_from.append(np.argmin(steps, 0))
        cost = steps.min(0) + (1 - here @ point)
        before = here
    at = int(np.argmin(cost + (1 - before @ end)))
    chosen: list[int] = []
    for station, origin in zip(reversed(stations), reversed(came_from), strict=True):
        chosen.append(int(station[at]))
        at = int(origin[at])
    return chosen[::-1]


def _stations(nearness: NDArray[np.floating]) -> list[NDArray[np.int64]]:
    """The candidates that stand by each point, at least one each; nearness: cosines `[n, points]`, n >= points."""
    stands = np.argmax(nearness, 1)
    for point in range(nearness.shape[1]):
        if not (stands == point).any():
            in_company = np.bincount(stands, minlength=nearness.shape[1])[stands] > 1
            stands[int(np.argmax(np.where(in_company, nearness[:, point], -np.inf)))] = point
    return [np.flatnonzero(stands == point) for point in range(nearness.shape[1])]
