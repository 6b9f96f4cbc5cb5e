"""Making the card index (`jobs.cards`) of a catalogue's published tables, one column at a time.

About 300 bytes a track; memory is that of the largest column. It is written beside its place and renamed, so that
readers see all of it or nothing, and two that make the same one at once do not meet. Where the catalogue may not be
written to, it is made in a temporary folder that the process takes with it.
"""

import atexit
import json
import os
import secrets
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.published import Published
from catalog.state import State
from catalog.text import fold_name
from jobs.cards import DONE, FORMAT, is_made
from jobs.cards_words import NAME as WORDS
from jobs.cards_words import write_words

KEPT = 2
ABANDONED_S = 24 * 3600.0
"""Age of what a killed process left half made."""

TEXTS = ("title", "artist", "album", "audio_file")
SHARED = {
    "source": "source",
    "genre": "genre",
    "label": "label",
    "artist_key": "artist_core",
    "album_key": "album_core",
}


def build_cards(root: Path, state: State, folder: Path) -> Path:
    """Make the cards in `folder`, or in a temporary one where that cannot be; returns where. Raises CatalogError."""
    catalogue = Published(root, state)
    catalogue.path("tracks")
    staging = _staging(folder)
    try:
        _write(catalogue, staging)
        (staging / DONE).write_text(json.dumps({"format": FORMAT, "tables": state.tables, "index": state.index}))
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    if staging.parent != folder.parent:
        return staging
    try:
        staging.rename(folder)
    except OSError:
        if not is_made(folder):  # what lies there is damaged, or closed to us
            atexit.register(shutil.rmtree, staging, ignore_errors=True)
            return staging
        shutil.rmtree(staging)  # another process was first
    with suppress(OSError):  # another one prunes
        _prune(folder.parent)
    return folder


def _prune(cards: Path) -> None:
    """Remove all but the newest two; the one before may still be asked."""
    made = [path / DONE for path in cards.iterdir() if not path.name.startswith(".") and is_made(path)]
    for left in cards.glob(".*"):
        if time.time() - left.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(left, ignore_errors=True)
    for old in sorted(made, key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
        shutil.rmtree(old.parent, ignore_errors=True)


def _staging(folder: Path) -> Path:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = folder.parent / f".{os.getpid()}-{secrets.token_hex(4)}"
        staging.mkdir()  # for whoever may read the catalogue; a folder of `tempfile` is closed to others
        return staging
    except OSError:
        elsewhere = tempfile.mkdtemp(prefix="unisono-cards-")
        atexit.register(shutil.rmtree, elsewhere, ignore_errors=True)
        return Path(elsewhere)


def _write(catalogue: Published, folder: Path) -> None:
    ids = _column(catalogue, "tracks", "track_id")
    _texts(folder, "track_id", ids)
    np.save(folder / "by_id.npy", pc.sort_indices(ids).to_numpy().astype(np.int64))
    for name in TEXTS:
        _texts(folder, name, _column(catalogue, "tracks", name))
    for name, column in SHARED.items():
        _shared(folder, name, _column(catalogue, "tracks", column))
    for name, column, absent in (("year", "release_year", 0), ("duration_s", "duration_s", np.nan)):
        values = pc.fill_null(_column(catalogue, "tracks", column), absent)
        np.save(
            folder / f"{name}.npy", values.to_numpy(zero_copy_only=False).astype(np.float32 if absent else np.int32)
        )
    sought = _sought(catalogue)
    _texts(folder, "sought", sought)
    _texts(folder, WORDS, write_words(folder, sought))
    _recordings(catalogue, folder, ids)
    _artists(catalogue, folder, ids)
    _rows(catalogue, folder, ids)


def _sought(catalogue: Published) -> pa.Array:
    """What `--find` looks through: folded artist, title and versions of each track."""
    columns = ("artist_core", "title_core", "versions")
    table = catalogue.read("tracks", list(columns))
    artist, title = (pc.fill_null(table.column(name), "") for name in columns[:2])
    versions = pc.fill_null(pc.binary_join(table.column("versions"), " "), "")
    joined = pc.binary_join_element_wise(artist, title, pc.replace_substring(versions, ":", " "), " ")
    return _one(pc.utf8_trim_whitespace(joined))


def _recordings(catalogue: Published, folder: Path, ids: pa.Array) -> None:
    """Recording and song of each track; itself where duplicates were not looked for yet."""
    table = (
        catalogue.read("recordings", ["track_id", "recording_id", "song_id"]) if catalogue.has("recordings") else None
    )
    for name in ("recording", "song"):
        values: pa.Array = pa.nulls(len(ids), pa.large_string())
        if table is not None:
            at = pc.index_in(ids, value_set=_one(table.column("track_id")))
            values = pc.take(_one(table.column(f"{name}_id")), at)
        _groups(folder, name, _shared(folder, name, values), np.arange(len(ids)))


def _artists(catalogue: Published, folder: Path, ids: pa.Array) -> None:
    """Artists of all credits with their names and tracks; without the table, folded main credits are the artists."""
    if catalogue.has("artists"):
        table = catalogue.read("artists", ["track_id", "name", "artist_id"])
        place = pc.index_in(_one(table.column("track_id")), value_set=ids)
        known = pc.and_(pc.is_valid(place), pc.is_valid(_one(table.column("artist_id"))))
        artist, name = (pc.filter(_one(table.column(column)), known) for column in ("artist_id", "name"))
        name = pc.fill_null(name, "")
        places = pc.filter(place, known).to_numpy().astype(np.int64)
    else:
        artist = name = _column(catalogue, "tracks", "artist_core")
        known = pc.is_valid(artist)
        places = np.flatnonzero(known.to_numpy(zero_copy_only=False))
        artist = name = pc.filter(artist, known)
    codes = _shared(folder, "artist_id", artist)
    credits = np.sort(codes * len(ids) + places)
    credits = credits[np.diff(credits, prepend=-1) > 0]  # an artist may be credited twice on a track
    _groups(folder, "artist_id", *np.divmod(credits, max(len(ids), 1)))
    pairs = pa.table({"artist": codes, "name": name}).group_by(["artist", "name"]).aggregate([])
    printed = pairs.column("name").to_pylist()
    order = sorted(range(len(printed)), key=[fold_name(text) for text in printed].__getitem__)
    _texts(folder, "artist_names", pa.array([fold_name(printed[i]) for i in order], pa.large_string()))
    np.save(folder / "artist_names.codes.npy", pairs.column("artist").to_numpy()[order].astype(np.int64))


def _rows(catalogue: Published, folder: Path, ids: pa.Array) -> None:
    """Which row of the search index each track is, and back."""
    index_row = np.full(len(ids), -1, np.int64)
    if catalogue.state.index is not None:
        heard = pc.field("vector").is_valid()  # what is silent is not in the index
        table = catalogue.indexed("embeddings").to_table(columns=["row", "track_id"], filter=heard)
        place = pc.index_in(_one(table.column("track_id")), value_set=ids).to_numpy(zero_copy_only=False)
        there = ~np.isnan(place.astype(np.float64))
        index_row[place[there].astype(np.int64)] = table.column("row").to_numpy()[there]
    places = np.flatnonzero(index_row >= 0)
    order = np.argsort(index_row[places], kind="stable")
    np.save(folder / "index_row.npy", index_row)
    np.save(folder / "rows.npy", index_row[places][order])
    np.save(folder / "row_places.npy", places[order])


def _column(catalogue: Published, table: str, name: str) -> pa.Array:
    return _one(catalogue.read(table, [name]).column(name))


def _one(column: Any) -> pa.Array:
    """One array of it all; texts with 64-bit offsets."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in whole.chunks])
    return whole.cast(pa.large_string()) if pa.types.is_string(whole.type) else whole


def _texts(folder: Path, name: str, texts: pa.Array) -> None:
    filled = pa.concat_arrays([pc.fill_null(texts.cast(pa.large_string()), "")])
    _, offsets, data = filled.buffers()
    ends = np.frombuffer(offsets, np.int64)[filled.offset : filled.offset + len(filled) + 1]
    raw = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    np.save(folder / f"{name}.bytes.npy", raw[ends[0] : ends[-1]] if len(ends) else raw[:0])
    np.save(folder / f"{name}.offsets.npy", ends - ends[0] if len(ends) else np.zeros(1, np.int64))


def _shared(folder: Path, name: str, values: pa.Array) -> NDArray[np.int64]:
    """Write codes and distinct values; returns the codes."""
    encoded = _one(values).cast(pa.large_string()).dictionary_encode()
    codes: NDArray[np.int64] = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    np.save(folder / f"{name}.codes.npy", codes.astype(np.int32))
    _texts(folder, f"{name}.values", encoded.dictionary)
    return codes


def _groups(folder: Path, name: str, codes: NDArray[np.int64], places: NDArray[np.int64]) -> None:
    known = codes >= 0
    order = np.argsort(codes[known], kind="stable")
    counts = np.bincount(codes[known]) if known.any() else np.zeros(0, np.int64)
    np.save(folder / f"{name}.starts.npy", np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
    np.save(folder / f"{name}.places.npy", places[known][order].astype(np.int64))
