"""Credits, one row for each name printed on a track, beside what the track says about the artist.

`credits_of` makes them of `catalog.schema.TRACKS`; whatever else is known (recordings, sound) is joined as a column of
`CREDITS`. A column that is absent counts as null, and a null says nothing.
"""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.jsonlines import plain_text
from dedup.artist_names import name_key

MOST_FELLOWS = 100  # credits of a track that count as made together

CREDITS = pa.schema(
    [
        pa.field("track_id", pa.string()),
        pa.field("position", pa.int32()),  # 0-based place in the credit
        pa.field("name", pa.string()),  # as printed
        pa.field("role", pa.string()),
        pa.field("artist_key", pa.string()),  # from `merge_names`; null: the name's own key
        pa.field("key_confidence", pa.float64()),  # from `merge_names`; null: 1
        pa.field("source", pa.string()),
        pa.field("title", pa.string()),  # as delivered, for its script
        pa.field("title_core", pa.string()),
        pa.field("album_core", pa.string()),
        pa.field("label", pa.string()),
        pa.field("country", pa.string()),
        pa.field("genre", pa.string()),
        pa.field("style", pa.string()),
        pa.field("language", pa.string()),
        pa.field("release_year", pa.int32()),
        pa.field("recording_id", pa.string()),
        pa.field("upc_code", pa.string()),
        pa.field("co_names", pa.list_(pa.string())),  # name keys of the track's other credits
        pa.field("vector", pa.list_(pa.float32())),  # similarity vector of the track, unit length
    ]
)
Ints = NDArray[np.int64]
STYLE_COLUMNS = ("style", "styles", "subgenre", "subgenres")


def complete(credits: pa.Table) -> pa.Table:
    """The table with exactly the columns of `CREDITS`, null where it has none."""
    columns = [
        credits.column(f.name).cast(f.type) if f.name in credits.column_names else pa.nulls(len(credits), f.type)
        for f in CREDITS
    ]
    return pa.table(columns, schema=CREDITS)


def credits_of(tracks: pa.Table | pa.RecordBatch) -> pa.Table:
    """One `CREDITS` row for each name of `TRACKS.artist_names`; tracks without a name have none."""
    table = tracks if isinstance(tracks, pa.Table) else pa.Table.from_batches([tracks])
    names = table.column("artist_names").combine_chunks()
    parents, credit = pc.list_parent_indices(names), pc.list_flatten(names)
    style = pa.array([_style(extra) if extra else None for extra in table.column("extra").to_pylist()], pa.string())
    track = table.append_column("style", style)
    told = [f.name for f in CREDITS if f.name in track.column_names]
    track = track.select(told).take(parents)  # without all names of the track beside each of them
    columns = {name: track.column(name) for name in told}
    tracks_of = parents.to_numpy(zero_copy_only=False).astype(np.int64)
    columns["position"] = pa.array(_positions(tracks_of))
    columns["name"], columns["role"] = credit.field("name"), credit.field("role")
    columns["co_names"] = _co_names(tracks_of, name_keys(columns["name"]))
    return complete(pa.table(columns))


def name_keys(names: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The key of every name, each different name looked at once."""
    array = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
    encoded = array.dictionary_encode()
    keys = pa.array([name_key(name) for name in encoded.dictionary.to_pylist()], pa.string())
    return keys.take(encoded.indices)


def _positions(tracks: Ints) -> NDArray[np.int32]:
    """The place of each credit among its track's, which stand together."""
    rows = np.arange(len(tracks))
    return (rows - np.searchsorted(tracks, tracks)).astype(np.int32)


def _style(extra: str) -> str | None:
    found = json.loads(extra)
    styles = [plain_text(value) or "" for key, value in found.items() if key.lower() in STYLE_COLUMNS and value]
    return ";".join(styles) or None


def _co_names(tracks: Ints, keys: pa.Array) -> pa.Array:
    """The keys of the other credits of each credit's track, in order, each once; of very many, the first."""
    encoded = keys.dictionary_encode()
    rising = pc.sort_indices(encoded.dictionary).to_numpy()
    place = np.argsort(rising).astype(np.int32)[encoded.indices.to_numpy()]  # of each name among the different ones
    first = np.flatnonzero(np.diff(tracks, prepend=-1))
    counts = np.diff(first, append=len(tracks))
    lengths, found = np.zeros(len(tracks), np.int64), [np.empty(0, np.int32)]
    for start, count in zip(first[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True):  # few have two
        fellows = np.unique(place[start : start + min(count, MOST_FELLOWS)])
        others = fellows != place[start : start + count, None]  # [credits, fellows]
        lengths[start : start + count] = others.sum(axis=1)
        found.append(np.broadcast_to(fellows, others.shape)[others])
    names = encoded.dictionary.take(pa.array(rising)).take(pa.array(np.concatenate(found)))
    return pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(lengths)).astype(np.int32)), names)
