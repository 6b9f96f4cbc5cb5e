"""Albums that credit many artists: compilations, on which a label or a year tells little about any one of them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.artist_codes import Codes, codes
from dedup.artist_traits import TRAITS

COMPILATION_ARTISTS = 4  # from this many different first names on, an album of a source is taken for a compilation
NO_CROWD = pa.scalar(0, pa.uint64())
FIRST_NAMES = pa.schema([pa.field("crowd", pa.uint64()), pa.field("name", pa.uint64())])
CROWDS = pa.schema([pa.field("crowd", pa.uint64())])


def first_names(traits: pa.Table) -> pa.Table:
    """`FIRST_NAMES`: the first names of `artist_traits.TRAITS` on albums, as codes, each once an album."""
    first = pc.and_(pc.equal(traits.column("position"), 0), pc.not_equal(traits.column("crowd"), NO_CROWD))
    found = traits.select(["crowd", "name_key"]).filter(first)
    pairs = pa.table([found.column("crowd"), codes(found.column("name_key"))], schema=FIRST_NAMES)
    return pairs.group_by(FIRST_NAMES.names).aggregate([])


def crowded(names: pa.Table) -> pa.Table:
    """`CROWDS`: the albums that are compilations, from the `FIRST_NAMES` of whole albums."""
    different = names.group_by(FIRST_NAMES.names).aggregate([])
    counted = different.group_by("crowd").aggregate([([], "count_all")])
    many = pc.greater_equal(counted.column("count_all"), COMPILATION_ARTISTS)
    return counted.filter(many).select(["crowd"]).cast(CROWDS)


def with_compilations(traits: pa.Table, crowds: Codes) -> pa.Table:
    """The traits with `compilation` true on the albums whose `crowd` is in `crowds`."""
    found = pa.array(np.isin(traits.column("crowd").to_numpy(), crowds))
    return traits.set_column(TRAITS.get_field_index("compilation"), TRAITS.field("compilation"), found)
