"""A walk through vectors: from one to another by small steps that stay near the straight way.

The straight way is the great circle between the ends (spherical interpolation, Shoemake 1985). Every candidate has a
place along it, the angle of its shadow in the plane of the ends. Candidates are ordered by place and dealt into as many
stations as there are stops, so that a walk never turns back nor meets a track twice; among all walks with one
candidate of each station the cheapest is found exactly (Viterbi 1967). A step costs its own distance and that from the
straight way, both as 1 - cosine, which grows with the square of small distances and so prefers even steps.
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
    stations = np.array_split(np.argsort(_progress(vectors, start, end), kind="stable"), stops)
    line = way(start, end, stops)
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


def _progress(vectors: Vectors, start: Vectors, end: Vectors) -> NDArray[np.float64]:
    """The angle of each vector's shadow in the plane of the ends, from the start towards the end."""
    across = end - (start @ end) * start
    norm = float(np.linalg.norm(across))
    if norm < 1e-4:
        return np.arange(len(vectors), dtype=np.float64)
    return np.asarray(np.arctan2(vectors @ (across / norm), vectors @ start), np.float64)
