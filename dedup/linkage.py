"""Average linkage on a sparse graph of scored pairs (Lance and Williams 1967), best join first.

Two clusters may join while the mean weight over all their cross pairs is above a threshold. Pairs that were not scored
count `Linkage.absent` each, but within a crowd nothing.
"""

import heapq
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Bits = NDArray[np.float64]


@dataclass(frozen=True)
class Linkage:
    """Settings.

    `threshold`: least mean weight of a join, log2 odds. `absent`: weight of a cross pair nobody scored. `exact`: most
    tracks of a component that is partitioned optimally. `largest`: most scored pairs of a component that is linked as
    a whole, some 15 s. `step`: bits by which the threshold rises where it has more.
    """

    threshold: float
    absent: float = -2.0
    exact: int = 8
    largest: int = 500_000
    step: float = 2.0


@dataclass(frozen=True)
class Graph:
    """Scored pairs of rows a and b, `[e]`.

    exclusive: `[count]`, -1 where a track's source promises nothing; crowd: `[count]`, -1 where a track is in none.
    """

    a: Rows
    b: Rows
    bits: Bits
    exclusive: Rows
    crowd: Rows

    def part(self, chosen: NDArray[np.bool_] | Rows | slice) -> "Graph":
        """Some of the pairs."""
        return replace(self, a=self.a[chosen], b=self.b[chosen], bits=self.bits[chosen])


@dataclass(slots=True)
class _Link:
    """Scored pairs across two clusters: their sum, how many, how many of these within a crowd.

    `mean` is that of all cross pairs when it was last asked for, `asked` the product of the clusters' sizes then.
    """

    total: float
    scored: int
    crowded: int
    mean: float = 0.0
    asked: int = 0


class Agglomeration:
    """Average linkage within one component; clusters are named by a member row.

    A heap holds links by their mean when it was last asked for. A mean over the pairs of two clusters with a third is
    no more than the larger of both, so what the heap says is never too little: a link that comes up is asked again if
    one of its clusters has grown, and joins them if not. Joins move the links of the cluster that has fewer.
    """

    def __init__(self, graph: Graph, rows: Rows, linkage: Linkage) -> None:
        self.linkage = linkage
        self.name = {row: row for row in rows.tolist()}
        self.members = {row: [row] for row in self.name}
        self.links: dict[int, dict[int, _Link]] = {row: {} for row in self.name}
        self.sources: dict[int, set[int]] = {row: set() for row in self.name}
        self.crowds: dict[int, dict[int, int]] = {row: {} for row in self.name}
        for row, source, crowd in zip(
            self.name, *(of[rows].tolist() for of in (graph.exclusive, graph.crowd)), strict=True
        ):
            self.sources[row] |= {source} if source >= 0 else set()
            self.crowds[row] |= {crowd: 1} if crowd >= 0 else {}
        self.heap: list[tuple[float, int, int]] = []
        crowded = (graph.crowd[graph.a] == graph.crowd[graph.b]) & (graph.crowd[graph.a] >= 0)
        columns = (graph.a, graph.b, graph.bits, crowded.astype(np.int64))
        for a, b, bits, one in zip(*(column.tolist() for column in columns), strict=True):
            self.links[a][b] = self.links[b][a] = link = _Link(bits, 1, one)
            self.ask(a, b, link)

    def clusters(self) -> list[list[int]]:
        """Join what can be joined."""
        while self.heap:
            behind, one, other = heapq.heappop(self.heap)
            a, b = self.named(one), self.named(other)
            link = self.links[a].get(b)
            if link is None:  # joined meanwhile
                continue
            if link.asked != len(self.members[a]) * len(self.members[b]):
                self.ask(a, b, link)
            elif link.mean == -behind and self.sources[a].isdisjoint(self.sources[b]):
                self.join(a, b)
        return list(self.members.values())

    def named(self, row: int) -> int:
        """The name of the cluster that a row is in."""
        while (above := self.name[row]) != row:
            self.name[row] = self.name[above]
            row = above
        return row

    def ask(self, a: int, b: int, link: _Link) -> None:
        """Put a link where its mean belongs."""
        link.asked = len(self.members[a]) * len(self.members[b])
        counted = link.asked - self.within_crowds(a, b) + link.crowded
        link.mean = (link.total + self.linkage.absent * (counted - link.scored)) / counted
        if link.mean > self.linkage.threshold:
            heapq.heappush(self.heap, (-link.mean, min(a, b), max(a, b)))

    def within_crowds(self, a: int, b: int) -> int:
        """Cross pairs of two clusters whose tracks are in one crowd."""
        few, many = sorted((self.crowds[a], self.crowds[b]), key=len)
        return sum(count * many.get(crowd, 0) for crowd, count in few.items())

    def join(self, a: int, b: int) -> None:
        """One cluster becomes part of the other; links to third clusters add up."""
        if len(self.links[a]) < len(self.links[b]):
            a, b = b, a
        self.name[b] = a
        self.members[a] += self.members.pop(b)
        self.sources[a] |= self.sources.pop(b)
        for crowd, count in self.crowds.pop(b).items():
            self.crowds[a][crowd] = self.crowds[a].get(crowd, 0) + count
        theirs = self.links.pop(b)
        for other, link in theirs.items():
            self.links[other].pop(b)
            if other == a:
                continue
            if ours := self.links[a].get(other):
                ours.total, ours.scored, ours.crowded = (
                    ours.total + link.total,
                    ours.scored + link.scored,
                    ours.crowded + link.crowded,
                )
            else:
                self.links[a][other] = self.links[other][a] = link
