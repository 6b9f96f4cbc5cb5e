"""Labels as constraints of the clustering: must-links and cannot-links (Wagstaff and others 2001, "Constrained k-means
clustering with background knowledge").

Must-links are transitive, cannot-links hold between whole groups of them. Labels may contradict one another: then the
cannot-link holds, and the must-link that would break it is given up, since a wrong merge is worse than a missed one. So
is one that would make a group larger than any recording's.

A must-link joins recordings, not two tracks alone. Most are given where evidence is poor: a title in another script is
like none of its copies. Linked as it is, such a track would weigh its partner down and out of the recording it was in.
So what evidence joins without must-links stays together, unless a veto, a promise or a cannot-link stands against it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.cluster import cluster, linked
from dedup.linkage import Linkage

Places = NDArray[np.int64]
Bits = NDArray[np.float64]

TOGETHER = 1e9
"""Weight of a must-link, bits. Its mean over the cross pairs of any group outweighs evidence; it is joined first."""

JOINED = 1e6
"""Added to pairs that evidence alone puts into a recording that a must-link touches, bits: less than a veto takes."""

APART = -np.inf
MOST_THRESHOLD = 1000.0
"""Evidence reaches no threshold as high as this; must-links do."""

LARGEST = 1000
"""Most tracks of a must-linked group."""


@dataclass(frozen=True)
class Constraints:
    """Labels that agree. group: `[tracks]`, the first place of each track's must-linked group.

    apart_a, apart_b: cannot-links `[k]`, the smaller place first. given_up: must-links that do not hold.
    """

    group: Places
    apart_a: Places
    apart_b: Places
    given_up: int = 0

    @property
    def must(self) -> tuple[Places, Places]:
        """The pairs that hold the groups together: the first place of a group and each other one."""
        members = np.flatnonzero(self.group != np.arange(len(self.group)))
        return self.group[members], members

    @property
    def apart(self) -> Places:
        """Keys of the cannot-links between groups, by their first places, ascending."""
        return np.unique(pair_keys(*_sorted(self.group[self.apart_a], self.group[self.apart_b]), len(self.group)))

    def cluster(
        self, a: Places, b: Places, bits: Bits, linkage: Linkage, *, exclusive: Places, crowd: Places
    ) -> Places:
        """`dedup.cluster.cluster` of scored pairs under these labels."""
        count, (first, member) = len(self.group), self.must
        if len(first):
            own = np.where(parted(a, b, self.group, self.apart), APART, bits)
            alone = cluster(count, a, b, own, linkage, exclusive=exclusive, crowd=crowd)
            touched = np.zeros(count, bool)
            touched[alone[first]] = touched[alone[member]] = True
            bits = np.where((alone[a] == alone[b]) & touched[alone[a]], bits + JOINED, bits)
        told = self.overlay(a, b, bits)
        return cluster(count, *told, linkage, exclusive=self.excuse(exclusive), crowd=crowd)

    def within(self, count: int) -> "Constraints":
        """What they say of the first `count` tracks, also by way of the others."""
        group = self.group[:count]
        sides = [np.where(side < count, side, self.group[side]) for side in (self.apart_a, self.apart_b)]
        a, b = _sorted(*(side[np.maximum(*sides) < count] for side in sides))
        return Constraints(group, a, b, self.given_up)

    def overlay(self, a: Places, b: Places, bits: Bits) -> tuple[Places, Places, Bits]:
        """Scored pairs, each once, with what labels say instead; pairs that were never scored are added."""
        if not len(self.apart_a) and not len(self.must[0]):
            return a, b, bits
        must_a, must_b = self.must
        told_a, told_b = np.concatenate([must_a, self.apart_a]), np.concatenate([must_b, self.apart_b])
        told = np.where(np.arange(len(told_a)) < len(must_a), TOGETHER, APART)
        size = len(self.group)
        free = ~listed(pair_keys(a, b, size), np.sort(pair_keys(told_a, told_b, size)))
        bits = np.where(self.group[a] == self.group[b], TOGETHER, bits)
        return np.concatenate([a[free], told_a]), np.concatenate([b[free], told_b]), np.concatenate([bits[free], told])

    def excuse(self, exclusive: Places) -> Places:
        """What sources promise, `[tracks]`, less what must-links break: one track a source in each group still counts.

        exclusive: the source of a track where it promises one a recording, else -1.
        """
        members = np.flatnonzero(np.bincount(self.group, minlength=len(self.group))[self.group] > 1)
        members = members[exclusive[members] >= 0]
        members = members[np.lexsort((members, exclusive[members], self.group[members]))]
        group, source = self.group[members], exclusive[members]
        excused = exclusive.copy()
        excused[members[1:][(group[1:] == group[:-1]) & (source[1:] == source[:-1])]] = -1
        return excused


def constraints(count: int, a: Places, b: Places, same: NDArray[np.bool_]) -> Constraints:
    """Labels `[n]` on pairs of `count` tracks as constraints that agree; a is the smaller place."""
    groups = _Groups()
    for left, right in zip(a[~same].tolist(), b[~same].tolist(), strict=True):
        groups.part(left, right)
    kept = np.array([groups.unite(*pair) for pair in zip(a[same].tolist(), b[same].tolist(), strict=True)], bool)
    return Constraints(linked(count, a[same][kept], b[same][kept]), a[~same], b[~same], int((~kept).sum()))


class _Groups:
    """Disjoint sets (union by size) that know which others they must not meet."""

    def __init__(self) -> None:
        self.parent: dict[int, int] = {}
        self.size: dict[int, int] = {}
        self.foes: dict[int, set[int]] = {}

    def root(self, place: int) -> int:
        while (above := self.parent.setdefault(place, place)) != place:
            self.parent[place] = self.parent.setdefault(above, above)
            place = self.parent[place]
        return place

    def part(self, a: int, b: int) -> None:
        """Never unite two places; to be called before any is united."""
        self.foes.setdefault(a, set()).add(b)
        self.foes.setdefault(b, set()).add(a)

    def unite(self, a: int, b: int) -> bool:
        """Unite the groups of two places; false where they must not meet or are too large."""
        a, b = sorted((self.root(a), self.root(b)), key=lambda root: self.size.get(root, 1))
        together = self.size.get(a, 1) + self.size.get(b, 1)
        if a == b:
            return True
        if together > LARGEST or b in self.foes.get(a, ()):
            return False
        self.parent[a], self.size[b] = b, together
        for foe in self.foes.pop(a, ()):
            self.foes[foe].discard(a)
            self.part(b, foe)
        return True


def parted(a: NDArray[np.integer], b: NDArray[np.integer], group: Places, apart: Places) -> NDArray[np.bool_]:
    """Which pairs of places labels keep apart, `[n]`, themselves or the tracks that they are the same as.

    group, apart: of `Constraints`.
    """
    return listed(pair_keys(*_sorted(group[a], group[b]), len(group)), apart)


def _sorted(a: Places, b: Places) -> tuple[Places, Places]:
    return np.minimum(a, b), np.maximum(a, b)


def pair_keys(a: NDArray[np.integer], b: NDArray[np.integer], count: int) -> Places:
    """One number for each pair of places, `[n]`; up to three billion tracks fit."""
    return np.asarray(a.astype(np.int64) * count + b.astype(np.int64))


def listed(keys: Places, known: Places) -> NDArray[np.bool_]:
    """Which keys `[n]` are among the known ones, which ascend."""
    if not len(known):
        return np.zeros(len(keys), bool)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[at] == keys)
