"""The version evidence of pairs: what titles and albums say, and whether one release has both versions.

"Rain" and "Rain (Radio Edit)" may be one recording that only one shop describes. They are two where the release of one
lists the other as well. A track whose title is not known, or names nothing ("Track 05"), is silent about its version.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.albums import with_albums
from dedup.fields import MISSING, level_of
from dedup.hashing import Hashes
from dedup.listed import versions_beside
from dedup.nameless import nameless
from dedup.records import SEPARATOR
from dedup.texts import column, texts_of
from dedup.versions import NUMBERED, decisive, version_levels

APART_S = 15.0
"""Seconds beyond which versions of which one says more are hardly one: "Remix", "Ada Lind Remix"."""

ONE_TAKE_S = 3.0
"""Seconds by which the length of one take may differ between shops."""

ONE_UNSAID_S = 1.0
"""The same where the album does not say that it is a concert, and may be the studio's of that title."""

TAKES = frozenset(["live", "acoustic", "session"])
"""Kinds of version that a shop may leave out of all titles of a concert."""

TAKES_UNSAID = frozenset(["live"])
"""The same where it does not say so: an acoustic edition has the title and the order of its album."""

CONCERT = r"\b(?:live|unplugged|concert|concierto|vivo)\b"
"""Words in the folded title of an album that is a concert."""


def version_evidence(pairs: pa.Table, listed: Hashes) -> NDArray[np.int8]:
    """Level of the field `version` for every pair, `[n]`; -1 where one side has neither a title nor a version.

    pairs: with the columns of both sides, suffixed `_a` and `_b`; listed: the titles of all releases (`dedup.listed`).
    """
    levels = version_levels(*with_albums(pairs))
    titles, versions = texts_of(pairs, "title_core"), texts_of(pairs, "versions")
    credited = texts_of(pairs, "artist_core").both
    unknown = (~titles.has_left | nameless(titles.left, credited)) & ~versions.has_left
    unknown |= (~titles.has_right | nameless(titles.right, credited)) & ~versions.has_right
    levels[unknown & (levels > level_of("version", "neutral difference"))] = MISSING
    unsaid = _one_concert(pairs, levels == level_of("version", "plain against version"))
    unsaid |= _told_apart(pairs, levels == level_of("version", "same"))
    levels[unsaid] = level_of("version", "one plain, one version")
    omitted = titles.same & (levels == level_of("version", "one plain, one version"))
    levels[versions_beside(pairs, omitted, listed)] = level_of("version", "plain against version")
    return levels


def _one_concert(pairs: pa.Table, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Among pairs in `where`: does one shop print "(Live)" behind a concert's titles where another does not?

    "Unplugged in New York" and "At the Roxy" name no version that is read. One album, place and length show it; where a
    place is not known, the album's words. Only takes are asked, whose lengths differ: a karaoke track's does not. Nor
    is anything left out where one album says more of its tracks: "Harbour (Acoustic)" beside "Harbour".
    """
    albums, titles = texts_of(pairs, "album_core"), texts_of(pairs, "title_core")
    places, lengths, told = (
        [column(pairs, f"{name}_{side}") for side in "ab"] for name in ("position", "duration_s", "album_tags")
    )
    left, right = (side.to_numpy() for side in places)
    concert = np.asarray(pc.match_substring_regex(albums.left, CONCERT))
    placed = np.where((left < 0) | (right < 0), concert, left == right)
    apart = np.abs(lengths[0].to_numpy() - lengths[1].to_numpy())
    found = where & albums.same & titles.same & placed & (apart <= np.where(concert, ONE_TAKE_S, ONE_UNSAID_S))
    found &= np.asarray(pc.equal(*told))
    mask = pa.array(found)
    tags = [column(pairs, f"versions_{side}").filter(mask).to_pylist() for side in "ab"]
    found[found] = [
        _takes(a) | _takes(b) <= (TAKES if says else TAKES_UNSAID)
        for a, b, says in zip(*tags, concert[found].tolist(), strict=True)
    ]
    return np.asarray(found)


def _takes(tags: str) -> set[str]:
    """Kinds of the tags that make another recording, but for numbers."""
    return decisive(tuple(tags.split(SEPARATOR))).keys() - NUMBERED if tags else set()


def _told_apart(pairs: pa.Table, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Among pairs in `where`: is one version told in more words than the other, and of another length?"""
    left, right = (column(pairs, f"duration_s_{side}").to_numpy() for side in "ab")
    return np.asarray(where & ~texts_of(pairs, "versions").same & (np.abs(left - right) > APART_S))
