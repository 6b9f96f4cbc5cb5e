"""By what the points of a map can be coloured: artist, genre, source, and groups of what sounds alike.

Eyes tell about a dozen colours apart, so the commonest values have one each and the rest share a grey.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.text import fold
from embeddings.layout import groups
from jobs.map_tracks import MapTracks

MOST = 12
OTHERS, UNKNOWN = "others", "unknown"


@dataclass(frozen=True)
class Colouring:
    """A way to colour: `group` [n] is a place in `labels`; `kinds` says which labels have no colour of their own."""

    name: str
    labels: list[str]
    kinds: list[str]  # "value", OTHERS or UNKNOWN
    group: list[int]


def colourings(tracks: MapTracks) -> list[Colouring]:
    """All of them, whether or not the catalogue says anything of that kind."""
    return [
        by_value("artist", tracks.artists),
        by_value("genre", tracks.facts["genre"]),
        by_value("source", tracks.facts["source"]),
        by_sound(tracks),
    ]


def by_value(name: str, values: Sequence[str], *, most: int = MOST) -> Colouring:
    """The `most` commonest of n `values` have a colour each; equal values may differ in case and accents."""
    keys = [fold(value) or value for value in values]
    printed: dict[str, Counter[str]] = {}
    for key, value in zip(keys, values, strict=True):
        printed.setdefault(key, Counter())[value] += 1
    counts = Counter(key for key in keys if key)
    chosen = [key for key, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]]
    rest = len(counts) - len(chosen)
    labels = [printed[key].most_common(1)[0][0] for key in chosen]
    kinds = ["value"] * len(chosen)
    place = {key: number for number, key in enumerate(chosen)}
    if rest:
        labels, kinds = [*labels, f"{rest:,} more"], [*kinds, OTHERS]
    if "" in printed:
        place[""] = len(labels)
        labels, kinds = [*labels, "not said"], [*kinds, UNKNOWN]
    return Colouring(name, labels, kinds, [place.get(key, len(chosen)) for key in keys])


def by_sound(tracks: MapTracks) -> Colouring:
    """Groups of what sounds alike, named by the genres that stand out in them, or by artists where few say one."""
    count = int(np.clip(np.sqrt(len(tracks.track_ids) / 4), 1, MOST))
    group = groups(tracks.vectors, count)
    genres = tracks.facts["genre"]
    said = genres if 2 * sum(map(bool, genres)) >= len(genres) else tracks.artists
    labels = [f"{number + 1}  {names}" for number, names in enumerate(_telling(group, said))]
    return Colouring("cluster", labels, ["value"] * len(labels), [int(value) for value in group])


def _telling(group: NDArray[np.int64], said: Sequence[str], *, most: int = 2) -> list[str]:
    """For each group the values that are commoner in it than elsewhere: count times the share that lies inside."""
    printed: dict[str, str] = {}
    said = [printed.setdefault(fold(value) or value, value) for value in said]
    overall = Counter(said)
    members = [Counter[str]() for _ in range(int(group.max()) + 1)]
    for number, value in zip(group.tolist(), said, strict=True):
        members[number].update([value] if value else [])
    lines = []
    for inside in members:
        ranked = sorted(inside, key=lambda value: (-(inside[value] ** 2) / overall[value], value))
        lines.append(", ".join(ranked[:most]) or "nothing said")
    return lines
