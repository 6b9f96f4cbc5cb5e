"""How two releases compare, field by field.

Evidence is a level per field for a pair of releases, as in record linkage (Fellegi and Sunter, "A theory for record
linkage", 1969). A field that is missing on either side says nothing (-1).

A release that credits many artists (a compilation) tells little about any one of them: its label, country, year and
genre are compared as fields of their own, with their own weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.artist_codes import Codes
from dedup.artist_releases import Releases
from dedup.artist_values import Ints, Values

Floats = NDArray[np.float64]
UNKNOWN_GAP = np.iinfo(np.int64).max
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
    shares: dict[str, tuple[Codes, Floats]]  # field -> rising codes, share of names of each

    def of(self, name: str, codes: Codes) -> Floats:
        """The share of names (0..1, never 0) that have each value in the field `name`."""
        found = np.full(len(codes), 1.0 / max(self.names, 2))
        listed, shares = self.shares.get(name, (codes[:0], found[:0]))
        at = np.searchsorted(listed, codes)
        known = at < len(listed)
        known[known] = listed[at[known]] == codes[known]
        found[known] = shares[at[known]]
        return found


def compare(found: Releases, a: Ints, b: Ints, *, rarity: Rarity, sound_edges: Sequence[float]) -> Comparison:
    """Compare pairs of releases, `a[i]` with `b[i]`. `sound_edges` are the four cosines between the levels of sound."""
    result = Comparison(np.full((len(a), len(FIELDS)), -1, np.int8), np.full((len(a), len(FIELDS)), np.nan))
    crowded = found.compilation[a] | found.compilation[b]
    for name in (*SHARED_FIELDS, "label", "country"):
        _write(result, name, crowded, *_shared(found.values[name], a, b, name, rarity))
    _write(result, "year", crowded, _year_levels(found.years, a, b))
    _write(result, "genre", crowded, _genre_levels(found.values["genre"], a, b, rarity))
    _write(result, "sound", crowded, _sound_levels(found, a, b, sound_edges))
    return result


def _write(
    result: Comparison, name: str, crowded: NDArray[np.bool_], levels: Ints, share: Floats | None = None
) -> None:
    """Enter a field's levels, where a compilation is compared as the field for those."""
    places = {name: slice(None)} if name + COMPILATION not in COLUMN else {name: ~crowded, name + COMPILATION: crowded}
    for column, where in places.items():
        result.levels[where, COLUMN[column]] = levels[where]
        if share is not None:
            result.share[where, COLUMN[column]] = share[where]


def _shared(values: Values, a: Ints, b: Ints, name: str, rarity: Rarity) -> tuple[Ints, Floats]:
    """Levels [pairs] of sharing a value or none, and the share of names that have the rarest shared one."""
    known = np.flatnonzero((values.counts[a] > 0) & (values.counts[b] > 0))
    pair, place = values.shared(a[known], b[known])
    rarest = np.full(len(known), np.inf)
    np.minimum.at(rarest, pair, rarity.of(name, values.different)[place])
    levels, share = np.full(len(a), -1), np.full(len(a), np.nan)
    levels[known] = np.isfinite(rarest)
    share[known] = np.where(np.isfinite(rarest), rarest, np.nan)
    return levels, share


def _year_levels(years: Values, a: Ints, b: Ints) -> Ints:
    """From the years that are nearest to each other."""
    pair, place = years.drawn(a)
    other, there = years.drawn(b[pair])
    year = years.codes.astype(np.int64)
    gaps = np.full(len(a), UNKNOWN_GAP)
    np.minimum.at(gaps, pair[other], np.abs(year[place[other]] - year[there]))
    return np.where(gaps == UNKNOWN_GAP, -1, len(YEAR_GAPS) - np.searchsorted(YEAR_GAPS, gaps))


def _genre_levels(genres: Values, a: Ints, b: Ints, rarity: Rarity) -> Ints:
    known = (genres.counts[a] > 0) & (genres.counts[b] > 0)
    levels = np.searchsorted(GENRE_COSINES, genre_cosines(genres, a, b, rarity), side="right")
    return np.where(known, levels, -1)


def genre_cosines(genres: Values, a: Ints, b: Ints, rarity: Rarity) -> Floats:
    """Cosines (0..1) of sets of genres that weigh by rarity: sharing "Zydeco" says more than sharing "Rock"."""
    energy = np.maximum(-np.log2(rarity.of("genre", genres.different)), 1e-3) ** 2  # also of one that all names have
    whole = np.bincount(genres.owner, weights=energy[genres.ids], minlength=len(genres.counts))
    pair, place = genres.shared(a, b)
    common = np.bincount(pair, weights=energy[place], minlength=len(a))
    found: Floats = common / np.maximum(np.sqrt(whole[a] * whole[b]), 1e-9)
    return found


def _sound_levels(found: Releases, a: Ints, b: Ints, edges: Sequence[float]) -> Ints:
    known = found.heard[a] & found.heard[b]
    return np.where(known, np.searchsorted(edges, cosines(found, a, b)), -1)


def cosines(found: Releases, a: Ints, b: Ints) -> Floats:
    """Cosines [pairs] of the releases' vectors; 0 where one has none."""
    dots: Floats = np.einsum("ij,ij->i", found.vectors[a], found.vectors[b]).astype(np.float64)
    return dots
