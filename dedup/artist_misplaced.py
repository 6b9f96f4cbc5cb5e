"""Tracks that seem to be credited to the wrong artist: proposed for another, never moved.

A suspect stands as a guest on a release that is nearly all another artist's (`artist_crowds.guests`), while nothing
that its own name has elsewhere is like that album: the odds that it and even the nearest of the name's other releases
are one artist's are below `APART_ODDS`. A guest whose name has no other release, or who is credited beside the host on
the track, is not suspected: nothing speaks against it.

`APART_ODDS` was chosen on half 1 of the names in `benchmarks.artist_misplaced`, among whole numbers: no planted track
is proposed wrongly at any; 0 finds most, and one step lower is taken, since a wrong proposal costs a reader's trust.
"""

from collections.abc import Iterator
from itertools import repeat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.schema import EVIDENCE
from dedup.artist_codes import codes, combined
from dedup.artist_crowds import HOST_TRACKS
from dedup.artist_evidence import COLUMN, cosines
from dedup.artist_items import PAIRS_AT_ONCE, item, itemised_groups, total
from dedup.artist_model import ArtistModel
from dedup.artist_releases import Releases
from dedup.artist_values import Ints, Values

APART_ODDS = -1.0  # log2: two to one against even the nearest release
PRIOR = item("prior", "on another's album", 0.0)  # among such tracks, wrong credits and guests are taken for even
RELEASES_COMPARED = 100  # of one name, those with most tracks
KNOWN = ("track_id", "position", "name", "artist_key", "release")
MISPLACED = pa.schema(
    [
        pa.field("track_id", pa.string()),
        pa.field("position", pa.int32()),
        pa.field("name", pa.string()),  # as printed
        pa.field("artist_key", pa.string()),
        pa.field("release", pa.uint64()),
        pa.field("host", pa.uint64()),
        pa.field("n_releases", pa.int64()),  # others under the name
        pa.field("odds", pa.float64()),
        pa.field("evidence", pa.list_(EVIDENCE)),  # against the nearest of them
    ]
)
HOSTS = pa.schema(
    [
        pa.field("release", pa.uint64()),
        pa.field("host", pa.uint64()),
        pa.field("artist_id", pa.string()),
        pa.field("artist_key", pa.string()),
        pa.field("name", pa.string()),
        pa.field("n_tracks", pa.int64()),
    ]
)


def misplaced(traits: pa.Table, found: Releases, release: Ints, guests: pa.Table, model: ArtistModel) -> pa.Table:
    """`MISPLACED` among credits; release: each one's place in `found`; guests: of `artist_crowds.guests`."""
    place = _places(traits, guests, "guest")
    alone = ~_beside_host(traits, guests, place)
    suspects = np.flatnonzero((place >= 0) & alone & (traits.column("position").to_numpy() == 0))
    rows = []
    for some in np.array_split(suspects, max(1, len(suspects) * RELEASES_COMPARED // PAIRS_AT_ONCE)):
        far = list(_nearest(found, release, some, model))
        pairs = ((release[[row]], np.array([other])) for row, other, _ in far)
        for (row, _, n), evidence in zip(far, itemised_groups(found, pairs, model, repeat(PRIOR)), strict=True):
            known = {name: traits.column(name)[row].as_py() for name in KNOWN}
            host = guests.column("host")[int(place[row])].as_py()
            rows.append({**known, "host": host, "n_releases": n, "odds": total(evidence), "evidence": evidence})
    return pa.Table.from_pylist(rows, schema=MISPLACED)


def _nearest(found: Releases, release: Ints, suspects: Ints, model: ArtistModel) -> Iterator[tuple[int, int, int]]:
    """Suspects far from all their name has: the credit, the nearest other release, how many others were compared."""
    start, end = (np.searchsorted(found.key, found.key, side=side) for side in ("left", "right"))
    others = [_others(found, int(start[own]), int(end[own]), own) for own in release[suspects].tolist()]
    counts = np.array([len(each) for each in others], dtype=np.int64)
    if not counts.any():
        return
    b = np.concatenate(others)
    a = np.repeat(release[suspects], counts)
    weights = model.weights(found, a, b)
    heard = found.heard[a] & found.heard[b]
    weights[heard, COLUMN["sound"]] = model.sound.bits(cosines(found, a[heard], b[heard]))
    odds = weights.sum(axis=1)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    for row, first, last in zip(suspects.tolist(), bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if last > first and odds[first:last].max() < APART_ODDS:
            yield row, int(b[first + odds[first:last].argmax()]), last - first


def _others(found: Releases, start: int, end: int, own: int) -> Ints:
    places = np.concatenate([np.arange(start, own), np.arange(own + 1, end)])
    if len(places) <= RELEASES_COMPARED:
        return places
    return places[np.argsort(-found.tracks[places], kind="stable")[:RELEASES_COMPARED]]


def hosts(traits: pa.Table, ids: pa.Array, guests: pa.Table) -> pa.Table:
    """`HOSTS`: who the hosts among the credits are, each once a release on which it has `HOST_TRACKS` or more.

    Albums of one title and source may be several releases; a guest's host must be on the guest's own.
    """
    place = _places(traits, guests, "host")
    rows = np.flatnonzero(place >= 0)
    place = place[rows]
    columns = {name: traits.column(name).take(pa.array(rows)) for name in ("release", "artist_key", "name")}
    columns |= {"host": guests.column("host").take(pa.array(place)), "artist_id": ids.take(pa.array(rows))}
    named = HOSTS.names[:-1]
    counted = pa.table([columns[name] for name in named], names=named).group_by(named).aggregate([([], "count_all")])
    ordered = counted.sort_by([("count_all", "descending"), *((name, "ascending") for name in named)])
    wanted = [*((name, "first") for name in named[2:]), ("count_all", "sum")]
    found = ordered.group_by(named[:2], use_threads=False).aggregate(wanted).rename_columns(HOSTS.names).cast(HOSTS)
    return found.filter(pc.greater_equal(found.column("n_tracks"), HOST_TRACKS))


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


def _beside_host(traits: pa.Table, guests: pa.Table, place: Ints) -> NDArray[np.bool_]:
    """Which credits stand on their track beside the album's host, by their places in `guests`."""
    others = Values.of_lists(traits.column("co-artist").combine_chunks())
    found = np.zeros(len(traits), dtype=bool)
    rows = np.flatnonzero(place >= 0)
    found[rows] = others.has(rows, guests.column("host").to_numpy()[place[rows]])
    return found
