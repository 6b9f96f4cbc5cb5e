"""Clusters of tracks that are one recording, from scored pairs.

Constrained average-linkage agglomeration on match weights (log2 odds), not connected components: two clusters join
while the *mean* weight over all their cross pairs stays above the threshold, best first, so one strong bridge cannot
chain strangers together. Cross pairs that nobody proposed count as `absent` bits, mildly against. A join is refused
where a source that promises one track a recording would hold two, or where a pair is vetoed (weight of minus
infinity). The agglomeration is the usual one (Lance and Williams 1967, group average) on the sparse graph of scored
pairs with a heap and lazy deletion: O(e log e) for e pairs, memory O(e).
"""

import heapq
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Rows = NDArray[np.int64]
Bits = NDArray[np.float64]


@dataclass(frozen=True)
class Linkage:
    """Settings. `threshold`: least mean weight of a join, log2 odds. `absent`: weight of a cross pair nobody scored."""

    threshold: float
    absent: float = -2.0


def cluster(
    count: int, a: Rows, b: Rows, bits: Bits, linkage: Linkage, *, exclusive: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Cluster labels `[count]`: the smallest row of each track's cluster.

    a, b, bits: scored pairs of rows `[e]`, each pair once, negative weights included. exclusive: `[count]` source
    number of every track that may stand once in a cluster, -1 where nothing is promised.
    """
    labels = np.arange(count)
    component = _components(count, a, b, bits > linkage.threshold)
    inside = component[a] == component[b]
    a, b, bits = a[inside], b[inside], bits[inside]
    order = np.argsort(component[a], kind="stable")
    a, b, bits = a[order], b[order], bits[order]
    bounds = np.flatnonzero(np.diff(component[a], prepend=-1, append=-1))
    for start, stop in pairwise(bounds.tolist()):
        part = slice(start, stop)
        for members in _agglomerate(a[part], b[part], bits[part], linkage, exclusive):
            labels[members] = min(members)
    return labels


def linked(count: int, a: Rows, b: Rows) -> NDArray[np.int64]:
    """Labels `[count]` of what is linked by the pairs, directly or not: the smallest row of each group."""
    component = _components(count, a, b, np.ones(len(a), dtype=bool))
    _, first = np.unique(component, return_index=True)
    return np.asarray(first[component], dtype=np.int64)


def _components(count: int, a: Rows, b: Rows, joined: NDArray[np.bool_]) -> NDArray[np.int64]:
    ones = np.ones(int(joined.sum()), dtype=np.int8)
    graph = coo_array((ones, (a[joined], b[joined])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


class _Agglomeration:
    """Average linkage within one component; clusters are named by a member row."""

    def __init__(self, linkage: Linkage, exclusive: NDArray[np.int64] | None) -> None:
        self.linkage = linkage
        self.exclusive = exclusive
        self.members: dict[int, list[int]] = {}
        self.sources: dict[int, set[int]] = {}
        self.links: dict[int, dict[int, tuple[float, int]]] = {}
        self.heap: list[tuple[float, int, int, int, int]] = []

    def add(self, row: int) -> None:
        if row in self.members:
            return
        source = -1 if self.exclusive is None else int(self.exclusive[row])
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


def _agglomerate(
    a: Rows, b: Rows, bits: Bits, linkage: Linkage, exclusive: NDArray[np.int64] | None
) -> list[list[int]]:
    state = _Agglomeration(linkage, exclusive)
    for row in np.union1d(a, b).tolist():
        state.add(row)
    for left, right, weight in zip(a.tolist(), b.tolist(), bits.tolist(), strict=True):
        state.connect(left, right, weight, 1)
    while state.heap:
        _, left, right, size_left, size_right = heapq.heappop(state.heap)
        if state.fresh(left, right, size_left, size_right) and state.allowed(left, right):
            state.join(left, right)
    return list(state.members.values())


def confidence(labels: NDArray[np.int64], a: Rows, b: Rows, bits: Bits) -> Bits:
    """Confidence of every track's place, `[count]`, a probability.

    For a member of a cluster: of the mean weight of its scored pairs inside. For a track alone: that its strongest pair
    is rightly not joined. Tracks without any pair have confidence 1.
    """
    count = len(labels)
    inside = labels[a] == labels[b]
    total, scored = np.zeros(count), np.zeros(count)
    for side in (a, b):
        np.add.at(total, side[inside], np.clip(bits[inside], -60, 60))
        np.add.at(scored, side[inside], 1)
    strongest = np.full(count, -60.0)
    for side in (a, b):
        np.maximum.at(strongest, side[~inside], bits[~inside])
    mean = np.divide(total, scored, out=np.zeros(count), where=scored > 0)
    return np.asarray(1 / (1 + np.exp2(np.where(scored > 0, -mean, np.clip(strongest, -60, 60)))))
