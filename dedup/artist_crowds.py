"""Albums that credit several artists.

Where they are many the album is a compilation, on which a label or a year tells little about any one of them. Where one
artist has nearly all of an album's tracks, it is the album's host and any other a guest there, which may be a wrong
credit (`artist_misplaced`).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.artist_codes import Codes, codes
from dedup.artist_names import PLACEHOLDERS
from dedup.artist_traits import TRAITS

COMPILATION_ARTISTS = 4  # from this many different first names on, an album of a source is taken for a compilation
HOST_TRACKS = 3  # a host has this many tracks of the album, and this many times those of any guest
NO_CROWD = pa.scalar(0, pa.uint64())
NOBODY = pa.scalar(0, pa.uint64())
NOBODIES = pa.array(codes(pa.array(sorted(PLACEHOLDERS))))  # "Various Artists" has no album of its own
FIRST_NAMES = pa.schema(
    [pa.field("crowd", pa.uint64()), pa.field("name", pa.uint64()), pa.field("n_tracks", pa.int64())]
)
CROWDS = pa.schema(
    [
        pa.field("crowd", pa.uint64()),
        pa.field("guest", pa.uint64()),  # code of a name; 0: the album is a compilation
        pa.field("host", pa.uint64()),  # code of the name that has nearly all tracks; 0: the album is a compilation
        pa.field("n_tracks", pa.int64()),  # of the host
    ]
)


def first_names(traits: pa.Table) -> pa.Table:
    """`FIRST_NAMES`: the first names of `artist_traits.TRAITS` on albums, as codes, each once an album."""
    first = pc.and_(pc.equal(traits.column("position"), 0), pc.not_equal(traits.column("crowd"), NO_CROWD))
    found = traits.select(["crowd", "name_key"]).filter(first)
    ones = pa.array(np.ones(len(found), dtype=np.int64))
    return _counted(pa.table([found.column("crowd"), codes(found.column("name_key")), ones], schema=FIRST_NAMES))


def crowded(names: pa.Table) -> pa.Table:
    """`CROWDS`: the albums that are compilations and the guests of others, from the `FIRST_NAMES` of whole albums."""
    different = _counted(names)
    albums = different.group_by("crowd").aggregate([([], "count_all"), ("n_tracks", "max")])
    of_many = pc.greater_equal(albums.column("count_all"), COMPILATION_ARTISTS)
    crowds = albums.filter(of_many).column("crowd")
    nobody = pa.array(np.zeros(len(crowds), dtype=np.uint64))
    compilations = pa.table([crowds, nobody, nobody, nobody.cast(pa.int64())], schema=CROWDS)
    few = albums.filter(pc.and_(pc.invert(of_many), pc.greater(albums.column("count_all"), 1)))
    return pa.concat_tables([compilations, _guests(different, few)])


def _counted(names: pa.Table) -> pa.Table:
    found = names.group_by(["crowd", "name"]).aggregate([("n_tracks", "sum")])
    return found.rename_columns(FIRST_NAMES.names).cast(FIRST_NAMES)


def _guests(names: pa.Table, albums: pa.Table) -> pa.Table:
    """The guests among the `names` of albums that name a few."""
    most = albums.column("n_tracks_max").combine_chunks()
    place = pc.index_in(names.column("crowd"), albums.column("crowd").combine_chunks())
    known = names.append_column("most", most.take(place)).filter(place.is_valid())
    few = pc.less_equal(pc.multiply(known.column("n_tracks"), HOST_TRACKS), known.column("most"))
    first = known.filter(pc.equal(known.column("n_tracks"), known.column("most")))
    single = first.group_by("crowd").aggregate([([], "count_all"), ("name", "min"), ("most", "min")])
    hosts = single.filter(  # of two that have as many, neither is
        (pc.field("count_all") == 1) & (pc.field("most_min") >= HOST_TRACKS) & ~pc.field("name_min").isin(NOBODIES)
    )
    guests = known.filter(few)
    place = pc.index_in(guests.column("crowd"), hosts.column("crowd").combine_chunks())
    guests, place = guests.filter(place.is_valid()), place.drop_null()
    columns = [
        guests.column("crowd"),
        guests.column("name"),
        hosts.column("name_min").take(place),
        guests.column("most"),
    ]
    return pa.table(columns, schema=CROWDS)


def compilations(crowds: pa.Table) -> Codes:
    """The albums among `CROWDS` that are compilations, rising."""
    found = crowds.filter(pc.equal(crowds.column("host"), NOBODY)).column("crowd")
    return np.sort(found.to_numpy())


def guests(crowds: pa.Table) -> pa.Table:
    """The rows of `CROWDS` that tell a guest."""
    return crowds.filter(pc.not_equal(crowds.column("host"), NOBODY))


def with_compilations(traits: pa.Table, crowds: Codes) -> pa.Table:
    """The traits with `compilation` true on the albums whose `crowd` is in `crowds`."""
    found = pa.array(np.isin(traits.column("crowd").to_numpy(), crowds))
    return traits.set_column(TRAITS.get_field_index("compilation"), TRAITS.field("compilation"), found)
