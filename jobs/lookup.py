"""Reading single tracks out of a published catalogue, without a JVM."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from numpy.typing import NDArray

from catalog.errors import CatalogError
from catalog.published import Published

SHOWN = ("track_id", "row", "source", "title", "artist", "album", "duration_s", "audio_file")


def among(column: str, values: Iterable[object]) -> ds.Expression:
    """Rows whose `row` or id is one of these, which may be none."""
    return ds.field(column).isin(pa.array(list(values), pa.int64() if column == "row" else pa.string()))


def tracks_by_id(
    catalogue: Published, track_ids: Sequence[str], columns: Sequence[str] = SHOWN
) -> list[dict[str, Any]]:
    """The tracks with these ids, in this order. Raises CatalogError naming the first that is not there."""
    wanted = list(dict.fromkeys(track_ids))
    found = _where(catalogue, among("track_id", wanted), sorted({*columns, "track_id"}))
    by_id = {track["track_id"]: track for track in found}
    for track_id in wanted:
        if track_id not in by_id:
            raise CatalogError(f"{catalogue.root}: has no track {track_id!r}; `unisono export tracks` lists all ids")
    return [by_id[track_id] for track_id in track_ids]


def tracks_by_row(
    catalogue: Published, table: str, rows: Sequence[int], columns: Sequence[str] = SHOWN
) -> dict[int, dict[str, Any]]:
    """The tracks that the index means by these rows of `table`; one that is no longer delivered is left out."""
    named = catalogue.indexed(table).to_table(columns=["row", "track_id"], filter=among("row", rows))
    row_of = dict(zip(*(named.column(name).to_pylist() for name in ("track_id", "row")), strict=True))
    found = _where(catalogue, among("track_id", row_of), sorted({*columns, "track_id"}))
    return {row_of[track["track_id"]]: track for track in found}


def has_track(catalogue: Published, track_id: str) -> bool:
    """Whether a track has this id."""
    return bool(_where(catalogue, ds.field("track_id") == track_id, ["track_id"]))


def recordings_of(catalogue: Published, track_ids: Sequence[str]) -> dict[str, str]:
    """Recording id of each of these tracks; empty where duplicates were not looked for yet."""
    if not catalogue.has("recordings"):
        return {}
    table = catalogue.read("recordings", ["track_id", "recording_id"], among("track_id", track_ids))
    return dict(zip(*(table.column(name).to_pylist() for name in ("track_id", "recording_id")), strict=True))


def members_of(catalogue: Published, recording_ids: Sequence[str]) -> dict[str, list[str]]:
    """All track ids of each of these recordings."""
    members: dict[str, list[str]] = {recording: [] for recording in recording_ids}
    if members:
        chosen = among("recording_id", members)
        for row in catalogue.read("recordings", ["track_id", "recording_id"], chosen).to_pylist():
            members[row["recording_id"]].append(row["track_id"])
    return members


def codes_by_row(catalogue: Published, rows: Sequence[int]) -> dict[int, tuple[bytes, bytes]]:
    """Identity codes and audible marks of what the index means by these rows."""
    chosen = among("row", rows)
    table = catalogue.indexed("segments").to_table(columns=["row", "codes", "audible"], filter=chosen)
    return {row["row"]: (row["codes"], row["audible"]) for row in table.to_pylist() if row["codes"]}


def codes_of(catalogue: Published, tracks: Sequence[dict[str, Any]]) -> dict[str, tuple[bytes, bytes]]:
    """Identity codes and audible marks, by id, of those of these tracks whose file, `audio_file`, was analysed."""
    file_of = {track["track_id"]: track["audio_file"] for track in tracks}
    columns = ["track_id", "audio_file", "codes", "audible"]
    rows = catalogue.read("segments", columns, among("track_id", file_of)).to_pylist()
    heard = (row for row in rows if row["codes"] and row["audio_file"] == file_of[row["track_id"]])
    return {row["track_id"]: (row["codes"], row["audible"]) for row in heard}


def vector_of(catalogue: Published, track_id: str) -> NDArray[np.float32]:
    """Similarity vector of a track, `[d]`. Raises CatalogError where it has none."""
    table = catalogue.read("embeddings", ["vector"], ds.field("track_id") == track_id)
    vector = table.column("vector")[0].as_py() if len(table) else None
    if vector is None:
        raise CatalogError(
            f"{catalogue.root}: track {track_id!r} has no usable audio (see `problems`); name another track or a file"
        )
    return np.array(vector, np.float32)


def _where(catalogue: Published, chosen: ds.Expression, columns: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = catalogue.read("tracks", columns, chosen).to_pylist()
    return found
