"""The version evidence of pairs: what titles and albums say, and whether one release has both versions.

"Rain" and "Rain (Radio Edit)" may be one recording that only one shop describes. They are two where the release of one
lists the other as well. A track whose title is not known, or names nothing ("Track 05"), is silent about its version.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.albums import with_albums
from dedup.fields import MISSING, level_of
from dedup.hashing import Hashes
from dedup.listed import versions_beside
from dedup.nameless import nameless
from dedup.texts import column, texts_of
from dedup.versions import version_levels

APART_S = 15.0
"""Seconds beyond which versions of which one says more are hardly one: "Remix", "Ada Lind Remix"."""


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
    levels[_told_apart(pairs, levels == level_of("version", "same"))] = level_of("version", "one plain, one version")
    omitted = titles.same & (levels == level_of("version", "one plain, one version"))
    levels[versions_beside(pairs, omitted, listed)] = level_of("version", "plain against version")
    return levels


def _told_apart(pairs: pa.Table, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Among pairs in `where`: is one version told in more words than the other, and of another length?"""
    left, right = (column(pairs, f"duration_s_{side}").to_numpy() for side in "ab")
    return np.asarray(where & ~texts_of(pairs, "versions").same & (np.abs(left - right) > APART_S))
