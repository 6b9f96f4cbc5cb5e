"""Duplicate groups, a few of them, chosen so that both kinds of error show.

The largest groups show chains that should not have grown, the least certain ones show weak links, and a random sample
(seeded) shows what the rest looks like. The pairs shown with a group are its maximum spanning tree: the strongest links
that hold it together, weakest first, since a group is as good as its weakest necessary link. Beside them stands the
pair inside the group that speaks most against it. Of a group too large to show stand the canonical track and those
that its weakest pairs join to it, since members drawn at random were mostly never compared with one another.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.schema import MATCHES
from catalog.store import Catalogue
from jobs.report_pairs import Pair, Row, blank, pairs_of, tracks_by_id
from jobs.report_query import batches, grouped, value_counts
from jobs.report_run import merge_threshold

PER_CHOICE = 8  # groups per way of choosing them
MEMBERS = 12  # members shown per group
LINKS = 3  # pairs shown per group
ROUNDS = 3  # passes over the pairs in search of members of large groups
SEED = 20240229


@dataclass(frozen=True)
class Group:
    """One recording with its tracks, the canonical one first."""

    identifier: str
    chosen: str  # largest | least certain | random
    size: int
    confidence: float | None
    members: tuple[Row, ...]
    pairs: tuple[Pair, ...]
    links: int  # pairs that join the shown members
    against: tuple[Pair, ...]  # at most one: the lowest pair among the shown members that alone would not merge them
    doubts: int  # all such pairs

    def place(self, track_id: str) -> int:
        """1-based place of a member, as numbered on the page."""
        return [member["track_id"] for member in self.members].index(track_id) + 1


@dataclass(frozen=True)
class Groups:
    """The groups shown, how many there are, and how many there are of each size."""

    groups: tuple[Group, ...]
    total: int
    sizes: dict[int, int]


def duplicate_groups(catalogue: Catalogue) -> Groups:
    """Choose and describe recordings that several tracks hold."""
    recordings = catalogue.dataset("recordings")
    # Every member but the canonical one is a duplicate, so that grouping these leaves out all that stand alone.
    table = grouped(
        recordings, ["recording_id"], where=~pc.field("is_canonical"), measures={"least": ("confidence", "min")}
    )
    table = table.set_column(table.column_names.index("n"), "n", pc.add(table.column("n"), 1))
    chosen = choose(table, "recording_id", ("largest", "least certain", "random"))
    members = members_of(catalogue, "recording_id", chosen, limit=MEMBERS)
    shown = joined(catalogue, chosen, {key: [row["track_id"] for row in rows] for key, rows in members.items()})
    tracks = tracks_by_id(catalogue, (track_id for ids in shown.values() for track_id in ids))
    matches = matches_among(catalogue, (track_id for ids in shown.values() for track_id in ids))
    least = merge_threshold(catalogue) if catalogue.has("matches") else None
    groups = [_group(row, shown[row["recording_id"]], tracks, matches, least) for row in chosen]
    return Groups(tuple(groups), table.num_rows, value_counts(table, "n"))


def joined(catalogue: Catalogue, chosen: Sequence[Row], members: dict[str, list[str]]) -> dict[str, list[str]]:
    """Track ids to show of each group: in a larger one those that kept pairs join to the first, the weakest first."""
    if not catalogue.has("matches"):
        return members
    grown = {key: members[key][:1] for row in chosen if row["n"] > MEMBERS and (key := row["recording_id"])}
    for _ in range(ROUNDS):
        at = {track_id: ids for ids in grown.values() if len(ids) < MEMBERS for track_id in ids}
        for match in sorted(_merges_of(catalogue, at), key=_strength, reverse=True) if at else ():
            pair = match["track_id_a"], match["track_id_b"]
            ids = at.get(pair[0]) or at[pair[1]]
            ids += [track_id for track_id in pair if track_id not in ids][: MEMBERS - len(ids)]
    return members | {key: list(dict.fromkeys([*ids, *members[key]]))[:MEMBERS] for key, ids in grown.items()}


def spanning(ids: Sequence[str], matches: Iterable[Row]) -> list[Row]:
    """Maximum spanning forest of the matches among `ids` (Kruskal 1956), weakest link first."""
    root = {track: track for track in ids}

    def find(track: str) -> str:
        while root[track] != track:
            track = root[track]
        return track

    kept = []
    for match in sorted(matches, key=_strength):
        a, b = match["track_id_a"], match["track_id_b"]
        if a in root and b in root and find(a) != find(b):
            root[find(a)] = find(b)
            kept.append(match)
    return kept[::-1]


def choose(table: pa.Table, key: str, ways: Sequence[str]) -> list[Row]:
    """Up to `PER_CHOICE` groups for each way, none twice, each with the way in `chosen`."""
    table = table.sort_by(key)  # so that the same catalogue gives the same report
    taken: dict[str, Row] = {}
    for way in ways:
        fresh = 0
        for row in table.take(_order(table, way, PER_CHOICE * len(ways))).to_pylist():
            if fresh < PER_CHOICE and row[key] not in taken:
                taken[row[key]] = row | {"chosen": way}
                fresh += 1
    return list(taken.values())


def members_of(catalogue: Catalogue, key: str, chosen: Sequence[Row], *, limit: int) -> dict[str, list[Row]]:
    """Up to `limit` rows of `recordings` for each chosen group, canonical tracks first."""
    found: dict[str, list[Row]] = defaultdict(list)
    where = pc.field(key).isin(pa.array([row[key] for row in chosen], pa.string()))
    columns = ["track_id", "recording_id", "song_id", "is_canonical"]
    for batch in batches(catalogue.dataset("recordings"), columns, where=where):
        for row in batch.to_pylist():
            rows = found[row[key]]
            rows.insert(0, row) if row["is_canonical"] else rows.append(row)
            del rows[limit:]
    return found


def matches_among(catalogue: Catalogue, tracks: Iterable[str]) -> list[Row]:
    """Read every pair of which both tracks are among `tracks`."""
    if not catalogue.has("matches"):
        return []
    ids = pa.array(sorted(tracks), pa.string())
    among = pc.field("track_id_a").isin(ids) & pc.field("track_id_b").isin(ids)
    found = batches(catalogue.dataset("matches"), MATCHES.names, where=among)
    return [row for batch in found for row in batch.to_pylist()]


def _merges_of(catalogue: Catalogue, tracks: Iterable[str]) -> list[Row]:
    """Every pair inside a recording of which one track is among `tracks`, without its evidence."""
    ids = pa.array(sorted(tracks), pa.string())
    either = pc.field("track_id_a").isin(ids) | pc.field("track_id_b").isin(ids)
    columns = ["track_id_a", "track_id_b", "weight"]
    found = batches(catalogue.dataset("matches"), columns, where=either & (pc.field("decision") == "merge"))
    return [row for batch in found for row in batch.to_pylist()]


def _order(table: pa.Table, way: str, k: int) -> pa.Array:
    k = min(k, table.num_rows)
    if way == "largest":
        return pc.select_k_unstable(table, k, sort_keys=[("n", "descending")])
    if way == "least certain":
        return pc.select_k_unstable(table, k, sort_keys=[("least", "ascending")])
    return pa.array(np.random.default_rng(SEED).choice(table.num_rows, k, replace=False))


def _group(row: Row, ids: Sequence[str], tracks: dict[str, Row], matches: Sequence[Row], least: float | None) -> Group:
    inside = [match for match in matches if match["track_id_a"] in ids and match["track_id_b"] in ids]
    links = spanning(ids, (match for match in inside if match["decision"] == "merge"))
    # The clusters have called every pair inside a recording a merge; what a pair says alone is its weight.
    low = [
        match for match in inside if least is None or (match["weight"] or 0.0) < least or match["decision"] != "merge"
    ]
    doubts = sorted((match for match in low if match not in links), key=_strength)
    return Group(
        identifier=row["recording_id"],
        chosen=row["chosen"],
        size=row["n"],
        confidence=row["least"],
        members=tuple(tracks.get(track_id) or blank(track_id) for track_id in ids),
        pairs=pairs_of(links[:LINKS], tracks),
        links=len(links),
        against=pairs_of(doubts[-1:], tracks),
        doubts=len(doubts),
    )


def _strength(match: Row) -> tuple[float, str, str]:
    """Sorts the strongest match first."""
    return (-(match["weight"] or 0.0), match["track_id_a"], match["track_id_b"])
