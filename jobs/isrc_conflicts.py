"""One ISRC on different songs: somebody's mistake, and a row of `problems` for every track that carries it.

A code that its owner gave twice, or a distributor copied down a column, must not merge what is not one recording
(evidence of an ISRC is strong, not absolute); it must be mended where it was made.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from numpy.typing import NDArray

from catalog.runs import Stage
from catalog.schema import PROBLEMS
from catalog.store import Catalogue
from dedup.hashing import hash_texts
from dedup.records import open_records

CODE = "isrc_shared"
STAGE = "dedup"


def conflicting(isrc: NDArray[np.uint64], song: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of the tracks whose ISRC stands on several songs.

    isrc: `[n]` hashes, 0 where there is none; song: `[n]`.
    """
    held = np.flatnonzero(isrc)
    pairs = np.unique(np.stack([isrc[held], song[held].astype(np.uint64)]), axis=1)
    codes, songs = np.unique(pairs[0], return_counts=True)
    return held[np.isin(isrc[held], codes[songs > 1])]


def report_isrc_conflicts(
    catalogue: Catalogue, records: Path, song: NDArray[np.int64], stage: Stage, origin: dict[str, Any]
) -> str | None:
    """Renew the problems of this stage; returns the sealed snapshot of `problems`, None where nothing changes."""
    table = open_records(records, ("track_id", "title", "artist", "isrc_code", "row"))
    places = conflicting(hash_texts(table.column("isrc_code")), song)
    stage.count("isrc_conflicts", len(places))
    problems, ours = catalogue.dataset("problems"), ds.field("stage") == STAGE
    if not len(places) and not problems.count_rows(filter=ours):
        return None
    staging = catalogue.stage("problems")
    with pq.ParquetWriter(staging / "part-00000.parquet", PROBLEMS) as file:
        for batch in problems.to_batches(columns=PROBLEMS.names, filter=~ours):
            file.write_batch(batch.cast(PROBLEMS))
        file.write_table(_rows(catalogue, table.take(pa.array(places))))
    return catalogue.seal("problems", staging, **origin)


def _rows(catalogue: Catalogue, tracks: pa.Table) -> pa.Table:
    """A problem for every track that carries such a code, which names another that does."""
    from jobs.lookup import tracks_by_id

    ids = tracks.column("track_id").to_pylist()
    sources = {row["track_id"]: row["source"] for row in tracks_by_id(catalogue, ids, ("track_id", "source"))}
    by_code: dict[str, list[dict[str, Any]]] = {}
    for track in tracks.to_pylist():
        by_code.setdefault(track["isrc_code"], []).append(track)
    rows = [
        {
            "track_id": track["track_id"],
            "source": sources[track["track_id"]],
            "stage": STAGE,
            "field": "isrc",
            "code": CODE,
            "message": _message(code, track, members),
        }
        for code, members in by_code.items()
        for track in members
    ]
    return pa.Table.from_pylist(rows, schema=PROBLEMS)


def _message(code: str, track: dict[str, Any], members: list[dict[str, Any]]) -> str:
    other = next((one for one in members if one["title"] != track["title"]), members[0])
    return (
        f"ISRC {code} is on {track['title']!r} and on {other['title']!r} by {other['artist'] or 'nobody'} "
        f"({other['track_id']}), which are different songs; find out whose it is and correct the other"
    )
