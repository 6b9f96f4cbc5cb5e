"""Tracks that seem to be credited to the wrong artist: proposed for another, never moved.

A suspect stands as a guest on an album that is nearly all another artist's (`artist_crowds.guests`), while nothing that
its own name has elsewhere is like that album: the odds that it and even the nearest of the name's other releases are
one artist's are below `APART_ODDS`. A guest whose name has no other release, or who is credited beside the host on the
track, is not suspected: nothing speaks against it.

`APART_ODDS` was chosen on half 1 of the names in `benchmarks.artist_misplaced`, among whole numbers: of planted tracks
-1 finds most that this can find at all; one step lower is taken, since a wrong proposal costs a reader's trust.
"""

import numpy as np
import pyarrow as pa

from catalog.schema import EVIDENCE
from dedup.artist_codes import codes, combined
from dedup.artist_items import itemised, total
from dedup.artist_model import ArtistModel
from dedup.artist_releases import Releases
from dedup.artist_values import Ints, Values

APART_ODDS = -2.0  # log2: four to one against even the nearest release
RELEASES_COMPARED = 100  # of one name, those with most tracks
MISPLACED = pa.schema(
    [
        pa.field("track_id", pa.string()),
        pa.field("position", pa.int32()),
        pa.field("name", pa.string()),  # as printed
        pa.field("artist_key", pa.string()),
        pa.field("crowd", pa.uint64()),
        pa.field("host", pa.uint64()),
        pa.field("host_tracks", pa.int64()),
        pa.field("n_releases", pa.int64()),  # others under the name
        pa.field("odds", pa.float64()),
        pa.field("evidence", pa.list_(EVIDENCE)),  # against the nearest of them
    ]
)
HOSTS = pa.schema(
    [
        pa.field("crowd", pa.uint64()),
        pa.field("host", pa.uint64()),
        pa.field("artist_id", pa.string()),
        pa.field("artist_key", pa.string()),
        pa.field("name", pa.string()),
    ]
)


def misplaced(traits: pa.Table, found: Releases, release: Ints, guests: pa.Table, model: ArtistModel) -> pa.Table:
    """`MISPLACED` among credits; release: each one's place in `found`; guests: of `artist_crowds.guests`."""
    place = _places(traits, guests, "guest")
    alone = ~_beside_host(traits, guests, place)
    suspects = np.flatnonzero((place >= 0) & alone & (traits.column("position").to_numpy() == 0))
    start, end = (np.searchsorted(found.key, found.key, side=side) for side in ("left", "right"))
    rows = []
    for row in suspects.tolist():
        own = int(release[row])
        others = np.setdiff1d(np.arange(start[own], end[own]), [own])
        if not len(others):
            continue
        others = others[np.argsort(-found.tracks[others], kind="stable")[:RELEASES_COMPARED]]
        comparison, weights = model.compared(found, np.full(len(others), own), others)
        nearest = int(weights.sum(axis=1).argmax())
        at = slice(nearest, nearest + 1)
        evidence = itemised(comparison.at(at), weights[at], model.prior(), "one name")
        if (odds := total(evidence)) < APART_ODDS:
            known = {
                name: traits.column(name)[row].as_py()
                for name in ("track_id", "position", "name", "artist_key", "crowd")
            }
            host = {
                "host": guests.column("host")[int(place[row])].as_py(),
                "host_tracks": guests.column("n_tracks")[int(place[row])].as_py(),
            }
            rows.append({**known, **host, "n_releases": len(others), "odds": odds, "evidence": evidence})
    return pa.Table.from_pylist(rows, schema=MISPLACED)


def hosts(traits: pa.Table, ids: pa.Array, guests: pa.Table) -> pa.Table:
    """`HOSTS`: who the hosts among the credits are, each once an album."""
    place = _places(traits, guests, "host")
    rows = pa.array(np.flatnonzero(place >= 0))
    at = pa.array(place[place >= 0])
    columns = [guests.column("crowd").take(at), guests.column("host").take(at), ids.take(rows)]
    columns += [traits.column(name).take(rows) for name in ("artist_key", "name")]
    counted = pa.table(columns, schema=HOSTS).group_by(HOSTS.names).aggregate([([], "count_all")])
    ordered = counted.sort_by([("count_all", "descending"), *((name, "ascending") for name in HOSTS.names)])
    grouped = ordered.group_by(["crowd", "host"], use_threads=False)
    wanted = [(name, "first") for name in HOSTS.names[2:]]
    return grouped.aggregate(wanted).rename_columns(HOSTS.names).cast(HOSTS)


def _places(traits: pa.Table, guests: pa.Table, side: str) -> Ints:
    """Where in `guests` the album and name of each credit stand, -1 where nowhere."""
    listed = combined(guests.column("crowd").to_numpy(), guests.column(side).to_numpy())
    order = np.argsort(listed, kind="stable")
    crowd = traits.column("crowd").to_numpy()
    found = np.full(len(traits), -1, dtype=np.int64)
    near = np.flatnonzero(np.isin(crowd, guests.column("crowd").to_numpy()))
    own = combined(crowd[near], codes(traits.column("name_key").take(pa.array(near))))
    at = np.searchsorted(listed, own, sorter=order).clip(max=max(len(listed) - 1, 0))
    hit = listed[order[at]] == own if len(listed) else np.zeros(len(near), dtype=bool)
    found[near[hit]] = order[at[hit]]
    return found


def _beside_host(traits: pa.Table, guests: pa.Table, place: Ints) -> np.ndarray:
    """Which credits stand on their track beside the album's host, by their places in `guests`."""
    others = Values.of_lists(traits.column("co-artist").combine_chunks())
    found = np.zeros(len(traits), dtype=bool)
    rows = np.flatnonzero(place >= 0)
    found[rows] = others.has(rows, guests.column("host").to_numpy()[place[rows]])
    return found
