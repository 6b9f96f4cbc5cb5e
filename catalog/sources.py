"""Reading what somebody delivered, a table file or a folder of audio, as batches of DELIVERED.

The file's suffix says how it is read: CSV and its like, JSON Lines or Parquet; a folder is walked for audio. A source
that cannot be read at all raises SourceError at once, before the first batch; a bad record in it is reported to
`on_problem`, and reading goes on. Memory holds one batch, whatever the size of the source.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pyarrow as pa

from catalog.columnar import read_columnar
from catalog.columns import check_mapping
from catalog.delimited import read_delimited
from catalog.delivered import Origin
from catalog.errors import SourceError
from catalog.folder import is_utf8, shown
from catalog.jsonlines import read_json_lines
from catalog.lines import Report, open_lines
from catalog.problems import OnProblem, Problem
from catalog.tags import read_folder

DELIMITED = (".csv", ".tsv", ".tab", ".txt")
JSON_LINES = (".jsonl", ".ndjson", ".json")
COLUMNAR = (".parquet", ".pq")
BEFORE = {
    **dict.fromkeys(".gz .tgz .zip .bz2 .xz .zst .7z .rar .tar".split(), "unpack it, and "),
    **dict.fromkeys(".xlsx .xlsm .xls .ods .numbers".split(), "save each sheet as CSV in UTF-8, and "),
}
"""What makes a file readable, by its suffix."""


@dataclass(frozen=True)
class SourceSpec:
    """One source as the user named it.

    `name` is the source of every row that does not say its own; `columns` maps their column names to our fields;
    `encoding` is that of a text file, found out where it is None.
    """

    path: Path
    name: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None


def read_source(spec: SourceSpec, *, on_problem: OnProblem) -> Iterator[pa.RecordBatch]:
    """DELIVERED batches of at most 8,192 rows, in the source's order.

    Raises SourceError where nothing can be read (missing, empty, binary, unknown suffix, no title column) and
    UsageError where `columns` names a field that there is not.
    """
    check_mapping(spec.columns)
    path = Path(spec.path)
    _check_path(path)
    said: list[str] = []  # the first problem alone

    def heard(problem: Problem) -> None:
        said.extend([] if said else [problem.message])
        on_problem(problem)

    batches = _folder(path, spec, heard) if path.is_dir() else _file(path, spec, heard)
    first = next(batches, None)
    if first is None:
        reason = f" ({said[0]})" if said else ""
        raise SourceError(f"{path}: holds no rows that can be read{reason}; give a file with at least one track")
    return chain([first], batches)


def _folder(path: Path, spec: SourceSpec, on_problem: OnProblem) -> Iterator[pa.RecordBatch]:
    if spec.columns:
        raise SourceError(f"{path}: is a folder, whose tags have no columns to map; leave --map out")
    return read_folder(path, spec.name, on_problem=on_problem)


def _file(path: Path, spec: SourceSpec, on_problem: OnProblem) -> Iterator[pa.RecordBatch]:
    origin = Origin.of(path, spec.name)
    report = _reporter(origin, on_problem)
    suffix = path.suffix.lower()
    if suffix in COLUMNAR:
        return read_columnar(origin, spec.columns, report)
    if suffix not in DELIMITED + JSON_LINES:
        known = ", ".join(DELIMITED + JSON_LINES + COLUMNAR)
        mend = f"{BEFORE.get(suffix, '')}give one of {known}, or a folder of audio"
        raise SourceError(f"{path}: the suffix {suffix!r} is not known; {mend}")
    return _text(spec, origin, report)


def _text(spec: SourceSpec, origin: Origin, report: Report) -> Iterator[pa.RecordBatch]:
    read = read_delimited if origin.path.suffix.lower() in DELIMITED else read_json_lines
    with open_lines(origin.path, spec.encoding, report) as lines:
        yield from read(lines, origin, spec.columns, report)


def _check_path(path: Path) -> None:
    try:
        if not path.is_dir():
            with path.open("rb") as file:
                if not file.read(1):
                    raise SourceError(f"{path}: the file is empty; give a file with a header and rows")
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file or folder; check the path") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}); check its permissions") from error
    if not (is_utf8(path) and is_utf8(path.resolve())):
        raise SourceError(f"{shown(path.resolve())}: the path is not UTF-8; rename the file or the folder")


def _reporter(origin: Origin, on_problem: OnProblem) -> Report:
    def report(line: int, code: str, message: str) -> None:
        on_problem(Problem(code, f"{origin.place(line)}: {message}", source=origin.source))

    return report
