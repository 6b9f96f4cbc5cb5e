"""Sets of values in columns: which codes each owner (a release, a name) has in one field."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.artist_codes import Codes

VALUES_KEPT = 50  # different values of one field kept (titles of a box set)
ALL = 1 << 62


def most_of(field: str) -> int:
    """How many values are kept: all fellow artists, for whoever is credited beside a name is another."""
    return ALL if field == "co-artist" else VALUES_KEPT


Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Values:
    """The values of owner i are `different[ids[offsets[i] : offsets[i + 1]]]`, each once, rising."""

    offsets: Ints  # [owners + 1]
    ids: Ints  # places in `different`
    different: Codes  # rising

    @classmethod
    def gather(cls, owner: Ints, codes: Codes, owners: int, *, most: int = VALUES_KEPT) -> "Values":
        """From pairs of an owner and a code, in any order; the `most` that came first. Code 0 is no value."""
        known = np.flatnonzero(codes)
        owner, codes = owner[known], codes[known]
        order = np.lexsort((codes, owner))
        new = np.ones(len(order), dtype=bool)
        new[1:] = (np.diff(owner[order]) != 0) | (np.diff(codes[order]) != 0)
        first = order[new]
        first = first[_among_the_first(owner[first], first, most)]
        different, ids = np.unique(codes[first], return_inverse=True)
        counts = np.bincount(owner[first], minlength=owners)
        return cls(np.concatenate([[0], np.cumsum(counts)]), ids.astype(np.int64), different)

    @classmethod
    def of_lists(cls, lists: pa.ListArray, *, most: int = VALUES_KEPT) -> "Values":
        """From one list of codes an owner."""
        lengths = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
        codes = lists.flatten().to_numpy(zero_copy_only=False)
        return cls.gather(np.repeat(np.arange(len(lists)), lengths), codes, len(lists), most=most)

    def lists(self) -> pa.ListArray:
        """One list of codes an owner."""
        return pa.ListArray.from_arrays(pa.array(self.offsets.astype(np.int32)), pa.array(self.codes))

    @property
    def codes(self) -> Codes:
        """The values of all owners, owner by owner."""
        return self.different[self.ids]

    @property
    def counts(self) -> Ints:
        """How many values each owner has."""
        return np.diff(self.offsets)

    @property
    def owner(self) -> Ints:
        """Whose each value is."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.counts)

    def codes_of(self, owner: int) -> Codes:
        """The values of one owner."""
        return self.different[self.ids[self.offsets[owner] : self.offsets[owner + 1]]]

    def regrouped(self, group: Ints, groups: int, *, most: int = VALUES_KEPT) -> "Values":
        """The values of groups of owners; `group[i]` is owner i's."""
        return Values.gather(group[self.owner], self.codes, groups, most=most)

    def drawn(self, owners: Ints) -> tuple[Ints, Ints]:
        """The values of some owners: the place in `owners`, and the value's place in `ids`."""
        counts = self.counts[owners]
        place = np.repeat(np.arange(len(owners)), counts)
        within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
        return place, self.offsets[owners][place] + within

    def shared(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """The values that both owners of a pair have: the number of the pair, and the value's place in `different`."""
        pair, place = self.drawn(a)
        hit = self._held(b[pair] * len(self.different) + self.ids[place])
        return pair[hit], self.ids[place[hit]]

    def has(self, owners: Ints, codes: Codes) -> NDArray[np.bool_]:
        """Does each owner have the code beside it?"""
        at = np.searchsorted(self.different, codes)
        known = at < len(self.different)
        known[known] = self.different[at[known]] == codes[known]
        found = np.zeros(len(owners), dtype=bool)
        found[known] = self._held(owners[known] * len(self.different) + at[known])
        return found

    def _held(self, sought: Ints) -> NDArray[np.bool_]:
        """Which values of owners, numbered owner by owner, are theirs."""
        held = self.owner * len(self.different) + self.ids  # rising: no set need be made of millions
        at = np.searchsorted(held, sought)
        hit = at < len(held)
        hit[hit] = held[at[hit]] == sought[hit]
        return hit


def pairs_within(group: Ints) -> tuple[Ints, Ints]:
    """All pairs of places whose group is the same, a before b; `group` is rising."""
    start = np.searchsorted(group, group)
    rank = np.arange(len(group)) - start
    b = np.repeat(np.arange(len(group)), rank)
    within = np.arange(len(b)) - np.repeat(np.cumsum(rank) - rank, rank)
    return start[b] + within, b


def _among_the_first(owner: Ints, arrival: Ints, most: int) -> NDArray[np.bool_]:
    """Which values are among an owner's first `most`; `owner` is rising."""
    kept = np.ones(len(owner), dtype=bool)
    if len(owner) and np.bincount(owner).max() > most:
        order = np.lexsort((arrival, owner))
        rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
        kept[order] = rank < most
    return kept
