"""The copy of what was delivered: Parquet parts of one size, whatever the sizes of the sources.

Each part is the work of one task. While the records pass, their sources are profiled and their ids noted, so that
nothing has to read them again for it; only parts with records whose id another has are written a second time. Memory
holds one batch, 32 bytes a record, and some 70 bytes a record that gets another id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.delivered import BATCH_ROWS
from catalog.distinct_ids import Clashes, NewIds, TrackIds, settle
from catalog.earlier_ids import FORMER, Earlier, remember
from catalog.learned_names import learned_names
from catalog.problems import Problem, ProblemLog
from catalog.profile import SourceProfile
from catalog.profile_sample import ProfileSample
from catalog.schema import DELIVERED, PROBLEMS

PART_ROWS = 1 << 15
PART_BYTES = 1 << 26
"""Where a part ends: a batch further at most. It is normalised in memory."""

NUMBERED = DELIVERED.append(pa.field("row", pa.int64()))
_FORMAT: dict[str, Any] = {"compression": "lz4", "use_dictionary": ["source", "root"], "write_statistics": False}
"""Of the parts: each is read once and whole, so that it pays to write them quickly."""

PROBLEMS_FILE = "delivered.parquet"


@dataclass(frozen=True)
class Delivered:
    """What came: parts of NUMBERED, a file of PROBLEMS, how each source is laid out, and names that are not cut.

    former: a file of the tracks that left (`catalog.earlier_ids`).
    """

    parts: tuple[Path, ...]
    problems: Path
    former: Path
    profiles: Mapping[str, SourceProfile]
    rows: int
    known: frozenset[str] = frozenset()


class Delivery:
    """Writes the parts into `folder`; `log` takes what is wrong with records, before the batch that they are of.

    earlier: the ids of the deliveries before, which stay with their sources.
    """

    def __init__(self, folder: Path, earlier: Earlier | None = None) -> None:
        self.log = ProblemLog()
        self._earlier = earlier or Earlier()
        self._folder = folder
        self._problems = pq.ParquetWriter(folder / PROBLEMS_FILE, PROBLEMS)
        self._starts: list[int] = []  # first row of every part
        self._rows = 0
        self._part: pq.ParquetWriter | None = None
        self._part_bytes = 0
        self._ids = TrackIds()
        self._sample = ProfileSample()

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the next records, a batch of DELIVERED."""
        part = self._part or self._begin()
        numbers = pa.array(np.arange(self._rows, self._rows + batch.num_rows))
        part.write_batch(batch.append_column("row", numbers))
        self._ids.add(batch)
        self._sample.add(batch)
        self._rows += batch.num_rows
        self._part_bytes += batch.nbytes
        if self._rows - self._starts[-1] >= PART_ROWS or self._part_bytes >= PART_BYTES:
            self._end()
        self._tell()

    def note(self, problem: Problem) -> None:
        """Take note of a problem; fits `on_problem`. No batch ever comes of a file that has nothing but bad records."""
        self.log.add(problem)
        if len(self.log) >= BATCH_ROWS:
            self._tell()

    def finish(self) -> Delivered:
        """Settle which record keeps its id; nothing can be added any more."""
        self._end()
        clashes = self._ids.clashes(self._earlier)
        new = self._ids.new() if clashes else None  # which takes a while
        for number, (start, stop) in enumerate(zip(self._starts, [*self._starts[1:], self._rows], strict=True)):
            if new and (here := clashes.within(start, stop)):
                self._settle(self._path(number), here, new)
        self._tell()
        self._problems.close()
        parts = tuple(map(self._path, range(len(self._starts))))
        known, former = learned_names(parts), self._folder / FORMER
        remember(former, self._earlier, self._ids.settled(clashes, new), clashes.heirs)
        return Delivered(parts, self._folder / PROBLEMS_FILE, former, self._sample.profiles, self._rows, known)

    def _begin(self) -> pq.ParquetWriter:
        self._part = pq.ParquetWriter(self._path(len(self._starts)), NUMBERED, **_FORMAT)
        self._starts.append(self._rows)
        self._part_bytes = 0
        return self._part

    def _end(self) -> None:
        if self._part:
            self._part.close()
            self._part = None

    def _settle(self, part: Path, clashes: Clashes, new: NewIds) -> None:
        records, problems = settle(pq.read_table(part), clashes, new)
        pq.write_table(records, part, **_FORMAT)
        for problem in problems:
            self.log.add(problem)
        self._tell()

    def _tell(self) -> None:
        if len(self.log):
            self._problems.write_batch(self.log.drain())

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:05d}.parquet"
