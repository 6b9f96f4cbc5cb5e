"""Tracks that seem to be credited to the wrong artist, as rows of `problems`; nothing is moved.

`dedup.artist_misplaced` says which they are. A row names the track, its place in the source, the artist whose album it
stands on and what speaks against its own.
"""

import logging
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.published import Published
from catalog.runs import Stage

MISPLACED_CODE = "artist_misplaced"
MOST_PROPOSED = 10_000  # those that fit their name least
ITEMS_TOLD = 3

logger = logging.getLogger(__name__)


def misplaced_problems(
    catalogue: Published, misplaced: pa.Table, hosts: pa.Table, stage: Stage
) -> list[dict[str, str]]:
    """A problem for every misplaced track; hosts: `artist_misplaced.HOSTS` of all releases."""
    from jobs.lookup import tracks_by_id

    ordered = misplaced.sort_by([("odds", "ascending"), ("track_id", "ascending")])
    if len(ordered) > MOST_PROPOSED:
        logger.warning("%d tracks seem to be credited wrongly; the first %d are told", len(ordered), MOST_PROPOSED)
    rows = ordered.slice(0, MOST_PROPOSED).to_pylist()
    named = {(row["release"], row["host"]): row for row in _of_releases(hosts, rows)}
    rows = [row for row in rows if _another(row, named.get((row["release"], row["host"])))]
    stage.count("tracks_misplaced", len(rows))
    ids = [row["track_id"] for row in rows]
    tracks = {row["track_id"]: row for row in tracks_by_id(catalogue, ids, ("track_id", "title", "album", "place"))}
    return [
        {
            "track_id": row["track_id"],
            "field": "artist",
            "code": MISPLACED_CODE,
            "message": _message(row, named[(row["release"], row["host"])], tracks[row["track_id"]]),
        }
        for row in rows
    ]


def _of_releases(hosts: pa.Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    releases = pa.array(sorted({row["release"] for row in rows}), pa.uint64())
    found: list[dict[str, Any]] = hosts.filter(pc.is_in(hosts.column("release"), releases)).to_pylist()
    return found


def _another(row: dict[str, Any], host: dict[str, Any] | None) -> bool:
    """Whether the host is known and no spelling of the same name."""
    return host is not None and host["artist_key"] != row["artist_key"]


def _message(row: dict[str, Any], host: dict[str, Any], track: dict[str, Any]) -> str:
    told = sorted((one for one in row["evidence"] if one["weight"] < 0), key=lambda one: one["weight"])[:ITEMS_TOLD]
    against = ", ".join(f"{one['field']} {one['weight']:+.1f}" for one in told)
    nearest = "its only other release" if row["n_releases"] == 1 else f"the nearest of {row['n_releases']} others"
    name, artist = repr(row["name"]), f"{host['name']!r} ({host['artist_id']})"
    return (
        f"{track['title']!r} is credited to {name}, but {host['n_tracks']} other tracks of {track['album']!r} are by "
        f"{artist}, and {name} has no release like it: {row['odds']:+.1f} bits for {nearest} ({against}); "
        f"{track['place'] or 'see the source'}: find out whose it is and correct the artist"
    )
