"""Duplicate groups and songs with several recordings, a few of each, chosen so that both kinds of error show.

The largest groups show chains that should not have grown, the least certain ones show weak links, and a random sample
(seeded) shows what the rest looks like. The pairs shown with a group are its maximum spanning tree: the strongest links
that hold it together, weakest first, since a group is as good as its weakest necessary link.
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

PER_CHOICE = 8  # groups per way of choosing them
MEMBERS = 12  # members shown per group
LINKS = 3  # pairs shown per group
SEED = 20240229


@dataclass(frozen=True)
class Group:
    """One recording with its tracks, the canonical one first, or one song with its recordings."""

    identifier: str
    chosen: str  # largest | least certain | random
    size: int
    confidence: float | None
    members: tuple[Row, ...]
    pairs: tuple[Pair, ...]
    links: int  # pairs that would join all shown members

    def place(self, track_id: str) -> int:
        """1-based place of a member, as numbered on the page; 0 where it is not shown."""
        ids = [member["track_id"] for member in self.members]
        return ids.index(track_id) + 1 if track_id in ids else 0

    def relation(self, track_id: str) -> str:
        """How a recording relates to those above it, and what the version words said."""
        said = {}
        for pair in self.pairs:
            for own, other in ((pair.a, pair.b), (pair.b, pair.a)):
                place = self.place(other["track_id"])
                if own["track_id"] == track_id and 0 < place < self.place(track_id):
                    level = next((bar.level for bar in pair.bars if bar.name == "version"), "")
                    said[place] = f"{pair.relation} of {place}" + (f" ({level})" if level else "")
        return ", ".join(said[place] for place in sorted(said)[:2])


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
    chosen = _choose(table, "recording_id", ("largest", "least certain", "random"))
    members = _members(catalogue, "recording_id", chosen, canonical_only=False)
    tracks = tracks_by_id(catalogue, (m["track_id"] for rows in members.values() for m in rows))
    matches = _matches_among(catalogue, tracks, pc.field("decision") == "merge")
    groups = [_group(row, "recording_id", members[row["recording_id"]], tracks, matches) for row in chosen]
    return Groups(tuple(groups), table.num_rows, value_counts(table, "n"))


def version_groups(catalogue: Catalogue) -> Groups:
    """Choose and describe songs that have several recordings."""
    table = grouped(catalogue.dataset("recordings"), ["song_id"], where=pc.field("is_canonical"))
    table = table.filter(pc.greater(table.column("n"), 1))
    chosen = _choose(table, "song_id", ("largest", "random"))
    members = _members(catalogue, "song_id", chosen, canonical_only=True)
    tracks = tracks_by_id(catalogue, (m["track_id"] for rows in members.values() for m in rows))
    related = pc.field("relation").isin(["version", "cover"])
    matches = _matches_among(catalogue, tracks, related)
    for rows in members.values():
        rows.sort(key=lambda m: _plainness(tracks.get(m["track_id"])))
    groups = [_group(row, "song_id", members[row["song_id"]], tracks, matches) for row in chosen]
    return Groups(tuple(groups), table.num_rows, value_counts(table, "n"))


def spanning(ids: Sequence[str], matches: Iterable[Row]) -> list[Row]:
    """Maximum spanning forest of the matches among `ids` (Kruskal 1956), weakest link first."""
    root = {track: track for track in ids}

    def find(track: str) -> str:
        while root[track] != track:
            track = root[track]
        return track

    kept = []
    for match in sorted(matches, key=lambda m: (-(m["weight"] or 0.0), m["track_id_a"], m["track_id_b"])):
        a, b = match["track_id_a"], match["track_id_b"]
        if a in root and b in root and find(a) != find(b):
            root[find(a)] = find(b)
            kept.append(match)
    return kept[::-1]


def _choose(table: pa.Table, key: str, ways: Sequence[str]) -> list[Row]:
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


def _order(table: pa.Table, way: str, k: int) -> pa.Array:
    k = min(k, table.num_rows)
    if way == "largest":
        return pc.select_k_unstable(table, k, sort_keys=[("n", "descending")])
    if way == "least certain":
        return pc.select_k_unstable(table, k, sort_keys=[("least", "ascending")])
    return pa.array(np.random.default_rng(SEED).choice(table.num_rows, k, replace=False))


def _members(catalogue: Catalogue, key: str, chosen: Sequence[Row], *, canonical_only: bool) -> dict[str, list[Row]]:
    """The first `MEMBERS` members of each chosen group, the canonical track first."""
    found: dict[str, list[Row]] = defaultdict(list)
    where = pc.field(key).isin(pa.array([row[key] for row in chosen], pa.string()))
    where = where & pc.field("is_canonical") if canonical_only else where
    for batch in batches(catalogue.dataset("recordings"), ["track_id", key, "is_canonical"], where=where):
        for row in batch.to_pylist():
            rows = found[row[key]]
            rows.insert(0, row) if row["is_canonical"] else rows.append(row)
            del rows[MEMBERS:]
    return found


def _matches_among(catalogue: Catalogue, tracks: Iterable[str], where: pc.Expression) -> list[Row]:
    if not catalogue.has("matches"):
        return []
    ids = pa.array(sorted(tracks), pa.string())
    among = pc.field("track_id_a").isin(ids) & pc.field("track_id_b").isin(ids)
    return list(catalogue.read("matches", columns=MATCHES.names, filter=among & where).to_pylist())


def _plainness(track: Row | None) -> tuple[int, str]:
    """Recordings without version words come first, then by year."""
    return (len(track["versions"] or ()), str(track["release_year"] or "")) if track else (99, "")


def _group(row: Row, key: str, members: Sequence[Row], tracks: dict[str, Row], matches: Sequence[Row]) -> Group:
    ids = [member["track_id"] for member in members]
    links = spanning(ids, matches)
    return Group(
        identifier=row[key],
        chosen=row["chosen"],
        size=row["n"],
        confidence=row.get("least"),
        members=tuple(tracks.get(track_id) or blank(track_id) for track_id in ids),
        pairs=pairs_of(links[:LINKS] if key == "recording_id" else links, tracks),
        links=len(links),
    )
