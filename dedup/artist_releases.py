"""The releases that names stand on, and what each has, in columns.

Tracks on one release of one source under one name are taken for one artist's (a release hardly ever credits two
namesakes, unless their print says so: `artist_prints`), so the release is the unit that is clustered. Source, album,
label, year and country together tell releases apart: two albums called "Greatest Hits" are two. A track without an
album stands for itself.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.artist_codes import Codes, code, codes, combined
from dedup.artist_language import guess_language
from dedup.artist_prints import prints
from dedup.artist_traits import MANY_VALUES, SINGLE_VALUES
from dedup.artist_values import ALL, VALUES_KEPT, Ints, Values, most_of

GUESTS = pa.array(["featured", "with"])
"""Roles of those whose release it is not: its label, country, genre and year are its host's."""

LATIN = code("latin")
FIRST_YEAR = 32_768  # added to a year, so that a year before our era is a code too
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Releases:
    """Releases under artist keys, those of one key together; or names, each as if its tracks stood on one release."""

    keys: pa.Array  # the different artist keys, rising
    key: Ints  # [releases] whose each is: a place in `keys`
    tracks: Ints  # [releases]
    compilation: NDArray[np.bool_]  # [releases] or one that is another artist's, the name being only a guest on it
    years: Values  # the year + `FIRST_YEAR`
    values: dict[str, Values]  # of each of `VALUE_FIELDS`
    vectors: Vectors  # [releases, dimensions] mean direction of the tracks' vectors; 0 where there is none
    people: Ints | None = None  # [releases] of `artist_prints.prints`; None: not asked

    def __len__(self) -> int:
        return len(self.key)

    @property
    def heard(self) -> NDArray[np.bool_]:
        """Which releases have a vector [releases]."""
        return np.asarray(self.vectors.any(axis=1))

    def two_people(self, a: Ints, b: Ints) -> NDArray[np.bool_]:
        """Which pairs of releases, each of one key, are printed as two people's."""
        if self.people is None:
            return np.zeros(len(a), dtype=bool)
        found: NDArray[np.bool_] = (self.people[a] != self.people[b]) & (self.people[a] > 0) & (self.people[b] > 0)
        return found

    def by_key(self) -> "Releases":
        """Everything that the tracks of one key have, as if they stood on one release."""
        n = len(self.keys)
        return Releases(
            keys=self.keys,
            key=np.arange(n),
            tracks=np.bincount(self.key, weights=self.tracks, minlength=n).astype(np.int64),
            compilation=np.bincount(self.key, weights=~self.compilation, minlength=n) == 0,
            years=self.years.regrouped(self.key, n),
            values={name: own.regrouped(self.key, n, most=most_of(name)) for name, own in self.values.items()},
            vectors=mean_directions(self.vectors, self.key, n),
        )


def releases(traits: pa.Table) -> tuple[Releases, Ints]:
    """Group `artist_traits.TRAITS` by artist key and release, in order of key and track id; and each row's release."""
    order = pc.sort_indices(traits, [("track_id", "ascending"), ("position", "ascending")]).to_numpy()
    table = traits.take(pa.array(order))
    keys, key = ranked(table.column("artist_key"))
    own = codes(keys)[key]
    people = prints(key, table.column("name"))
    release, first = _numbered(key, combined(own, _codes(table, "release"), people.astype(np.uint64)))
    n = len(first)
    values = {name: Values.gather(release, _single(table, name, own), n) for name in SINGLE_VALUES}
    values |= {
        name: Values.of_lists(_list(table, name), most=ALL).regrouped(release, n, most=most_of(name))
        for name in MANY_VALUES
    }
    values["language"] = _with_guesses(values, table.column("telling_title"), release)
    compilation = np.bincount(release, weights=table.column("compilation").to_numpy(), minlength=n) > 0
    host = pc.invert(pc.is_in(table.column("role"), GUESTS)).to_numpy()
    compilation |= np.bincount(release, weights=host, minlength=n) == 0
    rows = np.empty(len(table), dtype=np.int64)
    rows[order] = release
    tracks = np.bincount(release, minlength=n).astype(np.int64)
    years = Values.gather(release, _years(table), n)
    vectors = mean_directions(matrix(table.column("vector")), release, n)
    return Releases(keys, key[first], tracks, compilation, years, values, vectors, people[first]), rows


def ranked(texts: pa.ChunkedArray) -> tuple[pa.Array, Ints]:
    """The different texts, rising, and the place of each row's."""
    encoded = texts.combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return encoded.dictionary.take(pa.array(order)), rank[encoded.indices.to_numpy()]


def matrix(vectors: pa.ChunkedArray) -> Vectors:
    """Lists of one length as rows; 0 where a list is null or empty."""
    lists = vectors.combine_chunks()
    known = np.flatnonzero(lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False))
    flat = lists.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
    dimensions = len(flat) // max(len(known), 1)
    found = np.zeros((len(lists), dimensions), dtype=np.float32)
    found[known] = flat.reshape(len(known), dimensions)
    return found


def mean_directions(vectors: Vectors, owner: Ints, owners: int) -> Vectors:
    """The mean of each owner's vectors, brought to unit length; 0 of none, or where they cancel out."""
    sums = np.zeros((owners, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, owner, vectors)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    found: Vectors = np.divide(sums, lengths, out=np.zeros_like(sums), where=(lengths > 0) & np.isfinite(lengths))
    return found


def _numbered(key: Ints, place: Codes) -> tuple[Ints, Ints]:
    """Each row's release, and each release's first row; releases in order of key, then of their first row."""
    _, first, found = np.unique(place, return_index=True, return_inverse=True)
    order = np.lexsort((first, key[first]))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    return number[found], first[order]


def _codes(table: pa.Table, name: str) -> Codes:
    found: Codes = table.column(name).to_numpy()
    return found


def _list(table: pa.Table, name: str) -> pa.ListArray:
    return table.column(name).combine_chunks()


def _single(table: pa.Table, name: str, own: Codes) -> Codes:
    found = _codes(table, name)
    if name in ("album", "title"):  # namesakes both have a self-titled album
        return np.where(found == own, np.uint64(0), found)
    return found


def _years(table: pa.Table) -> Codes:
    years = table.column("year").cast(pa.int64()).fill_null(-FIRST_YEAR).to_numpy()
    found: Codes = np.maximum(years + FIRST_YEAR, 0).astype(np.uint64)
    return found


def _with_guesses(values: dict[str, Values], titles: pa.ChunkedArray, release: Ints) -> Values:
    """The languages of releases: where none was delivered, the one that the titles seem to be in."""
    known, script = values["language"], values["script"]
    foreign = np.bincount(script.owner, weights=script.codes != LATIN, minlength=len(script.counts)) > 0
    rows = np.flatnonzero(((known.counts == 0) & ~foreign)[release] & titles.is_valid().to_numpy())
    rows = rows[np.argsort(release[rows], kind="stable")]
    texts = titles.take(pa.array(rows)).to_pylist()
    owners, starts, counts = np.unique(release[rows], return_index=True, return_counts=True)
    ends = starts + np.minimum(counts, VALUES_KEPT)
    guesses = [guess_language(texts[i:j]) for i, j in zip(starts.tolist(), ends.tolist(), strict=True)]
    guessed = codes(pa.array(guesses, pa.string()))
    owner, found = np.concatenate([known.owner, owners]), np.concatenate([known.codes, guessed])
    return Values.gather(owner, found, len(known.counts))
