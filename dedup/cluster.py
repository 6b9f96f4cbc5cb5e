"""Clusters of tracks that are one recording, from scored pairs.

Match weights (log2 odds) are clustered under constraints, not chained. Connected components of the pairs above the
threshold are settled one by one:

* where all pairs were scored above the threshold and no source is there twice, the component is one cluster;
* a component of up to `Linkage.exact` tracks is partitioned optimally: the partition whose clusters have the largest
  sum of weights above the threshold (correlation clustering, Bansal, Blum and Chawla 2004, by trying all partitions);
* a larger one by average linkage (Lance and Williams 1967): two clusters join while the *mean* weight over all their
  cross pairs stays above the threshold, best first, on the sparse graph (`dedup.linkage`);
* one of more than `Linkage.largest` scored pairs is first cut at rising thresholds until its parts are smaller, or no
  pair is stronger than the next threshold.

Cross pairs that nobody proposed count as `absent` bits, mildly against, so one strong bridge cannot chain strangers
together. Within a crowd, so many copies of one title and artist that only some of their pairs were looked at
(`dedup.blocks`), they count nothing: the mean is that of the pairs that were. A cluster never holds two tracks of a
source that promises one track a recording, nor a vetoed pair (weight of minus infinity).
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dedup.linkage import Agglomeration, Bits, Graph, Linkage, Rows
from dedup.partitions import best_partition

SURE = 60.0
"""Bits from which nothing is cut any more: what hangs together then was told to (labels)."""


def cluster(
    count: int,
    a: Rows,
    b: Rows,
    bits: Bits,
    linkage: Linkage,
    *,
    exclusive: NDArray[np.int64] | None = None,
    crowd: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Cluster labels `[count]`: the smallest row of each track's cluster.

    a, b, bits: scored pairs of rows `[e]`, each pair once, negative weights included. exclusive: `[count]` source
    number of every track that may stand once in a cluster, -1 where nothing is promised. crowd: `[count]` number of
    the crowd that a track is in, of whose pairs some were not looked at; -1 where it is in none.
    """
    labels, none = np.arange(count), np.full(count, -1)
    graph = Graph(a, b, bits, none if exclusive is None else exclusive, none if crowd is None else crowd)
    _settle(graph, linkage, labels)
    return labels


def linked(count: int, a: Rows, b: Rows) -> NDArray[np.int64]:
    """Labels `[count]` of what is linked by the pairs, directly or not: the smallest row of each group."""
    component = _components(count, a, b)
    first = np.empty(count, np.int64)
    first[component[::-1]] = np.arange(count)[::-1]  # the last that is written, the smallest, stays
    return np.asarray(first[component])


def _components(count: int, a: Rows, b: Rows) -> NDArray[np.int64]:
    graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _settle(graph: Graph, linkage: Linkage, labels: NDArray[np.int64]) -> None:
    """Write the labels of every component of the pairs above the threshold."""
    strong = graph.bits > linkage.threshold
    component = linked(len(labels), graph.a[strong], graph.b[strong])
    inside = graph.part(component[graph.a] == component[graph.b])
    whole = _whole(component, inside, linkage)
    members = np.flatnonzero(whole[component])
    labels[members] = component[members]
    rest = inside.part(~whole[component[inside.a]])
    order = np.argsort(component[rest.a], kind="stable")
    rest = rest.part(order)
    bounds = np.flatnonzero(np.diff(component[rest.a], prepend=-1, append=-1))
    for start, stop in pairwise(bounds.tolist()):
        _divide(rest.part(slice(start, stop)), linkage, labels)


def _whole(component: NDArray[np.int64], inside: Graph, linkage: Linkage) -> NDArray[np.bool_]:
    """By its label, whether a component of several tracks is one cluster without doubt, `[count]`."""
    count = len(component)
    size = np.bincount(component, minlength=count)
    above = inside.bits > linkage.threshold
    pairs = np.bincount(component[inside.a[above]], minlength=count)
    whole = (size > 1) & (pairs == size * (size - 1) // 2)
    promised = np.flatnonzero((inside.exclusive >= 0) & (size[component] > 1))
    sources = int(inside.exclusive.max(initial=0)) + 1
    held = np.sort(component[promised] * sources + inside.exclusive[promised])
    whole[held[1:][held[1:] == held[:-1]] // sources] = False
    return np.asarray(whole)


def _divide(graph: Graph, linkage: Linkage, labels: NDArray[np.int64]) -> None:
    """Write the labels of one component."""
    rows = np.union1d(graph.a, graph.b)
    if len(graph.a) > linkage.largest and linkage.threshold < SURE:
        return _cut(graph, rows, linkage, labels)
    clusters = (
        _partition(graph, rows, linkage)
        if len(rows) <= linkage.exact
        else Agglomeration(graph, rows, linkage).clusters()
    )
    return _write(clusters, labels)


def _cut(graph: Graph, rows: Rows, linkage: Linkage, labels: NDArray[np.int64]) -> None:
    """Settle the parts that a component too large falls into at a higher threshold."""
    higher = replace(linkage, threshold=linkage.threshold + linkage.step)
    if not (graph.bits > higher.threshold).any():  # alike throughout: nothing is weakest
        return _write(Agglomeration(graph, rows, linkage).clusters(), labels)
    place = {row: number for number, row in enumerate(rows.tolist())}
    a, b = (np.array([place[row] for row in side.tolist()]) for side in (graph.a, graph.b))
    local = np.arange(len(rows))
    _settle(Graph(a, b, graph.bits, graph.exclusive[rows], graph.crowd[rows]), higher, local)
    labels[rows] = rows[local]
    return None


def _write(clusters: list[list[int]], labels: NDArray[np.int64]) -> None:
    for members in clusters:
        labels[members] = min(members)


def _partition(graph: Graph, rows: Rows, linkage: Linkage) -> list[list[int]]:
    """The best partition of a small component."""
    crowd = graph.crowd[rows]
    gain = np.full((len(rows), len(rows)), linkage.absent - linkage.threshold)
    gain[(crowd[:, None] == crowd) & (crowd >= 0)] = 0.0
    i, j = np.searchsorted(rows, graph.a), np.searchsorted(rows, graph.b)
    gain[i, j] = gain[j, i] = graph.bits - linkage.threshold
    source = graph.exclusive[rows]
    gain[(source[:, None] == source) & (source >= 0)] = -np.inf
    return [rows[part].tolist() for part in best_partition(gain)]


def strongest_outside(labels: NDArray[np.int64], parts: Iterable[tuple[Rows, Rows, Bits]]) -> Bits:
    """The weight of every track's strongest pair with a track of another cluster, `[count]`, -60 bits at least."""
    strongest = np.full(len(labels), -60.0)
    for a, b, bits in parts:
        outside = labels[a] != labels[b]
        for side in (a, b):
            np.maximum.at(strongest, side[outside], bits[outside])
    return strongest


def confidence(labels: NDArray[np.int64], a: Rows, b: Rows, bits: Bits, strongest: Bits | None = None) -> Bits:
    """Confidence of every track's place, `[count]`, a probability.

    For a member of a cluster: of the mean weight of its scored pairs inside. For a track alone: that its strongest pair
    is rightly not joined. Tracks without any pair have confidence 1. strongest: of `strongest_outside`, where there are
    more pairs than these.
    """
    count = len(labels)
    inside = labels[a] == labels[b]
    total, scored = np.zeros(count), np.zeros(count)
    for side in (a, b):
        total += np.bincount(side[inside], np.clip(bits[inside], -60, 60), count)
        scored += np.bincount(side[inside], minlength=count)
    if strongest is None:
        strongest = strongest_outside(labels, [(a, b, bits)])
    mean = np.divide(total, scored, out=np.zeros(count), where=scored > 0)
    return np.asarray(1 / (1 + np.exp2(np.where(scored > 0, -mean, np.clip(strongest, -60, 60)))))
