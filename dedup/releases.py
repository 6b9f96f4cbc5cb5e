"""Collective evidence: two releases that share one track surely share others (collective entity resolution,
Bhattacharya and Getoor 2007, in one step and without iteration).

A release is an album of one source, or what one artist has of it where several share its name. A pair of tracks is an
*anchor* of its two releases where title, artist and version agree and the duration, or the position where a duration is
missing, does too. How many *other* anchors the releases of a pair have is evidence on the pair; a track that one of
them lists several times counts once. Tracks of an album that is delivered with one track only say nothing.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.fields import FIELD_NAMES, MISSING, level_of
from dedup.hashing import Hashes, combine, hash_texts, mix
from dedup.runs import differs
from dedup.weights import Levels

FIELD = "release"
SEVERAL = 3
"""Other anchors from which two releases surely are one."""

MIXED = 0.5
"""Share of a name's places that several artists have, and of its tracks that are by artists of albums, from which it is
the name of several releases."""

SHARED = 1
"""Tells the hash of one of several releases from that of the name."""

Counts = NDArray[np.int64]


def anchors(levels: Levels) -> NDArray[np.bool_]:
    """Which level combinations, `[n, fields]`, make a pair an anchor of its releases."""
    title, artist, version, duration, position = (
        levels[:, FIELD_NAMES.index(name)] for name in ("title", "artist", "version", "duration", "position")
    )
    named = (title >= 0) & (title <= level_of("title", "near")) & (artist < level_of("artist", "different"))
    timed = (duration >= 0) & (duration <= level_of("duration", "within 3 s"))
    placed = (duration == MISSING) & (position == level_of("position", "same"))
    return np.asarray(named & (version <= level_of("version", "neutral difference")) & (timed | placed))


def told_apart(release: Hashes, place: Hashes, artist: Hashes) -> Hashes:
    """Releases `[n]`, of those that share a name ("Greatest Hits", "Beethoven: Symphony No. 5") one for each artist.

    release: of every track the hash of its album and source, 0 without one; place: that of its medium and position, 0
    where unknown; artist: that of its credit, 0 without one. Names of which `MIXED` of the places are several artists'
    are shared where `MIXED` of the tracks are by artists who have the place that most of them have. In two editions
    or discs of a compilation, too, several artists are at one place, but hardly any of them has a second.
    """
    known = np.flatnonzero((release != 0) & (place != 0) & (artist != 0))
    own = combine(SHARED, release, artist)
    at, by = combine(0, release[known], place[known]), own[known]
    once = np.unique(combine(0, at, by), return_index=True)[1]
    held, first, artists = np.unique(at[once], return_index=True, return_counts=True)
    first = known[once][first]
    names, which = np.unique(release[first], return_inverse=True)
    order = np.lexsort((place[first], artists, which))
    widest = held[order][differs(which[order][::-1])[::-1]]
    leading = by[once][np.isin(at[once], widest)]
    name = np.searchsorted(names, release[known])
    several = np.bincount(which, artists > 1, len(names)) >= MIXED * np.bincount(which, minlength=len(names))
    whole = np.bincount(name, np.isin(by, leading), len(names)) >= MIXED * np.bincount(name, minlength=len(names))
    return np.where(np.isin(release, names[several & whole]) & np.isin(own, leading), own, release)


def places(medium: pa.Array, position: NDArray[np.integer]) -> Hashes:
    """Hash of every track's medium and position, `[n]`; 0 where the position is unknown (below 0)."""
    known = np.maximum(position, 0).astype(np.uint64)
    return np.where(position < 0, 0, combine(0, hash_texts(pc.utf8_lower(medium)), known))


def release_pair(a: Hashes, b: Hashes) -> Hashes:
    """One hash for two releases, whichever comes first."""
    return mix(np.minimum(a, b) ^ mix(np.maximum(a, b)))


def _distinct(group: Counts, values: Counts, groups: int) -> Counts:
    """How many different values each group has, `[groups]`."""
    order = np.lexsort((values, group))
    fresh = differs(group[order]) | differs(values[order])
    return np.bincount(group[order][fresh], minlength=groups)


@dataclass(frozen=True)
class Alignments:
    """How many tracks pairs of releases align. `pairs`: `release_pair` hashes, ascending; `counts`: tracks of each."""

    pairs: Hashes
    counts: Counts

    @classmethod
    def count(cls, release_a: Hashes, release_b: Hashes, track_a: Counts, track_b: Counts) -> "Alignments":
        """From the releases and tracks, `[n]` each, of anchor pairs.

        Those inside one release or without one do not count.
        """
        between = (release_a != release_b) & (release_a != 0) & (release_b != 0)
        a, b, left, right = (side[between] for side in (release_a, release_b, track_a, track_b))
        pairs, place = np.unique(release_pair(a, b), return_inverse=True)
        sides = (_distinct(place, np.where((a < b) == first, left, right), len(pairs)) for first in (True, False))
        return cls(pairs, np.minimum(*sides))

    def levels(
        self, release_a: Hashes, release_b: Hashes, alone: NDArray[np.bool_], anchor: NDArray[np.bool_]
    ) -> NDArray[np.int8]:
        """Level of the field `release` of pairs, `[n]`.

        release_a, release_b: 0 where a track has none. alone: a side's release has no other track. anchor: the pair
        is an anchor itself, which does not speak for itself.
        """
        pair = release_pair(release_a, release_b)
        place = np.minimum(np.searchsorted(self.pairs, pair), max(len(self.pairs) - 1, 0))
        found = self.pairs[place] == pair if len(self.pairs) else np.zeros(len(pair), bool)
        others = np.where(found, self.counts[place] if len(self.pairs) else 0, 0) - anchor
        levels = np.full(len(pair), level_of(FIELD, "none align"), np.int8)
        levels[others >= 1] = level_of(FIELD, "one or two align")
        levels[others >= SEVERAL] = level_of(FIELD, "several align")
        levels[alone | (release_a == release_b) | (release_a == 0) | (release_b == 0)] = MISSING
        return levels
