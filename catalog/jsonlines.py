"""JSON Lines files as DELIVERED batches: one object a line, each with its own set of keys.

Plain values become text, lists of plain values are joined by "; " without nulls, an object in one of our fields gives
its name, and what is nested further stays JSON text. Objects in an array, several on one line or one over several lines
are read too. A line that is no object is reported and passed over.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from catalog.column_names import MORE
from catalog.columns import Layout, require_title, resolve
from catalog.completed import completed
from catalog.delivered import Origin, delivered, text_array, with_unit
from catalog.lines import Lines, Report
from catalog.schema import DELIVERED_FIELDS

_PLAIN = (str, int, float, date, time, timedelta, Decimal)
_NAMES = ("name", "title", "display_name", "displayName")
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)  # NaN is no JSON, and `extra` must be
_LEFT_OUT = "the line is left out; write one object a line"
_BETWEEN = re.compile(r"[\s\x1e,\[\]]*")  # of records: an array's marks, and the separator of RFC 7464
_LONGEST_OBJECT = 1 << 15  # characters of one that goes on over lines
_LAYOUTS = 4096  # sets of keys remembered; a file with more resolves some of them again
Record = tuple[int, int, dict[str, Any]]  # the line, which of its objects from 0, the object


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


def field_text(value: Any) -> str | None:
    """A JSON value as the text of one of our fields: of objects ("artists": [{"name": "Ada"}]) their names."""
    if isinstance(value, dict):
        return _name(value) or plain_text(value)
    if isinstance(value, list) and (named := [item for item in value if item is not None]):
        names = [_name(item) if isinstance(item, dict) else None for item in named]
        if all(names):
            joins = [*(item.get("joinphrase") or "" for item in named[:-1]), ""]  # MusicBrainz
            ends = [join or ("; " if place < len(names) - 1 else "") for place, join in enumerate(joins)]
            return "".join(f"{name}{end}" for name, end in zip(names, ends, strict=True))
    return plain_text(value)


def _name(item: dict[str, Any]) -> str | None:
    """The name of an object that stands for an artist, a release or the like."""
    text = next((item[key] for key in _NAMES if isinstance(item.get(key), str)), None)
    return plain_text(text)


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
        layouts = [self.of(record) for _, _, record in chunk]
        together = resolve(
            list(dict.fromkeys(key for layout in layouts for key in layout.header)), self._columns, place=self._place
        )
        if not any("title" in layout.ours for layout in layouts):
            require_title(replace(together, ours={}), place=self._place)
        for notice in dict.fromkeys(notice for layout in layouts for notice in layout.notices):
            report(chunk[0][0], "column", notice)


def _objects(lines: Lines, report: Report) -> Iterator[Record]:
    """The objects and the lines they begin on; one may go on over lines, and an array may stand around them."""
    for line in lines:
        first, values, fault = lines.number, *_values(line)
        if fault and line.rstrip()[-1:] in ("{", "[", ","):
            values, fault = _over_lines(lines, line) or (values, fault)
        lines.forget()
        others = [value for value in values if not isinstance(value, dict)]
        yield from ((first, place, value) for place, value in enumerate(values) if isinstance(value, dict))
        if not values and len(line.strip()) > 2:
            fault = fault or "nothing but brackets"
        if others:
            report(first, "bad_json", f"{json.dumps(others[0])[:40]} is no JSON object; {_LEFT_OUT}")
        if fault:
            report(first, "bad_json", f"not JSON ({fault}); {_LEFT_OUT}")


def _numbered(line: int, place: int) -> str:
    """The number of a line, with the place on it of all objects but the first."""
    return f"{line}.{place + 1}" if place else str(line)


def _values(text: str) -> tuple[list[Any], str]:
    """The values in a text, without an array around them, and why the rest is none."""
    values: list[Any] = []
    place = _between(text, 0)
    while place < len(text):
        try:
            value, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            return values, str(error)
        values.append(value)
        place = _between(text, end)
    return values, ""


def _between(text: str, start: int) -> int:
    match = _BETWEEN.match(text, start)
    return match.end() if match else start


def _over_lines(lines: Lines, text: str) -> tuple[list[Any], str] | None:
    """The values of an object that begins on the last line, and the rest of its lines; None where it never ends."""
    for line in lines:
        text += line
        if line.lstrip()[:1] == "}" and (read := _values(text)) and not read[1]:
            return read
        if len(text) > _LONGEST_OBJECT:
            break
    lines.back(keep=1)
    return None


def _batch(chunk: list[Record], layouts: _Layouts, origin: Origin) -> pa.RecordBatch:
    cells: dict[str, list[str | None]] = {name: [] for name in DELIVERED_FIELDS}
    second: dict[str, list[str | None]] = {name: [] for name in MORE}
    extra = []
    for _, _, record in chunk:
        layout, values = layouts.of(record), list(record.values())
        for name, column in cells.items():
            column.append(field_text(values[layout.ours[name]]) if name in layout.ours else None)
        if layout.unit:
            cells["duration"][-1] = _with_unit(cells["duration"][-1], layout.unit)
        for name, column in second.items():
            column.append(plain_text(values[layout.completing[name]]) if name in layout.completing else None)
        extra.append(_extra({name: values[position] for name, position in layout.extras.items()}))
    fields = {name: text_array(column) for name, column in cells.items()}
    fields = completed(fields, {name: text_array(column) for name, column in second.items()})
    return delivered(fields, text_array(extra), text_array([_numbered(*at) for *at, _ in chunk]), origin)


def _with_unit(text: str | None, unit: str) -> str | None:
    joined: str | None = with_unit(text_array([text]), unit)[0].as_py()
    return joined


def _extra(rest: dict[str, Any]) -> str | None:
    kept = {name: value for name, value in rest.items() if value not in (None, "")}
    return json.dumps(kept, ensure_ascii=False) if kept else None
