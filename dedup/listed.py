"""Titles that one release lists as two tracks: "Boss Battle" and "Final Boss Battle" are no spellings of one there.

Letters cannot tell an addition that another shop leaves out from a track of its own. A release that lists both titles
by one artist can: whatever track elsewhere has the other title is the twin of that neighbour. So can two places on one
album, where nothing else explains the words that one title has more.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.versions import NEUTRAL_KINDS
from dedup.contrasts import adds_word
from dedup.hashing import Hashes, combine, hash_texts
from dedup.texts import column, texts_of

COLUMNS = ("title_key", "listed_under", "version_key")
"""What a track brings: the hash of its title, that of its artist on its release, and that of its title with what makes
another recording of it; 0 where there is none."""

VERSIONS = 1
"""Tells a release's versions from its titles."""


def title_keys(title: pa.Array) -> Hashes:
    """Hash of every folded title, `[n]`."""
    return hash_texts(title)


def listed_under(release: Hashes, artist: pa.Array) -> Hashes:
    """Artist and release of every track, `[n]`; 0 without a release."""
    return np.where(release == 0, 0, combine(0, release, hash_texts(artist)))


def version_keys(title: pa.Array, versions: pa.Array) -> Hashes:
    """Hash of every folded title with its version tags, joined by "\n", but those of how it was published, `[n]`."""
    coded = versions.dictionary_encode()
    told = ["\n".join(filter(_tells, tags.split("\n"))) for tags in coded.dictionary.to_pylist()]
    tags = hash_texts(pa.array(told, pa.string()))[coded.indices.to_numpy()] if told else hash_texts(versions)
    titles = title_keys(title)
    return np.where(titles == 0, 0, combine(VERSIONS, titles, tags))


def _tells(tag: str) -> bool:
    return bool(tag) and tag.partition(":")[0] not in NEUTRAL_KINDS


def listed_titles(title_key: Hashes, under: Hashes, version_key: Hashes) -> Hashes:
    """Every title under its artist and release, alone and with its version, ascending."""
    known = np.flatnonzero((title_key != 0) & (under != 0))
    titles = combine(0, under[known], title_key[known])
    return np.unique(np.concatenate([titles, combine(VERSIONS, under[known], version_key[known])]))


def listed_beside(pairs: pa.Table, where: NDArray[np.bool_], listed: Hashes) -> NDArray[np.bool_]:
    """Among pairs in `where`: does the release of one list the other's title, too, by the same artist?

    pairs: `[n]` with COLUMNS of both sides, suffixed `_a` and `_b`; listed: `listed_titles` of the catalogue.
    """
    found = np.zeros(len(where), bool)
    at = np.flatnonzero(where)
    title, under = ([column(pairs, f"{name}_{side}").to_numpy()[at] for side in "ab"] for name in COLUMNS[:2])
    found[at] = _lists(listed, under[0], title[1]) | _lists(listed, under[1], title[0])
    return found


def versions_beside(pairs: pa.Table, where: NDArray[np.bool_], listed: Hashes) -> NDArray[np.bool_]:
    """Among pairs in `where`: does the release of one list the other's version of the title, too?

    "Rain" is not "Rain (Radio Edit)" where a single has both. Arguments as of `listed_beside`.
    """
    found = np.zeros(len(where), bool)
    at = np.flatnonzero(where)
    under, key = ([column(pairs, f"{name}_{side}").to_numpy()[at] for side in "ab"] for name in COLUMNS[1:])
    found[at] = _lists(listed, under[0], key[1], VERSIONS) | _lists(listed, under[1], key[0], VERSIONS)
    return found


def added_apart(pairs: pa.Table, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Among pairs in `where`, of two places: are they on one album, and has a title words that nothing there explains?

    pairs: `[n]` with the folded texts of both sides, suffixed `_a` and `_b`.
    """
    at = np.flatnonzero(where & texts_of(pairs, "album_core").same)
    names = (f"{name}_{side}" for name in ("title_core", "artist_core", "album_core") for side in "ab")
    left, right, *others = (column(pairs, name).take(pa.array(at)).to_pylist() for name in names)
    found = np.zeros(len(where), bool)
    found[at] = [adds_word(a, b, " ".join(said)) for a, b, *said in zip(left, right, *others, strict=True)]
    return found


def _lists(listed: Hashes, under: Hashes, title_key: Hashes, of: int = 0) -> NDArray[np.bool_]:
    if not len(listed):
        return np.zeros(len(under), bool)
    wanted = combine(of, under, title_key)
    place = np.minimum(np.searchsorted(listed, wanted), len(listed) - 1)
    return np.asarray((listed[place] == wanted) & (under != 0) & (title_key != 0))
