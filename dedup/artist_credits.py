"""Credits, one row for each name printed on a track, beside what the track says about the artist.

`credits_of` makes them of `catalog.schema.TRACKS`; whatever else is known (recordings, sound, how many artists an
album has) is joined as a column of `CREDITS`. A column that is absent counts as null, and a null says nothing.
"""

import json
from itertools import groupby

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.artist_names import name_key

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
        pa.field("album_artists", pa.int32()),  # different first names on this album of this source
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
    track = table.take(parents)
    kept = [f.name for f in CREDITS if f.name in track.column_names]
    columns = {name: track.column(name) for name in kept}
    columns["position"] = pa.array(_positions(parents.to_numpy(zero_copy_only=False)))
    columns["name"], columns["role"] = credit.field("name"), credit.field("role")
    columns["style"] = pa.array([_style(extra) for extra in table.column("extra").to_pylist()], pa.string()).take(
        parents
    )
    columns["co_names"] = pa.array(
        _co_names(parents.to_pylist(), credit.field("name").to_pylist()), CREDITS.field("co_names").type
    )
    return complete(pa.table(columns))


def with_album_artists(credits: pa.Table) -> pa.Table:
    """Count the different first names on each album of each source. The table must hold whole albums."""
    rows = list(
        zip(*(credits.column(c).to_pylist() for c in ("source", "album_core", "position", "name")), strict=True)
    )
    names: dict[tuple[str, str], set[str]] = {}
    for source, album, position, name in rows:
        if album and position == 0:
            names.setdefault((source, album), set()).add(name_key(name))
    counts = [len(names.get((source, album), ())) or None for source, album, _, _ in rows]
    return _with_column(credits, "album_artists", pa.array(counts, pa.int32()))


def _with_column(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, column)
    return table.append_column(name, column)


def _positions(parents: np.ndarray) -> np.ndarray:
    starts = np.r_[True, parents[1:] != parents[:-1]] if len(parents) else np.zeros(0, dtype=bool)
    rows = np.arange(len(parents))
    return (rows - np.maximum.accumulate(np.where(starts, rows, 0))).astype(np.int32)


def _style(extra: str | None) -> str | None:
    found = json.loads(extra) if extra else {}
    styles = [str(value) for key, value in found.items() if key.lower() in STYLE_COLUMNS and value]
    return ";".join(styles) or None


def _co_names(parents: list[int], names: list[str]) -> list[list[str]]:
    others = []
    for _, group in groupby(zip(parents, names, strict=True), key=lambda item: item[0]):
        keys = [name_key(name) for _, name in group]
        others += [sorted(set(keys) - {key}) for key in keys]
    return others
