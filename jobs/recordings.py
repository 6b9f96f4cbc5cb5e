"""The table `recordings`: which recording and song every track is, under ids that outlive the run.

Beside it in the snapshot lie `redirects.arrow`, ids that were given up and the ids that most of their tracks have now,
and `former.arrow`, which tracks had an id when it was given up, or when they left.
"""

from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather
import pyarrow.parquet as pq
from numpy.typing import NDArray

from catalog.parquet import reading
from catalog.published import Published
from catalog.runs import Stage
from catalog.schema import RECORDINGS
from catalog.snapshots import new_id
from catalog.store import Catalogue
from dedup.records import open_records
from dedup.stable_ids import Before, Named, first_digests, name_clusters
from jobs.clusters import Clusters

KINDS = (("recording_id", "rec-"), ("song_id", "song-"))
SINCE = "_since"
WRITTEN = pa.schema([*RECORDINGS, *(pa.field(f"{column}{SINCE}", pa.string()) for column, _ in KINDS)])
REDIRECTS = "redirects.arrow"
FORMER = "former.arrow"
REMEMBERED = pa.schema([("track_id", pa.string()), ("id", pa.string()), ("since", pa.string())])
REDIRECTED = pa.schema([("id", pa.string()), ("became", pa.string())])
SLICE = 1 << 18


def write_recordings(catalogue: Catalogue, folder: Path, found: Clusters, stage: Stage, origin: dict[str, Any]) -> str:
    """Write and seal `recordings`; returns the snapshot. folder: the record files."""
    records = open_records(folder)
    track_id = records.column("track_id").combine_chunks()
    now = new_id()
    digest = first_digests(track_id, (found.recording, found.song))
    former, taken = _former(catalogue), [pa.array(read_redirects(catalogue), pa.string())]
    named = {
        column: name_clusters(
            label, track_id, digest, _before(catalogue, column), prefix=prefix, now=now,
            former=former.filter(np.asarray(pc.starts_with(former.id, prefix))), taken=taken,
        )
        for (column, prefix), label in zip(KINDS, (found.recording, found.song), strict=True)
    }  # fmt: skip
    staging = catalogue.stage("recordings")
    canonical = canonical_tracks(records, found.recording)
    with pq.ParquetWriter(staging / "part-00000.parquet", WRITTEN, compression="zstd") as file:
        for start in range(0, max(records.num_rows, 1), SLICE):
            file.write_table(_rows(track_id, found, canonical, named, slice(start, start + SLICE)))
    feather.write_feather(_redirects(catalogue, named), staging / REDIRECTS, compression="uncompressed")
    feather.write_feather(_remembered(named), staging / FORMER, compression="zstd")
    stage.count("recordings", len(named["recording_id"].labels))
    stage.count("songs", len(named["song_id"].labels))
    return catalogue.seal("recordings", staging, **origin)


def _before(catalogue: Catalogue, column: str) -> Before | None:
    """The published ids, None where there are none yet."""
    if not catalogue.has("recordings"):
        return None
    table = catalogue.read("recordings", ["track_id", column, f"{column}{SINCE}"])
    return Before(*(table.column(name).combine_chunks() for name in table.column_names))


def _former(catalogue: Catalogue) -> Before:
    """What was remembered with the published ids."""
    path = catalogue.path("recordings") / FORMER if catalogue.has("recordings") else None
    if path is None or not path.exists():
        return Before.none()
    with reading(path.parent):
        table = feather.read_table(path).select(REMEMBERED.names)
    return Before(*(column.combine_chunks() for column in table.columns))


def _remembered(named: dict[str, Named]) -> pa.Table:
    """What is to be remembered of all kinds of ids."""
    former = reduce(Before.and_also, (names.former for names in named.values()))
    return pa.table([former.track_id, former.id, former.since], schema=REMEMBERED)


def canonical_tracks(records: pa.Table, label: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The track of every recording that says most, then has fewest version words, then came first; `[n]`."""
    texts = (
        pc.greater(pc.binary_length(records.column(name)), 0) for name in ("title", "artist", "album", "isrc_code")
    )
    numbers = (records.column(name).to_numpy() >= 0 for name in ("duration_s", "release_year"))
    said = sum((np.asarray(has).astype(np.int64) for has in (*texts, *numbers)), start=np.zeros(len(label), np.int64))
    words = np.asarray(pc.count_substring(records.column("versions"), "\n")) + np.asarray(
        pc.greater(pc.binary_length(records.column("versions")), 0)
    )
    order = np.lexsort((np.arange(len(label)), words, -said, label))
    chosen = np.zeros(len(label), bool)
    chosen[order[np.flatnonzero(np.diff(label[order], prepend=-1))]] = True
    return chosen


def _rows(
    track_id: pa.Array, found: Clusters, canonical: NDArray[np.bool_], named: dict[str, Named], part: slice
) -> pa.Table:
    """A slice of the table."""
    labels = {"recording_id": found.recording[part], "song_id": found.song[part]}
    columns: dict[str, Any] = {
        "track_id": track_id[part].cast(pa.string()),
        "is_canonical": canonical[part],
        "confidence": found.confidence[part],
    }
    for column, label in labels.items():
        at = pa.array(np.searchsorted(named[column].labels, label))
        columns[column] = named[column].ids.take(at)
        columns[f"{column}{SINCE}"] = named[column].since.take(at)
    return pa.table([columns[name] for name in WRITTEN.names], schema=WRITTEN)


def _redirects(catalogue: Catalogue, named: dict[str, Named]) -> pa.Table:
    """Earlier redirects brought up to date, then the new ones; from none that is in use again, to none that is not."""
    gone = pa.concat_arrays([names.gone for names in named.values()])
    became = pa.concat_arrays([names.became for names in named.values()])
    fresh = dict(zip(gone.to_pylist(), became.to_pylist(), strict=True))
    chain = {old: fresh.get(new, new) for old, new in read_redirects(catalogue).items()}
    known = chain | fresh
    living = pa.concat_arrays([names.ids for names in named.values()])
    table = pa.table([list(known), list(known.values())], schema=REDIRECTED)
    used, there = (pc.is_in(table.column(name), living) for name in REDIRECTED.names)
    return table.filter(pc.and_(there, pc.invert(used)))


def read_redirects(catalogue: Published) -> dict[str, str]:
    """Ids of recordings and songs that were given up, and what they became; empty where none was."""
    path = catalogue.path("recordings") / REDIRECTS if catalogue.has("recordings") else None
    if path is None or not path.exists():
        return {}
    with reading(path.parent):
        table = feather.read_table(path)
    return dict(zip(table.column("id").to_pylist(), table.column("became").to_pylist(), strict=True))
