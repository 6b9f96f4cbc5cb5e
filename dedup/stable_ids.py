"""Ids that outlive a run: a cluster keeps its id while most of it stays together.

When clusters merge, the older id survives and the others redirect to it; when one splits, the larger part keeps it. A
run on unchanged input changes no id. A new id is made from the track id of the cluster's first track, so a catalogue
gets the same ids anywhere; an id that once meant another cluster is never given to a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.hashing import hash_texts

Labels = NDArray[np.int64]
DIGEST = 16
"""Letters of an id behind its prefix."""

_HEX = np.array([f"{byte:02x}" for byte in range(256)], "S2")


@dataclass(frozen=True)
class Before:
    """The published ids: parallel columns `track_id`, `id` and `since`, the run that first gave the id."""

    track_id: pa.Array
    id: pa.Array
    since: pa.Array


@dataclass(frozen=True)
class Named:
    """Ids of clusters: `labels` ascending, their `ids` and `since`; `gone` ids and what they redirect to (`became`)."""

    labels: Labels
    ids: pa.Array
    since: pa.Array
    gone: pa.Array
    became: pa.Array


def name_clusters(
    label: Labels, track_id: pa.Array, digest: pa.Array, before: Before | None, *, prefix: str, now: str
) -> Named:
    """Ids of the clusters. label: `[n]`, the place of each track's cluster's first track; track_id: `[n]`.

    digest: `[n]`, of `first_digests`.
    """
    labels = np.flatnonzero(np.bincount(label, minlength=len(label)))
    fresh = pc.binary_join_element_wise(prefix, digest.take(pa.array(labels)), "")
    if before is None or not len(before.id):
        none = pa.array([], pa.string())
        return Named(labels, fresh, pa.array([now] * len(labels), pa.string()), none, none)
    old = pc.dictionary_encode(before.id)
    codes = old.indices.to_numpy().astype(np.int64)
    _, first = np.unique(codes, return_index=True)
    since = before.since.take(pa.array(first))
    kept, home = _kept(label, labels, track_id, before.track_id, codes, since)
    used = pc.is_in(fresh, old.dictionary)
    unused = pc.if_else(used, pc.binary_join_element_wise(fresh, pa.scalar(now[-4:]), "-"), fresh)
    place = pa.array(np.maximum(kept, 0), mask=kept < 0)
    ids = pc.coalesce(old.dictionary.take(place), unused)
    given = pc.fill_null(since.take(place), now)
    gone = np.setdiff1d(np.flatnonzero(home >= 0), kept)
    return Named(labels, ids, given, old.dictionary.take(pa.array(gone)), ids.take(pa.array(home[gone])))


def first_digests(track_id: pa.Array, labels: Sequence[Labels]) -> pa.Array:
    """What new ids are made of, `[n]`: digests of the track ids of first tracks, null for the others.

    track_id: `[n]`; labels: `[n]` each, of several ways of clustering.
    """
    at = np.full(len(track_id), -1)
    at[np.concatenate(labels)] = 0
    first = np.flatnonzero(at == 0)
    at[first] = np.arange(len(first))
    texts = track_id.take(pa.array(first)).cast(pa.large_binary()).to_pylist()
    digests = np.frombuffer(b"".join([sha256(text).digest() for text in texts]), np.uint8).reshape(-1, 32)
    letters = pa.py_buffer(_HEX.take(digests[:, : DIGEST // 2].ravel()).tobytes())
    offsets = pa.py_buffer(np.arange(0, DIGEST * len(first) + 1, DIGEST, dtype=np.int64))
    return (
        pa.Array.from_buffers(pa.large_string(), len(first), [None, offsets, letters])
        .take(pa.array(at, mask=at < 0))
        .cast(pa.string())
    )


def _kept(
    label: Labels, labels: Labels, track_id: pa.Array, old_track: pa.Array, codes: Labels, since: pa.Array
) -> tuple[Labels, Labels]:
    """The old id, by number, that each cluster keeps (-1: none), and the cluster that most of each old id went to."""
    now, was = _shared_tracks(track_id, old_track)
    cluster, old = np.searchsorted(labels, label[now]), codes[was]
    _, age = np.unique(np.array(since.to_pylist(), dtype=str), return_inverse=True)
    return keep(cluster, old, clusters=len(labels), age=age)


def keep(cluster: Labels, old: Labels, *, clusters: int, age: Labels) -> tuple[Labels, Labels]:
    """The old id, by number, that each cluster keeps (-1: none), and the cluster that most of each old id went to.

    cluster, old: `[n]`, the cluster and the old id of each thing that is in both; age: `[old ids]`, least is oldest.
    """
    pairs, shared = np.unique(np.stack([cluster, old]), axis=1, return_counts=True)
    cluster, old = pairs
    largest = np.lexsort((cluster, -shared, old))
    largest = largest[np.flatnonzero(np.diff(old[largest], prepend=-1))]
    home = np.full(len(age), -1, np.int64)
    home[old[largest]] = cluster[largest]
    cluster, old, shared = cluster[largest], old[largest], shared[largest]
    oldest = np.lexsort((old, -shared, age[old], cluster))
    oldest = oldest[np.flatnonzero(np.diff(cluster[oldest], prepend=-1))]
    kept = np.full(clusters, -1, np.int64)
    kept[cluster[oldest]] = old[oldest]
    return kept, home


def _shared_tracks(now: pa.Array, before: pa.Array) -> tuple[Labels, Labels]:
    """Where the tracks that are in both stand in either; ids are compared as 64-bit hashes."""
    ours, theirs = hash_texts(now), hash_texts(before)
    _, place, old = np.intersect1d(ours, theirs, assume_unique=False, return_indices=True)
    return place, old
