"""Clusters of tracks that are one recording, from scored pairs.

Match weights (log2 odds) are clustered under constraints, not chained. Connected components of the pairs above the
threshold are settled one by one:

* where all pairs were scored above the threshold and no source is there twice, the component is one cluster;
* a component of up to `Linkage.exact` tracks is partitioned optimally: the partition whose clusters have the largest
  sum of weights above the threshold (correlation clustering, Bansal, Blum and Chawla 2004, by trying all partitions);
* a larger one by average linkage (Lance and Williams 1967): two clusters join while the *mean* weight over all their
  cross pairs stays above the threshold, best first, on the sparse graph with a heap and lazy deletion, O(e log e);
* one of more than `Linkage.largest` tracks is first cut at rising thresholds until its parts are smaller, or no pair is
  stronger than the next threshold.

Cross pairs that nobody proposed count as `absent` bits, mildly against, so one strong bridge cannot chain strangers
together. A cluster never holds two tracks of a source that promises one track a recording, nor a vetoed pair (weight of
minus infinity).
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dedup.partitions import best_partition

SURE = 60.0
"""Bits from which nothing is cut any more: what hangs together then was told to (labels)."""

Rows = NDArray[np.int64]
Bits = NDArray[np.float64]


@dataclass(frozen=True)
class Linkage:
    """Settings.

    `threshold`: least mean weight of a join, log2 odds. `absent`: weight of a cross pair nobody scored. `exact`: most
    tracks of a component that is partitioned optimally. `largest`: most tracks of a component that is linked as a
    whole. `step`: bits by which the threshold rises where one is larger.
    """

    threshold: float
    absent: float = -2.0
    exact: int = 8
    largest: int = 2000
    step: float = 2.0


@dataclass(frozen=True)
class Graph:
    """Scored pairs of rows a and b, `[e]`; exclusive: `[count]`, -1 where a track's source promises nothing."""

    a: Rows
    b: Rows
    bits: Bits
    exclusive: Rows

    def part(self, chosen: NDArray[np.bool_] | Rows | slice) -> "Graph":
        """Some of the pairs."""
        return replace(self, a=self.a[chosen], b=self.b[chosen], bits=self.bits[chosen])


def cluster(
    count: int, a: Rows, b: Rows, bits: Bits, linkage: Linkage, *, exclusive: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Cluster labels `[count]`: the smallest row of each track's cluster.

    a, b, bits: scored pairs of rows `[e]`, each pair once, negative weights included. exclusive: `[count]` source
    number of every track that may stand once in a cluster, -1 where nothing is promised.
    """
    labels = np.arange(count)
    promised = np.full(count, -1) if exclusive is None else exclusive
    _settle(Graph(a, b, bits, promised), linkage, labels)
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
    if len(rows) > linkage.largest and linkage.threshold < SURE:
        return _cut(graph, rows, linkage, labels)
    clusters = _partition(graph, rows, linkage) if len(rows) <= linkage.exact else _agglomerate(graph, rows, linkage)
    return _write(clusters, labels)


def _cut(graph: Graph, rows: Rows, linkage: Linkage, labels: NDArray[np.int64]) -> None:
    """Settle the parts that a component too large falls into at a higher threshold."""
    higher = replace(linkage, threshold=linkage.threshold + linkage.step)
    if not (graph.bits > higher.threshold).any():  # alike throughout: nothing is weakest
        return _write(_agglomerate(graph, rows, linkage), labels)
    place = {row: number for number, row in enumerate(rows.tolist())}
    a, b = (np.array([place[row] for row in side.tolist()]) for side in (graph.a, graph.b))
    local = np.arange(len(rows))
    _settle(Graph(a, b, graph.bits, graph.exclusive[rows]), higher, local)
    labels[rows] = rows[local]
    return None


def _write(clusters: list[list[int]], labels: NDArray[np.int64]) -> None:
    for members in clusters:
        labels[members] = min(members)


def _partition(graph: Graph, rows: Rows, linkage: Linkage) -> list[list[int]]:
    """The best partition of a small component."""
    gain = np.full((len(rows), len(rows)), linkage.absent - linkage.threshold)
    i, j = np.searchsorted(rows, graph.a), np.searchsorted(rows, graph.b)
    gain[i, j] = gain[j, i] = graph.bits - linkage.threshold
    source = graph.exclusive[rows]
    gain[(source[:, None] == source) & (source >= 0)] = -np.inf
    return [rows[part].tolist() for part in best_partition(gain)]


class _Agglomeration:
    """Average linkage within one component; clusters are named by a member row."""

    def __init__(self, linkage: Linkage) -> None:
        self.linkage = linkage
        self.members: dict[int, list[int]] = {}
        self.sources: dict[int, set[int]] = {}
        self.links: dict[int, dict[int, tuple[float, int]]] = {}
        self.heap: list[tuple[float, int, int, int, int]] = []

    def add(self, row: int, source: int) -> None:
        self.members[row], self.links[row] = [row], {}
        self.sources[row] = {source} if source >= 0 else set()

    def connect(self, a: int, b: int, total: float, scored: int) -> None:
        self.links[a][b] = self.links[b][a] = (total, scored)
        mean = self.mean(a, b, total, scored)
        if mean > self.linkage.threshold:
            low, high = min(a, b), max(a, b)
            heapq.heappush(self.heap, (-mean, low, high, len(self.members[low]), len(self.members[high])))

    def mean(self, a: int, b: int, total: float, scored: int) -> float:
        crossing = len(self.members[a]) * len(self.members[b])
        return (total + self.linkage.absent * (crossing - scored)) / crossing

    def fresh(self, a: int, b: int, size_a: int, size_b: int) -> bool:
        """Whether a heap entry still speaks of the clusters as they are."""
        live = a in self.members and b in self.members
        return live and len(self.members[a]) == size_a and len(self.members[b]) == size_b

    def allowed(self, a: int, b: int) -> bool:
        return not (self.sources[a] & self.sources[b])

    def join(self, a: int, b: int) -> None:
        """Cluster b becomes part of a; links to third clusters add up."""
        if len(self.links[a]) < len(self.links[b]):
            a, b = b, a
        self.members[a] += self.members.pop(b)
        self.sources[a] |= self.sources.pop(b)
        theirs = self.links.pop(b)
        theirs.pop(a, None)
        self.links[a].pop(b, None)
        for other, (total, scored) in theirs.items():
            self.links[other].pop(b)
            ours = self.links[a].get(other, (0.0, 0))
            self.links[a][other] = self.links[other][a] = (ours[0] + total, ours[1] + scored)
        for other, (total, scored) in list(self.links[a].items()):
            self.connect(a, other, total, scored)


def _agglomerate(graph: Graph, rows: Rows, linkage: Linkage) -> list[list[int]]:
    state = _Agglomeration(linkage)
    for row, source in zip(rows.tolist(), graph.exclusive[rows].tolist(), strict=True):
        state.add(row, source)
    for left, right, weight in zip(graph.a.tolist(), graph.b.tolist(), graph.bits.tolist(), strict=True):
        state.connect(left, right, weight, 1)
    while state.heap:
        _, left, right, size_left, size_right = heapq.heappop(state.heap)
        if state.fresh(left, right, size_left, size_right) and state.allowed(left, right):
            state.join(left, right)
    return list(state.members.values())


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
