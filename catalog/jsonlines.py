"""JSON Lines files as DELIVERED batches: one object a line, each with its own set of keys.

Plain values become text, lists of plain values are joined by "; " without nulls, and what is nested further stays JSON
text. A line that is no object is reported and passed over.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from catalog.columns import Layout, require_title, resolve
from catalog.delivered import Origin, delivered, text_array, with_unit
from catalog.lines import Lines, Report
from catalog.schema import DELIVERED_FIELDS

_PLAIN = (str, int, float, date, time, timedelta, Decimal)
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)  # NaN is no JSON, and `extra` must be
_LEFT_OUT = "the line is left out; write one object a line"
_LAYOUTS = 4096  # sets of keys remembered; a file with more resolves some of them again
Record = tuple[int, dict[str, Any]]


def read_json_lines(lines: Lines, origin: Origin, columns: dict[str, str], report: Report) -> Iterator[pa.RecordBatch]:
    """DELIVERED batches of at most 8,192 rows; raises SourceError where the first of them has no title column."""
    records = _objects(lines, report)
    layouts = _Layouts(columns, str(origin.path))
    checked = False
    for chunk in lines.chunks(records):
        if not checked:
            layouts.check(chunk, report)
            checked = True
        yield _batch(chunk, layouts, origin)


def plain_text(value: Any) -> str | None:
    """A JSON value as the text of one cell."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list) and all(item is None or isinstance(item, _PLAIN) for item in value):
        return "; ".join(text for text in map(plain_text, value) if text is not None)
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, date | time | timedelta | Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


class _Layouts:
    """The layout of every set of keys met, each resolved once."""

    def __init__(self, columns: dict[str, str], place: str) -> None:
        self._columns = columns
        self._place = place
        self._known: dict[tuple[str, ...], Layout] = {}

    def of(self, record: dict[str, Any]) -> Layout:
        """The layout of one record, which may lack a title or a mapped key."""
        keys = tuple(record)
        if keys not in self._known:
            if len(self._known) >= _LAYOUTS:
                self._known.clear()
            mapped = {theirs: ours for theirs, ours in self._columns.items() if theirs in keys}
            self._known[keys] = resolve(keys, mapped, place=self._place)
        return self._known[keys]

    def check(self, chunk: list[Record], report: Report) -> None:
        """Raise SourceError where these records together lack a mapped key, or all of them a title."""
        layouts = [self.of(record) for _, record in chunk]
        together = resolve(
            list(dict.fromkeys(key for layout in layouts for key in layout.header)), self._columns, place=self._place
        )
        if not any("title" in layout.ours for layout in layouts):
            require_title(replace(together, ours={}), place=self._place)
        for notice in dict.fromkeys(notice for layout in layouts for notice in layout.notices):
            report(chunk[0][0], "column", notice)


def _objects(lines: Lines, report: Report) -> Iterator[Record]:
    for line in lines:
        lines.forget()
        if line.isspace():
            continue
        try:
            value = _DECODER.decode(line)
        except (ValueError, RecursionError) as error:
            report(lines.number, "bad_json", f"not JSON ({error}); {_LEFT_OUT}")
            continue
        if isinstance(value, dict):
            yield lines.number, value
        else:
            report(lines.number, "bad_json", f"{line.strip()[:40]!r} is no JSON object; {_LEFT_OUT}")


def _batch(chunk: list[Record], layouts: _Layouts, origin: Origin) -> pa.RecordBatch:
    cells: dict[str, list[str | None]] = {name: [] for name in DELIVERED_FIELDS}
    extra = []
    for _, record in chunk:
        layout, values = layouts.of(record), list(record.values())
        for name, column in cells.items():
            column.append(plain_text(values[layout.ours[name]]) if name in layout.ours else None)
        if layout.unit:
            cells["duration"][-1] = _with_unit(cells["duration"][-1], layout.unit)
        extra.append(_extra({name: values[position] for name, position in layout.extras.items()}))
    fields = {name: text_array(column) for name, column in cells.items()}
    return delivered(fields, text_array(extra), pa.array([line for line, _ in chunk]), origin)


def _with_unit(text: str | None, unit: str) -> str | None:
    joined: str | None = with_unit(text_array([text]), unit)[0].as_py()
    return joined


def _extra(rest: dict[str, Any]) -> str | None:
    kept = {name: value for name, value in rest.items() if value not in (None, "")}
    return json.dumps(kept, ensure_ascii=False) if kept else None
