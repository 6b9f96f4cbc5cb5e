"""Tracks read where they are needed, straight from Parquet: wide rows of text never pass through the JVM."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from catalog.manifest import data_files


@dataclass(frozen=True)
class TrackFile:
    """A file of the table `tracks`, and the least and greatest `row` in it."""

    path: str
    first: int
    last: int


def track_files(folder: Path) -> list[TrackFile]:
    """The files of a snapshot that hold any track; only their footers are read."""
    files = (path for path in data_files(folder) if path.suffix == ".parquet")
    return [found for path in files if (found := _measured(path)) is not None]


def _measured(path: Path) -> TrackFile | None:
    footer = pq.read_metadata(path)
    column = footer.schema.names.index("row")
    filled = [group for i in range(footer.num_row_groups) if (group := footer.row_group(i)).num_rows]
    groups = [group.column(column).statistics for group in filled]  # an empty one has none
    if not groups:
        return None
    return TrackFile(str(path), min(group.min for group in groups), max(group.max for group in groups))


def read_beside(known: pa.Table, files: Iterable[TrackFile], columns: Sequence[str]) -> pa.Table:
    """Columns of the tracks from the least `row` in `known` to the greatest, beside the columns that `known` has."""
    first, last = (function(known.column("row")).as_py() for function in (pc.min, pc.max))
    paths = [file.path for file in files if file.first <= last and file.last >= first]
    row = ds.field("row")
    tracks = ds.dataset(paths).to_table(columns=["row", *columns], filter=(row >= first) & (row <= last))
    place = pc.index_in(tracks.column("row"), known.column("row").combine_chunks())
    for name in known.column_names:
        if name != "row":
            tracks = tracks.append_column(name, known.column(name).combine_chunks().take(place))
    return tracks
