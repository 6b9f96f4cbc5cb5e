"""Clusters, on the driver: which tracks are one recording and one song, from the compared pairs streamed as numbers.

The driver gets the pairs strong enough to merge, whose connected components are found there, then all scored pairs
inside one component, 16 bytes each. That is a few pairs a track, about 1 GB at 30 million tracks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
from numpy.typing import NDArray

from dedup.cluster import Linkage, cluster, confidence, linked
from dedup.decide import Policy
from dedup.scores import Scores

Places = NDArray[np.int64]
Wanted = Callable[[Places, Places, Places], NDArray[np.bool_]]
"""Whether a pair is wanted, from both places and the number of its pattern, `[n]` each."""


@dataclass(frozen=True)
class Clusters:
    """Per place `[n]`: the first place of its recording and of its song, and how sure the recording is."""

    recording: Places
    song: Places
    confidence: NDArray[np.float64]


def find_clusters(compared: Path, scores: Scores, chosen: Policy, exclusive: NDArray[np.int64]) -> Clusters:
    """Cluster the compared pairs.

    Exclusive: `[n]`, the source of a track where it promises one a recording, else -1.
    """
    count = len(exclusive)
    a, b, _ = _pairs(compared, scores, lambda a, b, at: scores.merges[at])
    component = linked(count, a, b)
    a, b, at = _pairs(compared, scores, lambda a, b, at: component[a] == component[b])
    bits = scores.told[at]
    label = cluster(count, a, b, bits, Linkage(threshold=chosen.merge), exclusive=exclusive)
    version_a, version_b, _ = _pairs(compared, scores, lambda a, b, at: scores.versions[at])
    everyone = np.arange(count)
    song = linked(count, np.concatenate([version_a, everyone]), np.concatenate([version_b, label]))
    return Clusters(label, song, confidence(label, a, b, bits))


def _pairs(compared: Path, scores: Scores, wanted: Wanted) -> tuple[Places, Places, Places]:
    """Places of both sides and the pattern's number of the pairs that are wanted, sorted."""
    parts = [(np.empty(0, np.int64),) * 3]
    for a, b, at in stream(compared, scores):
        keep = wanted(a, b, at)
        parts.append((a[keep], b[keep], at[keep]))
    a, b, at = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((b, a))
    return a[order], b[order], at[order]


def stream(compared: Path, scores: Scores) -> Iterator[tuple[Places, Places, Places]]:
    """Batches of the compared pairs: places of both sides and where their pattern stands in `scores`."""
    columns = ["place_a", "place_b", "pattern"]
    for batch in ds.dataset(compared, format="parquet").to_batches(columns=columns):
        a, b, pattern = (batch.column(name).to_numpy() for name in columns)
        yield a.astype(np.int64), b.astype(np.int64), scores.at(pattern)
