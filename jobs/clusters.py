"""Clusters, on the driver: which tracks are one recording and one song, from the compared pairs streamed as numbers.

The driver gets the pairs strong enough to merge, whose connected components are found there, then all scored pairs
inside one component, 16 bytes each. That is a few pairs a track, about 1 GB at 30 million tracks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray

from dedup.cluster import confidence, linked, strongest_outside
from dedup.constraints import MOST_THRESHOLD, Constraints, pair_keys, parted
from dedup.decide import Policy
from dedup.hashing import combine, hash_texts
from dedup.linkage import Linkage
from dedup.records import mapped_text
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


LEAST_LETTERS, LEAST_WORDS = 12, 3
"""What a title must have at least to be no other song's by chance: "hold on" is many songs."""


def distinctive_titles(records: Path) -> NDArray[np.bool_]:
    """Whether a track's title alone names a song, `[n]`. records: the record files."""
    titles = mapped_text(records, "title_core")
    letters, spaces = pc.binary_length(titles), pc.count_substring(titles, " ")
    return (np.asarray(letters) >= LEAST_LETTERS) & (np.asarray(spaces) >= LEAST_WORDS - 1)


def crowds(records: Path, copies: int) -> NDArray[np.int64]:
    """A number for the title and artist of each track that more than `copies` tracks share, else -1, `[n]`.

    Only some pairs of so many are candidates (`dedup.blocks`).
    """
    title, artist = (hash_texts(mapped_text(records, name)) for name in ("title_core", "artist_core"))
    _, number, tracks = np.unique(combine(0, title, artist), return_inverse=True, return_counts=True)
    return np.where((title != 0) & (artist != 0) & (tracks[number] > copies), number, -1)


def find_clusters(
    compared: Path,
    scores: Scores,
    chosen: Policy,
    exclusive: NDArray[np.int64],
    distinctive: NDArray[np.bool_],
    crowd: NDArray[np.int64],
    ties: Constraints,
) -> Clusters:
    """Cluster the compared pairs into recordings, and these into songs by versions and by covers of a telling title.

    exclusive: `[n]`, the source of a track where it promises one a recording, else -1. distinctive, crowd: `[n]`.
    ties: what labels say; they outweigh evidence, the threshold and the promise.
    """
    count = len(exclusive)
    a, b, _ = _pairs(compared, scores, lambda a, b, at: scores.merges[at])
    must_a, must_b = ties.must
    component = linked(count, np.concatenate([a, must_a]), np.concatenate([b, must_b]))
    a, b, at = _pairs(compared, scores, lambda a, b, at: component[a] == component[b])
    order = np.argsort(pair_keys(a, b, count))
    a, b, bits = a[order], b[order], scores.told[at[order]]
    linkage = Linkage(threshold=min(chosen.merge, MOST_THRESHOLD))
    label = ties.cluster(a, b, bits, linkage, exclusive=exclusive, crowd=crowd)
    a, b, bits = ties.overlay(a, b, bits)
    kin_a, kin_b, _ = _pairs(
        compared, scores, lambda a, b, at: scores.versions[at] | (scores.covers[at] & distinctive[a] & distinctive[b])
    )
    song = linked(count, np.concatenate([kin_a, np.arange(count)]), np.concatenate([kin_b, label]))
    apart = ties.apart
    others = (
        (a, b, np.where(parted(a, b, ties.group, apart), -np.inf, scores.told[at]))
        for a, b, at in stream(compared, scores)
    )
    return Clusters(label, song, confidence(label, a, b, bits, strongest_outside(label, others)))


def _pairs(compared: Path, scores: Scores, wanted: Wanted) -> tuple[Places, Places, Places]:
    """Places of both sides and the pattern's number of the pairs that are wanted."""
    parts = [(np.empty(0, np.int64),) * 3]
    for a, b, at in stream(compared, scores):
        keep = wanted(a, b, at)
        parts.append((a[keep], b[keep], at[keep]))
    a, b, at = (np.concatenate(part) for part in zip(*parts, strict=True))
    return a, b, at


def stream(compared: Path, scores: Scores) -> Iterator[tuple[Places, Places, Places]]:
    """Batches of the compared pairs: places of both sides and where their pattern stands in `scores`."""
    columns = ["place_a", "place_b", "pattern"]
    for batch in ds.dataset(compared, format="parquet").to_batches(columns=columns):
        a, b, pattern = (batch.column(name).to_numpy() for name in columns)
        yield a.astype(np.int64), b.astype(np.int64), scores.at(pattern)
