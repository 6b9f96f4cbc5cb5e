"""What is wrong with one record or file, as a row of the `problems` table; the run goes on.

A message names the value, the place it stands and the mend, as an error's does. Codes are short and stable, so that
reports can count them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from catalog.schema import PROBLEMS


@dataclass(frozen=True)
class Problem:
    """One row of PROBLEMS; `track_id` is None where no track could be made of the record."""

    code: str
    message: str
    field: str | None = None
    track_id: str | None = None
    source: str | None = None
    stage: str = "ingest"


OnProblem = Callable[[Problem], None]
_ORDER = ("track_id", "source", "stage", "field", "code", "message")


def problem_batch(problems: list[Problem]) -> pa.RecordBatch:
    """The problems as one PROBLEMS batch, in their order."""
    columns = [pa.array([getattr(problem, name) for problem in problems], pa.string()) for name in _ORDER]
    return pa.record_batch(columns, schema=PROBLEMS)


class ProblemLog:
    """Collects problems until they are drained; call `add` per problem, `drain` now and then to bound memory."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, problem: Problem) -> None:
        """Keep one problem; fits `on_problem`."""
        self._problems.append(problem)

    def drain(self) -> pa.RecordBatch:
        """All problems since the last call, as one PROBLEMS batch, which may be empty."""
        problems, self._problems = self._problems, []
        return problem_batch(problems)
