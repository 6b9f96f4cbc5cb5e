"""Evidence in words: the items whose sum is the match weight, each with the values that were compared.

The explanation is the model itself: prior plus items is exactly the weight, to the bit.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.fields import FIELDS
from dedup.weights import Levels, Weights

PRIOR = "prior"

_SHOWN: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "artist": ("artist",),
    "album": ("album",),
    "version": ("versions",),
    "duration": ("duration_s",),
    "position": ("medium", "position"),
    "year": ("release_year",),
    "isrc": ("isrc_code",),
    "audio": (),
}
"""What is shown of each side, per field: delivered text where there is any."""

DETAIL_LENGTH = 60
"""Longest shown value, characters."""


def itemise(levels: Levels, weights: Weights, pairs: pa.Table) -> list[list[dict[str, Any]]]:
    """The evidence of every pair, as rows of `catalog.schema.EVIDENCE`: the prior first, then each field that speaks.

    levels: `[n, fields]`; pairs: `[n]` with the delivered and parsed values of both sides, suffixed `_a` and `_b`.
    """
    items = weights.itemised(levels)
    values = {name: [_side(pairs, columns, side) for side in "ab"] for name, columns in _SHOWN.items()}
    audio = pairs.column("audio_detail").to_pylist() if "audio_detail" in pairs.schema.names else None
    evidence = []
    for row in range(len(levels)):
        parts = [{"field": PRIOR, "level": "of candidates", "weight": weights.prior_bits, "detail": ""}]
        for number in np.flatnonzero(levels[row] >= 0):
            field = FIELDS[number]
            left, right = (side[row] for side in values[field.name])
            detail = (audio[row] if audio else "") if field.name == "audio" else _detail(left, right)
            parts.append(
                {
                    "field": field.name,
                    "level": field.levels[levels[row, number]].name,
                    "weight": float(items[row, number]),
                    "detail": detail or "",
                }
            )
        evidence.append(parts)
    return evidence


def _side(pairs: pa.Table, columns: Sequence[str], side: str) -> list[str]:
    lists = [pairs.column(f"{name}_{side}").to_pylist() for name in columns]
    return [" ".join(_text(value) for value in values if value is not None) for values in zip(*lists, strict=True)] or [
        ""
    ] * pairs.num_rows


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f} s"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = str(value)
    return text if len(text) <= DETAIL_LENGTH else text[: DETAIL_LENGTH - 1] + "…"


def _detail(left: str, right: str) -> str:
    if left == right:
        return left
    return f"{left or '–'} | {right or '–'}"
