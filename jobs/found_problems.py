"""Rows of `problems` that looking for duplicates finds: they replace those of the last time, all others stay."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from catalog.schema import PROBLEMS
from catalog.store import Catalogue

STAGE = "dedup"


def renew_problems(catalogue: Catalogue, found: Sequence[dict[str, str]], origin: dict[str, Any]) -> str | None:
    """Replace this stage's problems by `found` (`track_id, field, code, message`).

    Returns the sealed snapshot of `problems`, None where nothing changes.
    """
    problems, ours = catalogue.dataset("problems"), ds.field("stage") == STAGE
    if not found and not problems.count_rows(filter=ours):
        return None
    staging = catalogue.stage("problems")
    with pq.ParquetWriter(staging / "part-00000.parquet", PROBLEMS) as file:
        for batch in problems.to_batches(columns=PROBLEMS.names, filter=~ours):
            file.write_batch(batch.cast(PROBLEMS))
        file.write_table(_rows(catalogue, found))
    return catalogue.seal("problems", staging, **origin)


def _rows(catalogue: Catalogue, found: Sequence[dict[str, str]]) -> pa.Table:
    from jobs.lookup import tracks_by_id

    ids = list(dict.fromkeys(problem["track_id"] for problem in found))
    sources = {row["track_id"]: row["source"] for row in tracks_by_id(catalogue, ids, ("track_id", "source"))}
    rows = [problem | {"source": sources[problem["track_id"]], "stage": STAGE} for problem in found]
    return pa.Table.from_pylist(rows, schema=PROBLEMS)
