"""Profiles of sources that are still being read, from a sample that grows with the logarithm of a source.

Every row counts until a source has had `WHOLE` of them; then every second, later every fourth, and so on, and each that
is taken counts for those that are not, so that the counts stay what all rows would give. A large source costs some tens
of thousands of rows, spread over all of it. Rows are picked by the golden ratio (Weyl's equidistribution): no period in
the source, such as an album's length, can fall in with the picks.
"""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.profile import SourceProfile, profile_sources

WHOLE = 4096
"""Rows of a source that all count."""

MOST_SOURCES = 1 << 14
"""Sources that are profiled. A table that names more says something else in that column, such as each track's page."""

_GOLDEN = (5**0.5 - 1) / 2
_PROFILED = ["source", "title", "artist", "album", "duration"]


class ProfileSample:
    """Counts over the sources met first; its memory grows with the number of sources alone, up to `MOST_SOURCES`."""

    def __init__(self) -> None:
        self.profiles: dict[str, SourceProfile] = {}
        self._seen: Counter[str] = Counter()

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of DELIVERED, the rows of each source in their order."""
        sources = pc.dictionary_encode(batch.column("source"), null_encoding="encode")
        codes = sources.indices.to_numpy()
        for code, source in enumerate(sources.dictionary.to_pylist()):
            name = source or ""
            if name in self._seen or len(self._seen) < MOST_SOURCES:
                self._count(batch.select(_PROFILED), np.flatnonzero(codes == code), name)

    def _count(self, batch: pa.RecordBatch, rows: np.ndarray, source: str) -> None:
        """Count those of `rows`, all of one source, that are due."""
        seen = self._seen[source]
        self._seen[source] += len(rows)
        every = stride(seen)
        due = rows[picked(seen, len(rows), every)]
        if len(due):
            (profile,) = profile_sources(batch.take(pa.array(due))).values()
            self.profiles[source] = self.profiles.get(source, SourceProfile()).merge(profile.times(every))


def stride(seen: int) -> int:
    """How many rows one stands for, after `seen` rows of its source."""
    return 1 << (seen // WHOLE).bit_length()


def picked(seen: int, rows: int, every: int) -> np.ndarray:
    """Which of the `rows` that follow on `seen` others are counted [rows, bool]: about one in `every`."""
    return np.arange(seen, seen + rows) * _GOLDEN % 1.0 * every < 1.0
