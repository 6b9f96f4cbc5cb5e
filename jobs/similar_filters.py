"""`--only FIELD=VALUE` and `--exclude FIELD=VALUE`: which tracks may be answers.

Fields are year (`1994`, `1990-1999`, `1990-`, `-1999`), genre, label and source. Values are compared folded; a genre of
several (`Rock; Pop`) has each of them. Values of one field are alternatives, different fields must all fit. A track
that does not say has no value: it is not among `--only`, and not excluded.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.errors import UsageError
from catalog.text import fold_name
from jobs.cards import Cards

FIELDS = ("year", "genre", "label", "source")
SHOWN_VALUES = 12
_YEARS = re.compile(r"(\d{4})?\s*(-)?\s*(\d{4})?")
_SEVERAL = re.compile(r"[;,/|]")

Mask = NDArray[np.bool_]


def allowed(cards: Cards, only: Sequence[str], exclude: Sequence[str]) -> Mask | None:
    """Which tracks [n] may be answers; None where all may. Raises UsageError for a filter that cannot be."""
    if not only and not exclude:
        return None
    mask = np.ones(len(cards), bool)
    wanted: dict[str, Mask] = {}
    for text in only:
        field, chosen = _chosen(cards, text, "--only")
        wanted[field] = wanted.get(field, np.zeros(len(cards), bool)) | chosen
    for chosen in wanted.values():
        mask &= chosen
    for text in exclude:
        mask &= ~_chosen(cards, text, "--exclude")[1]
    return mask


def _chosen(cards: Cards, text: str, option: str) -> tuple[str, Mask]:
    field, equals, value = (part.strip() for part in text.partition("="))
    if field not in FIELDS or not equals or not value:
        raise UsageError(f"{option} {text!r}: write FIELD=VALUE, where FIELD is one of {', '.join(FIELDS)}")
    return field, _in_years(cards, value, option) if field == "year" else _with_value(cards, field, value, option)


def _in_years(cards: Cards, value: str, option: str) -> Mask:
    match = _YEARS.fullmatch(value)
    if match is None or not (match[1] or match[3]) or (match[1] and match[3] and not match[2]):
        raise UsageError(f"{option} year={value}: write a year or a range of years, such as 1994, 1990-1999 or 1990-")
    first = max(1, int(match[1] or 1))  # 0 is unknown
    last = int(match[3] or 9999) if match[2] else first
    if last < first:
        raise UsageError(f"{option} year={value}: the range ends before it begins; write {last}-{first}")
    years = cards.numbers("year")
    return np.asarray((years >= first) & (years <= last))


def _with_value(cards: Cards, field: str, value: str, option: str) -> Mask:
    column, wanted = cards.shared(field), fold_name(value)
    values = column.values.all()
    fitting = [code for code, text in enumerate(values) if wanted in _names(field, text)]
    if not fitting:
        known = ", ".join(repr(text) for text in sorted(filter(None, values))[:SHOWN_VALUES]) or "none at all"
        raise UsageError(f"{option} {field}={value}: no track of {cards.root} has this {field}; there are {known}")
    return np.isin(column.codes, fitting)


def _names(field: str, text: str) -> set[str]:
    parts = _SEVERAL.split(text) if field == "genre" else []
    return {fold_name(part) for part in (text, *parts)}
