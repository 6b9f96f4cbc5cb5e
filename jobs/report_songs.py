"""Songs that have several recordings, a few of them: which versions there are and how each relates to the others.

A pair of tracks speaks for their recordings. Plain recordings come first, and each says how it relates to one above it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from catalog.store import Catalogue
from jobs.report_groups import MEMBERS, choose, matches_among, members_of
from jobs.report_pairs import Row, blank, tracks_by_id
from jobs.report_query import grouped, value_counts

TRACKS = 200  # tracks read per song
RELATED = ("version", "cover")


@dataclass(frozen=True)
class Song:
    """One song; `recordings` are canonical tracks, each with `copies` and `relation` to one above it."""

    identifier: str
    chosen: str  # largest | random
    size: int  # recordings
    recordings: tuple[Row, ...]


@dataclass(frozen=True)
class Songs:
    """The songs shown, how many have several recordings, and how many have each number of recordings."""

    songs: tuple[Song, ...]
    total: int
    sizes: dict[int, int]


def version_groups(catalogue: Catalogue) -> Songs:
    """Choose and describe songs that have several recordings."""
    table = grouped(catalogue.dataset("recordings"), ["song_id"], where=pc.field("is_canonical"))
    table = table.filter(pc.greater(table.column("n"), 1))
    chosen = choose(table, "song_id", ("largest", "random"))
    members = members_of(catalogue, "song_id", chosen, limit=TRACKS)
    everyone = {member["track_id"]: member["recording_id"] for rows in members.values() for member in rows}
    matches = [match for match in matches_among(catalogue, everyone) if match["relation"] in RELATED]
    tracks = tracks_by_id(catalogue, (m["track_id"] for rows in members.values() for m in rows if m["is_canonical"]))
    relations = _relations(matches, everyone)
    copies = _copies(catalogue, [row["song_id"] for row in chosen])
    songs = tuple(_song(row, members[row["song_id"]], tracks, relations, copies) for row in chosen)
    return Songs(songs, table.num_rows, value_counts(table, "n"))


def _relations(matches: Sequence[Row], recording: Mapping[str, str]) -> dict[frozenset[str], str]:
    """What the strongest pair of two recordings says of them, with what their version words said."""
    said: dict[frozenset[str], str] = {}
    for match in sorted(matches, key=lambda match: match["weight"] or 0.0):
        level = next((item["level"] for item in match["evidence"] or () if item["field"] == "version"), None)
        both = frozenset((recording[match["track_id_a"]], recording[match["track_id_b"]]))
        said[both] = f"{match['relation']} of {{}}" + (f" ({level})" if level else "")
    return said


def _copies(catalogue: Catalogue, song_ids: Sequence[str]) -> dict[str, int]:
    """Tracks that hold each recording of the songs, all of them."""
    where = pc.field("song_id").isin(pa.array(song_ids, pa.string()))
    counted = grouped(catalogue.dataset("recordings"), ["recording_id"], where=where)
    return {row["recording_id"]: row["n"] for row in counted.to_pylist()}


def _song(
    row: Row,
    members: Sequence[Row],
    tracks: Mapping[str, Row],
    relations: Mapping[frozenset[str], str],
    copies: Mapping[str, int],
) -> Song:
    shown = [m | (tracks.get(m["track_id"]) or blank(m["track_id"])) for m in members if m["is_canonical"]]
    shown = sorted(shown, key=_plainness)[:MEMBERS]
    for place, recording in enumerate(shown):
        recording["copies"] = copies[recording["recording_id"]]
        recording["relation"] = _relation(recording, shown[:place], relations)
    return Song(row["song_id"], row["chosen"], row["n"], tuple(shown))


def _relation(recording: Row, above: Sequence[Row], relations: Mapping[frozenset[str], str]) -> str:
    for place, other in enumerate(above, start=1):
        said = relations.get(frozenset((recording["recording_id"], other["recording_id"])))
        if said:
            return said.format(place)
    return ""


def _plainness(track: Row) -> tuple[int, int, str]:
    """Recordings without version words come first, then the earlier."""
    return (len(track["versions"] or ()), track["release_year"] or 9999, track["track_id"])
