"""How two releases compare, field by field.

Evidence is a level per field for a pair of releases, as in record linkage (Fellegi and Sunter, "A theory for record
linkage", 1969). A field that is missing on either side says nothing (-1).

A release that credits many artists (a compilation) tells little about any one of them: its label, country, year and
genre are compared as fields of their own, with their own weights.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.artist_releases import Release

YEAR_GAPS = (2, 6, 12, 25)
GENRE_COSINES = (0.05, 0.25, 0.6)
COMPILATION = " (compilation)"


@dataclass(frozen=True)
class Field:
    """A compared field. `levels` go from disagreement to agreement; `by_value` weighs agreement by the shared value."""

    name: str
    levels: tuple[str, ...]
    by_value: bool = False


OF_THE_RELEASE = (
    Field("label", ("different", "same"), by_value=True),
    Field("country", ("different", "same"), by_value=True),
    Field("year", ("over 25 years apart", "within 25 years", "within 12 years", "within 6 years", "within 2 years")),
    Field("genre", ("unlike", "somewhat alike", "alike", "very alike")),
)
FIELDS = (
    *OF_THE_RELEASE,
    *(Field(f.name + COMPILATION, f.levels, f.by_value) for f in OF_THE_RELEASE),
    Field("album", ("different", "same"), by_value=True),
    Field("title", ("none shared", "shared"), by_value=True),
    Field("co-artist", ("none shared", "shared")),
    Field("recording", ("none shared", "shared")),
    Field("upc", ("different", "same")),
    Field("language", ("different", "same"), by_value=True),
    Field("script", ("different", "same"), by_value=True),
    Field("sound", ("far apart", "apart", "ordinary", "near", "very near")),
)
COLUMN = {f.name: i for i, f in enumerate(FIELDS)}
SHARED_FIELDS = ("album", "title", "co-artist", "recording", "upc", "language", "script")


@dataclass(frozen=True)
class Comparison:
    """Levels int8 [pairs, fields] (-1 missing), and the share of names that have the rarest shared value (else NaN)."""

    levels: NDArray[np.int8]
    share: NDArray[np.float64]


@dataclass(frozen=True)
class Rarity:
    """How common a value is: the share of artist names that have it. A value that is not listed is one name's only."""

    names: int
    shares: dict[str, dict[str, float]]  # field -> value -> share of names

    def of(self, name: str, value: str) -> float:
        """The share of names (0..1, never 0) that have `value` in the field `name`."""
        return self.shares.get(name, {}).get(value, 1.0 / max(self.names, 2))


def compare(pairs: Iterable[tuple[Release, Release]], *, rarity: Rarity, sound_edges: Sequence[float]) -> Comparison:
    """Compare releases field by field. `sound_edges` are the four cosines between the five levels of sound."""
    rows = [_compare_one(a, b, rarity, sound_edges) for a, b in pairs]
    levels, share = np.full((len(rows), len(FIELDS)), -1, dtype=np.int8), np.full((len(rows), len(FIELDS)), np.nan)
    for i, found in enumerate(rows):
        for name, (level, rarest) in found.items():
            levels[i, COLUMN[name]], share[i, COLUMN[name]] = level, rarest
    return Comparison(levels, share)


def _compare_one(a: Release, b: Release, rarity: Rarity, sound_edges: Sequence[float]) -> dict[str, tuple[int, float]]:
    """Field -> (level, share of the rarest shared value)."""
    found = {name: _shared(a, b, name, rarity) for name in SHARED_FIELDS if a.get(name) and b.get(name)}
    suffix = COMPILATION if a.compilation or b.compilation else ""
    for name in ("label", "country"):
        if a.get(name) and b.get(name):
            found[name + suffix] = _shared(a, b, name, rarity)
    if a.year is not None and b.year is not None:
        gap = int(np.searchsorted(YEAR_GAPS, abs(a.year - b.year)))
        found["year" + suffix] = len(YEAR_GAPS) - gap, math.nan
    if a.get("genre") and b.get("genre"):
        cosine = genre_cosine(a.get("genre"), b.get("genre"), rarity)
        found["genre" + suffix] = int(np.searchsorted(GENRE_COSINES, cosine, side="right")), math.nan
    if a.vector is not None and b.vector is not None:
        found["sound"] = int(np.searchsorted(sound_edges, float(a.vector @ b.vector))), math.nan
    return found


def _shared(a: Release, b: Release, name: str, rarity: Rarity) -> tuple[int, float]:
    shared = a.get(name) & b.get(name)
    return (1, min(rarity.of(name, value) for value in shared)) if shared else (0, math.nan)


def genre_cosine(a: set[str], b: set[str], rarity: Rarity) -> float:
    """Cosine (0..1) of two sets of genres that weigh by rarity: sharing "Zydeco" says more than sharing "Rock"."""

    def energy(values: set[str]) -> float:  # fsum: the same whatever order the set is walked in
        return math.fsum(math.log2(rarity.of("genre", value)) ** 2 for value in values)

    return energy(a & b) / max(math.sqrt(energy(a) * energy(b)), 1e-9)
