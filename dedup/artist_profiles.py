"""What one name has, on all its tracks: the narrow tables in which names come together to be merged."""

import numpy as np
import pyarrow as pa

from dedup.artist_releases import Releases, matrix, releases
from dedup.artist_traits import VALUE_FIELDS
from dedup.artist_values import ALL, Values

NAMES = pa.schema(
    [
        pa.field("name_key", pa.string()),
        pa.field("name", pa.string()),  # as printed most often
        pa.field("n_tracks", pa.int64()),
    ]
)
PROFILES = pa.schema(
    [
        pa.field("name_key", pa.string()),
        pa.field("n_tracks", pa.int64()),
        pa.field("compilation", pa.bool_()),  # true where the name stands on compilations only
        pa.field("years", pa.list_(pa.uint64())),
        *(pa.field(name, pa.list_(pa.uint64())) for name in VALUE_FIELDS),
        pa.field("vector", pa.list_(pa.float32())),
    ]
)


def list_names(traits: pa.Table) -> pa.Table:
    """One `NAMES` row for each name key, from all credits (`artist_traits.TRAITS`) of the names in the table."""
    counted = traits.group_by(["name_key", "name"]).aggregate([([], "count_all")])
    ordered = counted.sort_by([("name_key", "ascending"), ("count_all", "descending"), ("name", "ascending")])
    grouped = ordered.group_by("name_key", use_threads=False)
    return grouped.aggregate([("name", "first"), ("count_all", "sum")]).rename_columns(NAMES.names).cast(NAMES)


def profile_names(traits: pa.Table) -> pa.Table:
    """One `PROFILES` row for each name key, from all credits (`artist_traits.TRAITS`) of the names in the table."""
    found = releases(traits)[0].by_key()
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(found.vectors.ravel()), max(found.vectors.shape[1], 1))
    columns = {
        "name_key": found.keys,
        "n_tracks": found.tracks,
        "compilation": found.compilation,
        "years": found.years.lists(),
        **{name: values.lists() for name, values in found.values.items()},
        "vector": vectors.cast(pa.list_(pa.float32())) if found.vectors.size else pa.nulls(len(found)),
    }
    return pa.table([columns[f.name] for f in PROFILES], schema=PROFILES)


def read_profiles(table: pa.Table) -> Releases:
    """`PROFILES` as one release a name."""
    ordered = table.sort_by("name_key").combine_chunks()
    lists = {name: ordered.column(name).combine_chunks() for name in (*VALUE_FIELDS, "years")}
    values = {name: Values.of_lists(lists[name], most=ALL) for name in VALUE_FIELDS}
    return Releases(
        keys=ordered.column("name_key").combine_chunks(),
        key=np.arange(len(ordered)),
        tracks=ordered.column("n_tracks").to_numpy(),
        compilation=ordered.column("compilation").to_numpy(),
        years=Values.of_lists(lists["years"]),
        values=values,
        vectors=matrix(ordered.column("vector")),
    )
