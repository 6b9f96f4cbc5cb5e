"""What lies beside the table `artists` in its snapshot: why names were merged, and who shares a name.

`merged.arrow` (`dedup.artist_merge.MERGED`) has a row for every spelling that joined an artist, `namesakes.arrow`
(`dedup.artist_namesakes.NAMESAKES`) one for every artist of a split or doubtful name. Both grow with what was decided,
not with the tracks.
"""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather

from catalog.published import Published
from dedup.artist_namesakes import NAMESAKES
from dedup.artist_notes import READ, Facts, facts, note

MERGED_FILE, NAMESAKES_FILE = "merged.arrow", "namesakes.arrow"
KEPT = pa.schema([field for field in NAMESAKES if field.name != "sample"])


def write_answers(staging: Path, merged: pa.Table, namesakes: pa.Table) -> None:
    """Write both files into a staged snapshot."""
    feather.write_feather(merged, staging / MERGED_FILE, compression="zstd")
    feather.write_feather(namesakes.select(KEPT.names), staging / NAMESAKES_FILE, compression="zstd")


def read_answer(catalogue: Published, name: str, column: str, values: list[str]) -> list[dict[str, Any]]:
    """The rows of one of the files whose `column` is one of `values`; none where an older version wrote the table."""
    path = catalogue.path("artists") / name
    if not path.exists():
        return []
    table = feather.read_table(path, memory_map=True)
    found: list[dict[str, Any]] = table.filter(
        pc.is_in(table.column(column), pa.array(values, pa.string()))
    ).to_pylist()
    return found


def read_doubtful(catalogue: Published, count: int) -> tuple[list[dict[str, Any]], int]:
    """Names that stayed whole in doubt, the least sure first: `count` of them, and how many were kept."""
    path = catalogue.path("artists") / NAMESAKES_FILE
    if not path.exists():
        return [], 0
    table = feather.read_table(path, memory_map=True)
    whole = table.filter(pc.field("nearest").is_null())
    by = [("confidence", "ascending"), ("n_tracks", "descending"), ("artist_id", "ascending")]
    found: list[dict[str, Any]] = whole.sort_by(by).slice(0, count).to_pylist()
    return found, len(whole)


def with_notes(catalogue: Published, namesakes: pa.Table) -> pa.Table:
    """The namesakes with their notes, from the tracks sampled of each; the tracks are read in one pass."""
    ids = pc.list_flatten(namesakes.column("sample")).unique()
    wanted = pc.is_in(pc.field("track_id"), ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids)
    tracks = {}
    if len(ids):
        for row in catalogue.dataset("tracks").to_table(columns=list(READ), filter=wanted).to_pylist():
            tracks[row["track_id"]] = row
    rows = namesakes.select(["artist_key", "first_year", "last_year", "sample"]).to_pylist()
    known = [_facts(row, tracks) for row in rows]
    of_name: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        of_name.setdefault(row["artist_key"], []).append(i)
    notes = [note(known[i], [known[j] for j in of_name[row["artist_key"]] if j != i]) for i, row in enumerate(rows)]
    at = namesakes.schema.get_field_index("note")
    return namesakes.set_column(at, NAMESAKES.field("note"), pa.array(notes, pa.string()))


def _facts(row: dict[str, Any], tracks: dict[str, dict[str, Any]]) -> Facts:
    years = None if row["first_year"] is None else (row["first_year"], row["last_year"])
    return facts((tracks[track] for track in row["sample"] if track in tracks), years)
