"""Records as the record files hold them, made from what a test says of each."""

from typing import Any

import numpy as np
import pyarrow as pa

from dedup.listed import COLUMNS as LISTED
from dedup.records import READ_ALONG, SEPARATOR
from dedup.sketches import sketch_columns

TEXTS = ("title", "artist", "album", "title_core", "artist_core", "album_core", "medium", "isrc_code", *READ_ALONG)


def records(*given: dict[str, Any]) -> pa.Table:
    """One row a dictionary; what it does not say is missing, as `dedup.records` writes it."""
    texts = {name: pa.array([one.get(name) or "" for one in given], pa.large_string()) for name in TEXTS}
    versions = [SEPARATOR.join(one.get("versions") or ()) for one in given]
    integers = {
        name: pa.array([one.get(name, -1) if one.get(name) is not None else -1 for one in given], pa.int32())
        for name in ("release_year", "position", "exclusive")
    }
    keys = {name: pa.array([one.get(name, 0) for one in given], pa.uint64()) for name in LISTED}
    seconds = [np.nan if one.get("duration_s") is None else one["duration_s"] for one in given]
    cores = (texts[name] for name in ("title_core", "artist_core", "album_core"))
    return pa.table(
        {
            **texts,
            **sketch_columns(*cores),
            **integers,
            **keys,
            "versions": pa.array(versions, pa.large_string()),
            "duration_s": pa.array(seconds, pa.float32()),
            "title_frequency": pa.array([one.get("title_frequency", 1) for one in given], pa.int32()),
        }
    )


def pair(a: dict[str, Any], b: dict[str, Any]) -> pa.Table:
    """A pair of records, one row."""
    sides = {"a": records(a), "b": records(b)}
    return pa.table(
        {f"{name}_{side}": table.column(name) for side, table in sides.items() for name in table.column_names}
    )
