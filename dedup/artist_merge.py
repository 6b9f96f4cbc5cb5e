"""Different spellings of one artist's name, merged where their tracks agree.

Spellings with one key are one name already (`artist_names.name_key`). Here keys that are merely related meet:
`artist_links` gives the odds of each pair, and the names merge, best pair first, where the odds pass `MERGE_ODDS`.
Two groups of names stay apart when any two of them are credited together on a track, and a part of a name (a
surname, a nickname) joins nobody when it fits two artists about equally well.
"""

from collections import defaultdict
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.artist_links import Link, Profile, find_links, together
from dedup.artist_model import ArtistModel
from dedup.artist_releases import VALUES_KEPT, Release, mean_direction, releases

MERGE_ODDS = 4.3  # log2 odds: by the model, at most one merge in twenty is wrong
LEAD = 3.0  # log2 odds by which a part of a name must favour one artist over all others
PARTS = frozenset({"surname", "first name", "initial only", "stage prefix"})
VALUE_FIELDS = (
    "label", "country", "genre", "album", "title", "co-artist", "recording", "upc", "language", "script",
)  # fmt: skip
NAMES = pa.schema(
    [
        pa.field("name_key", pa.string()),
        pa.field("name", pa.string()),  # as printed most often
        pa.field("n_tracks", pa.int64()),
        pa.field("compilation", pa.bool_()),  # true where the name stands on compilations only
        pa.field("years", pa.list_(pa.int32())),
        *(pa.field(name, pa.list_(pa.string())) for name in VALUE_FIELDS),
        pa.field("vector", pa.list_(pa.float32())),
    ]
)
MERGED = pa.schema(
    [
        pa.field("name_key", pa.string()),
        pa.field("artist_key", pa.string()),  # the name key of the spelling with most tracks
        pa.field("confidence", pa.float64()),  # 1 for a name that joined nothing
        pa.field("reason", pa.string()),  # null for a name that joined nothing
    ]
)


def summarise_names(credits: pa.Table) -> pa.Table:
    """One `NAMES` row for each name key, from all credits (`artist_credits.CREDITS`) of the names in the table."""
    printed = credits.column("name").to_pylist()
    by_key: dict[str, list[Release]] = defaultdict(list)
    for release in releases(credits):
        by_key[release.key].append(release)
    return pa.Table.from_pylist([_summary(key, found, printed) for key, found in by_key.items()], schema=NAMES)


def _summary(key: str, found: list[Release], printed: list[str]) -> dict[str, Any]:
    names, counts = np.unique([printed[row] for release in found for row in release.rows], return_counts=True)
    vectors = [release.vector.tolist() for release in found if release.vector is not None]
    vector = mean_direction(vectors)
    return {
        "name_key": key,
        "name": str(names[int(np.argmax(counts))]),
        "n_tracks": int(counts.sum()),
        "compilation": all(release.compilation for release in found),
        "years": sorted({release.year for release in found if release.year is not None})[:VALUES_KEPT],
        **{f: sorted(set().union(*(release.get(f) for release in found)))[:VALUES_KEPT] for f in VALUE_FIELDS},
        "vector": None if vector is None else vector.tolist(),
    }


def merge_names(names: pa.Table, model: ArtistModel) -> pa.Table:
    """Decide which of the `NAMES` rows are one artist: a `MERGED` row for each, in order.

    Related names must stand in one table; `artist_relations.relation_keys` divides a catalogue into such tables.
    """
    profiles = {row["name_key"]: _profile(row) for row in names.to_pylist()}
    clusters, used = _join(find_links(profiles, model), profiles)
    merged = []
    for key in profiles:
        artist = min(clusters[key], key=lambda k: (-profiles[k].tracks, k))
        confidence = 1 / (1 + 2.0 ** -used[key].odds) if key in used else 1.0
        reason = used[key].reason if key in used else None
        merged.append({"name_key": key, "artist_key": artist, "confidence": confidence, "reason": reason})
    return pa.Table.from_pylist(merged, schema=MERGED)


def _profile(row: dict[str, Any]) -> Profile:
    vector = None if row["vector"] is None else np.asarray(row["vector"], dtype=np.float32)
    values = {f: set(row[f] or ()) for f in VALUE_FIELDS}
    everything = Release(row["name_key"], values=values, compilation=bool(row["compilation"]), vector=vector)
    return Profile(row["name"], row["n_tracks"], tuple(row["years"] or ()), everything)


def _join(links: list[Link], profiles: dict[str, Profile]) -> tuple[dict[str, list[str]], dict[str, Link]]:
    """The members of each key's cluster, and the link by which each key joined.

    Parts of names come last, when it is settled which full names are one artist.
    """
    clusters = {key: [key] for key in profiles}
    used: dict[str, Link] = {}
    parts: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.relation in PARTS:
            parts[link.a].append(link)
            parts[link.b].append(link)
    for one in sorted(links, key=lambda one: (one.relation in PARTS, -one.odds, one.a, one.b)):
        mine, theirs = clusters[one.a], clusters[one.b]
        if one.odds < MERGE_ODDS or mine is theirs or _clash(mine, theirs, profiles) or _rivalled(one, parts, clusters):
            continue
        mine += theirs
        clusters.update(dict.fromkeys(theirs, mine))
        used.setdefault(one.a, one)
        used.setdefault(one.b, one)
    return clusters, used


def _clash(mine: list[str], theirs: list[str], profiles: dict[str, Profile]) -> bool:
    return any(together(profiles[a].all, profiles[b].all) for a, b in product(mine, theirs))


def _rivalled(one: Link, parts: dict[str, list[Link]], clusters: dict[str, list[str]]) -> bool:
    """Does the part of a name fit a third artist about as well?"""
    if one.relation not in PARTS:
        return False
    part, full = sorted((one.a, one.b), key=len)
    fits = [(other.b if other.a == part else other.a, other.odds) for other in parts[part]]
    return any(odds > one.odds - LEAD and clusters[key] is not clusters[full] for key, odds in fits)
