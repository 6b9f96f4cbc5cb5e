"""Ids that outlive a run: a cluster keeps its id while most of it stays together.

When clusters merge, the older id survives and the others redirect to it; when one splits, the larger part keeps it. A
run on unchanged input changes no id. A new id is made from the track id of the cluster's first track, so a catalogue
gets the same ids anywhere; an id that once meant another cluster is never given to a new one. Which tracks an id had
when it was given up, or when they left, is remembered: where they come back, or come apart again, so does the id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.hashing import combine, hash_texts

Labels = NDArray[np.int64]
DIGEST = 16
"""Letters of an id behind its prefix."""

MOST_REMEMBERED = 10_000_000
"""Tracks with an id that they do not have now, the last ones: catalogues live for years."""

_HEX = np.array([f"{byte:02x}" for byte in range(256)], "S2")


@dataclass(frozen=True)
class Before:
    """Ids of tracks: parallel columns `track_id`, `id` and `since`, the run that first gave the id."""

    track_id: pa.Array
    id: pa.Array
    since: pa.Array

    @classmethod
    def none(cls) -> "Before":
        """No tracks."""
        return cls(*(pa.array([], pa.string()) for _ in range(3)))

    def filter(self, rows: NDArray[np.bool_]) -> "Before":
        """Some of the tracks."""
        return Before(*(column.filter(pa.array(rows)) for column in (self.track_id, self.id, self.since)))

    def and_also(self, other: "Before") -> "Before":
        """These tracks, then the other ones."""
        columns = ((self.track_id, other.track_id), (self.id, other.id), (self.since, other.since))
        return Before(*map(pa.concat_arrays, columns))


@dataclass(frozen=True)
class Named:
    """Ids of clusters: `labels` ascending, their `ids` and `since`; `gone` ids and what they redirect to (`became`).

    former: tracks with an id that is given up, or that they had when they left.
    """

    labels: Labels
    ids: pa.Array
    since: pa.Array
    gone: pa.Array
    became: pa.Array
    former: Before


def name_clusters(
    label: Labels,
    track_id: pa.Array,
    digest: pa.Array,
    before: Before | None,
    *,
    prefix: str,
    now: str,
    former: Before | None = None,
    taken: Sequence[pa.Array] = (),
) -> Named:
    """Ids of the clusters. label: `[n]`, the place of each track's cluster's first track; track_id: `[n]`.

    digest: `[n]`, of `first_digests`. before: what is published; former: of the `Named` before. taken: other ids that
    are not to be given.
    """
    labels = np.flatnonzero(np.bincount(label, minlength=len(label)))
    before, former = before or Before.none(), former or Before.none()
    fresh = pc.binary_join_element_wise(prefix, digest.take(pa.array(labels)), "")
    told = before.and_also(former)
    if not len(told.id):
        none = pa.array([], pa.string())
        return Named(labels, fresh, pa.array([now] * len(labels), pa.string()), none, none, told)
    old = pc.dictionary_encode(told.id)
    codes = old.indices.to_numpy().astype(np.int64)
    _, first = np.unique(codes, return_index=True)
    since = told.since.take(pa.array(first))
    times = pc.dictionary_encode(since)  # few: the runs
    age = np.argsort(np.argsort(times.dictionary.to_pylist()))[times.indices.to_numpy()]
    kept, home, past = _kept(np.searchsorted(labels, label), track_id, told, codes, age, len(before.id))
    place = pa.array(np.maximum(kept, 0), mask=kept < 0)
    ids = pc.coalesce(old.dictionary.take(place), _unused(fresh, kept < 0, [old.dictionary, *taken]))
    given = pc.fill_null(since.take(place), now)
    there = np.isin(np.arange(len(age)), kept)
    gone = np.flatnonzero((home >= 0) & ~there)
    remembered = told.filter(~there[codes] | past)
    return Named(
        labels,
        ids,
        given,
        old.dictionary.take(pa.array(gone)),
        ids.take(pa.array(home[gone])),
        remembered.filter(_once(remembered)),
    )


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
    cluster: Labels, track_id: pa.Array, told: Before, codes: Labels, age: Labels, published: int
) -> tuple[Labels, Labels, NDArray[np.bool_]]:
    """The old id, by number, that each cluster keeps (-1: none), and the cluster that most of each old id went to.

    Published ids, the first rows of `told`, go before former ones. Third: whether each row's track is not there now.
    """
    clusters = int(cluster.max(initial=-1)) + 1
    now, was, past = _shared_tracks(track_id, told.track_id)
    kept, home = keep_or_restore(cluster[now], codes[was], was < published, clusters=clusters, age=age)
    return kept, home, past


def keep_or_restore(
    cluster: Labels, old: Labels, published: NDArray[np.bool_], *, clusters: int, age: Labels
) -> tuple[Labels, Labels]:
    """`keep` of the published rows, `[n]`; a cluster that keeps none may have a former id again that nobody has."""
    kept, home = keep(cluster[published], old[published], clusters=clusters, age=age)
    free = ~np.isin(old, old[published])
    again, went = keep(cluster[free], old[free], clusters=clusters, age=age)
    return np.where(kept >= 0, kept, again), np.where(home >= 0, home, went)


def keep(cluster: Labels, old: Labels, *, clusters: int, age: Labels) -> tuple[Labels, Labels]:
    """The old id, by number, that each cluster keeps (-1: none), and the cluster that most of each old id went to.

    cluster, old: `[n]`, the cluster and the old id of each thing that is in both; age: `[old ids]`, least is oldest.
    """
    pairs, shared = np.unique(cluster * max(len(age), 1) + old, return_counts=True)
    cluster, old = np.divmod(pairs, max(len(age), 1))
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


def _shared_tracks(now: pa.Array, before: pa.Array) -> tuple[Labels, Labels, NDArray[np.bool_]]:
    """Where the tracks that are in both stand in either, and which of `before` are not there now, `[before]`.

    Ids are compared as 64-bit hashes.
    """
    found = pc.index_in(pa.array(hash_texts(before)), value_set=pa.array(hash_texts(now)))
    there = found.is_valid().to_numpy(zero_copy_only=False)
    return found.drop_null().to_numpy().astype(np.int64), np.flatnonzero(there), ~there


def _once(told: Before) -> NDArray[np.bool_]:
    """The first of the rows that say one id of one track, `[n]`, the latest `MOST_REMEMBERED` of them."""
    first = np.zeros(len(told.id), bool)
    places = np.unique(combine(0, hash_texts(told.id), hash_texts(told.track_id)), return_index=True)[1]
    first[np.sort(places)[:MOST_REMEMBERED]] = True
    return first


def _unused(fresh: pa.Array, wanted: NDArray[np.bool_], given: Sequence[pa.Array]) -> pa.Array:
    """The ids, each wanted one that was given before with the least number behind it that makes it another."""
    ids, number = fresh, 1
    places = np.flatnonzero(wanted)
    while len(places := places[_is_in(ids.take(pa.array(places)), given)]):
        number += 1
        mask = np.zeros(len(fresh), bool)
        mask[places] = True
        ids = pc.if_else(pa.array(mask), pc.binary_join_element_wise(fresh, str(number), "-"), ids)
    return ids


def _is_in(ids: pa.Array, given: Sequence[pa.Array]) -> NDArray[np.bool_]:
    found = [pc.is_in(ids, each).to_numpy(zero_copy_only=False) for each in given]
    return np.asarray(np.any(found, axis=0), bool)
