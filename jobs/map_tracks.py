"""The tracks that a map shows: their similarity vectors and what is said about them, read without a JVM.

A catalogue of millions is read in one pass; of its tracks a sample is kept, drawn at random with a fixed seed, so that
memory depends on what is shown.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray

from catalog.errors import CatalogError
from catalog.published import Published
from jobs.audio_pairs import stacked
from jobs.lookup import among
from jobs.report_query import batches
from jobs.report_text import clean

FACTS = ("title", "artist", "album", "source", "genre")


@dataclass(frozen=True)
class MapTracks:
    """What is drawn: vectors [n, d] and, by name, n texts each; "" where unknown. `total`: tracks with a sound."""

    vectors: NDArray[np.float32]
    track_ids: list[str]
    facts: dict[str, list[str]]
    artists: list[str]
    total: int


def map_tracks(catalogue: Published, limit: int, *, seed: int = 0) -> MapTracks:
    """At most `limit` tracks that have a similarity vector. Raises CatalogError where there are none."""
    track_ids, vectors, total = _sampled(catalogue, limit, seed)
    columns = ["track_id", *FACTS]
    tracks = catalogue.read("tracks", columns, among("track_id", track_ids)).select(columns)
    row_of = {track_id: row for row, track_id in enumerate(tracks.column("track_id").to_pylist())}
    kept = [place for place, track_id in enumerate(track_ids) if track_id in row_of]  # others are delivered no more
    if not kept:
        raise CatalogError(
            f"{catalogue.root}: no track has audio that could be analysed, so there is nothing to draw; "
            "`unisono export problems` says what was wrong with the files"
        )
    shown = tracks.take([row_of[track_ids[place]] for place in kept])
    facts = {name: [clean(value) for value in shown.column(name).to_pylist()] for name in FACTS}
    ids = [track_ids[place] for place in kept]
    total = total if total > limit else len(kept)
    return MapTracks(vectors[kept], ids, facts, _artists(catalogue, ids, facts["artist"]), total)


def _sampled(catalogue: Published, limit: int, seed: int) -> tuple[list[str], NDArray[np.float32], int]:
    """Track ids, vectors [n, d] and the count of all that have one; the `limit` lowest of random lots, in order."""
    random = np.random.default_rng(seed)
    kept: pa.Table | None = None
    total = 0
    for batch in batches(catalogue.dataset("embeddings"), ["track_id", "vector"]):
        rows = pa.table(batch).filter(pc.is_valid(batch.column("vector")))
        total += len(rows)
        rows = rows.append_column("lot", pa.array(random.random(len(rows))))
        kept = rows if kept is None else pa.concat_tables([kept, rows])
        if len(kept) > 2 * limit:
            kept = _lowest(kept, limit)
    if kept is None or not len(kept):
        return [], np.empty((0, 0), np.float32), 0
    kept = _lowest(kept, limit)
    return kept.column("track_id").to_pylist(), stacked(kept.column("vector")), total


def _lowest(rows: pa.Table, limit: int) -> pa.Table:
    """The `limit` rows with the lowest lots, in the order they had."""
    lots = rows.column("lot").to_numpy()
    return rows.take(np.sort(np.argsort(lots, kind="stable")[:limit]))


def _artists(catalogue: Published, track_ids: Sequence[str], printed: Sequence[str]) -> list[str]:
    """The first credited artist of each track, under one name however it is printed; as printed where not resolved.

    Different artists of one name are told apart by their ids.
    """
    if not catalogue.has("artists"):
        return list(printed)
    first = among("track_id", track_ids) & (ds.field("position") == 0)
    rows = catalogue.read("artists", ["track_id", "name", "artist_id"], first).to_pylist()
    names: dict[str, Counter[str]] = {}
    for row in rows:
        names.setdefault(row["artist_id"], Counter())[clean(row["name"])] += 1
    usual = {artist: counted.most_common(1)[0][0] for artist, counted in names.items()}
    bearers = Counter(usual.values())
    label = {artist: name if bearers[name] == 1 else f"{name} ({artist})" for artist, name in usual.items()}
    of_track = {row["track_id"]: label[row["artist_id"]] for row in rows}
    return [of_track.get(track_id, name) for track_id, name in zip(track_ids, printed, strict=True)]
