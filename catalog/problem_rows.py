"""Collects what could not be read of a batch, one row of `PROBLEMS` each."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pyarrow as pa

from catalog.reading import Reading
from catalog.schema import PROBLEMS

T = TypeVar("T")

SHOWN = 80
"""Characters of a refused value that a message shows."""


class ProblemRows:
    """Problems of one batch; knows whose row is whose."""

    def __init__(self, track_ids: pa.Array, sources: pa.Array, places: pa.Array) -> None:
        self._track_ids = track_ids
        self._sources = sources
        self._places = places
        self._rows: list[dict[str, str | None]] = []

    def add(self, row: int, field: str, code: str, text: str | None, mend: str) -> None:
        """Note that a value of a row was refused."""
        value = f"{text[:SHOWN]!r}" if text else "is missing"
        place = self._places[row].as_py() or "an unnamed place"
        self._rows.append(
            {
                "track_id": self._track_ids[row].as_py(),
                "source": self._sources[row].as_py(),
                "stage": "ingest",
                "field": field,
                "code": code,
                "message": f"{place}: {field} {value}: {mend}",
            }
        )

    def read(
        self, texts: pa.Array, field: str, code: str, reader: Callable[[str | None], Reading[T]]
    ) -> list[T | None]:
        """Values of a column, each text read once; what is refused becomes None and a problem."""
        encoded = texts.dictionary_encode(null_encoding="encode")
        known, places = encoded.dictionary.to_pylist(), encoded.indices.to_pylist()
        readings = [reader(text) for text in known]
        if any(reading.refused for reading in readings):
            self.note([readings[place] for place in places], [known[place] for place in places], field, code)
        values = [reading.value for reading in readings]
        return [values[place] for place in places]

    def note(self, readings: Sequence[Reading[T]], texts: Sequence[str | None], field: str, code: str) -> None:
        """Note every refused reading of a column."""
        for row, reading in enumerate(readings):
            if reading.refused:
                self.add(row, field, code, texts[row], reading.refused)

    def batch(self) -> pa.RecordBatch:
        """All problems noted so far, as `PROBLEMS`."""
        return pa.RecordBatch.from_pylist(self._rows, schema=PROBLEMS)
