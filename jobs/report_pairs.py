"""Pairs as the report shows them: both tracks side by side and their evidence as a waterfall of log2 weights.

A match weight is the prior plus the sum of the evidence, so the drawing is the decision itself: each bar starts where
the one before it ended, and the last spans from even odds (zero) to the total.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from catalog.schema import MATCHES
from catalog.store import Catalogue
from jobs.report_query import batches, best, with_values

Row = dict[str, Any]
SHOWN = 25  # pairs per list
TRACK_COLUMNS = ("track_id", "source", "title", "artist", "album", "duration_s", "release_year", "versions")
PRIOR = "prior"
SOUND = ("audio",)
NAMES = ("title", "artist")
_LIMIT = 99.0  # bits drawn at most, where a weight is not finite


@dataclass(frozen=True)
class Bar:
    """One line of a waterfall; `left` and `width` are percent of the drawing, `weight` is in bits (log2)."""

    name: str
    level: str
    detail: str
    weight: float
    left: float
    width: float
    kind: str  # for | against | total


@dataclass(frozen=True)
class Pair:
    """Two tracks and why; `zero` is where even odds lie, in percent of the drawing."""

    a: Row
    b: Row
    weight: float
    probability: float
    relation: str
    decision: str
    bars: tuple[Bar, ...]
    zero: float


@dataclass(frozen=True)
class PairList:
    """Pairs of one kind: those shown and how many there are."""

    title: str
    note: str
    pairs: tuple[Pair, ...]
    total: int


def waterfall(match: Row) -> tuple[tuple[Bar, ...], float]:
    """Lay out a row of `matches`: the prior, its evidence by size, the total; and the place of zero in percent."""
    total = _finite(match["weight"])
    items = _items(match["evidence"] or [], total)
    ends = np.cumsum([weight for *_, weight in items])
    low, high = min(0.0, *ends.tolist()), max(0.0, *ends.tolist())
    scale = 100.0 / ((high - low) or 1.0)
    starts = [*(0.0,), *ends[:-1].tolist(), 0.0]
    items.append(("total", "", "", total))
    drawn = [
        Bar(
            *item,
            left=(min(start, start + item[3]) - low) * scale,
            width=abs(item[3]) * scale,
            kind="total" if item[0] == "total" else "for" if item[3] >= 0 else "against",
        )
        for item, start in zip(items, starts, strict=True)
    ]
    return tuple(drawn), -low * scale


def _items(evidence: Iterable[Row], total: float) -> list[tuple[str, str, str, float]]:
    """(field, level, detail, weight): the prior, then the evidence by size, then what the items do not account for."""
    items = [(str(e["field"]), e["level"] or "", e["detail"] or "", _finite(e["weight"])) for e in evidence]
    items.sort(key=lambda item: (item[0] != PRIOR, -abs(item[3])))
    rest = total - sum(item[3] for item in items)
    if items and items[0][0] == PRIOR:
        return [*items, ("other", "not itemised", "", rest)] if abs(rest) > 0.05 else items
    return [(PRIOR, "before any evidence", "", rest), *items]


def pairs_of(matches: Iterable[Row], tracks: Mapping[str, Row]) -> tuple[Pair, ...]:
    """Join rows of `matches` with the tracks they name; a track that is gone is shown by its id."""

    def pair(match: Row) -> Pair:
        a, b = (tracks.get(match[side]) or blank(match[side]) for side in ("track_id_a", "track_id_b"))
        bars, zero = waterfall(match)
        relation, decision = match["relation"] or "", match["decision"] or ""
        return Pair(a, b, _finite(match["weight"]), match["probability"] or 0.0, relation, decision, bars, zero)

    return tuple(pair(match) for match in matches)


def tracks_by_id(catalogue: Catalogue, ids: Iterable[str]) -> dict[str, Row]:
    """Read the tracks that are shown, by track id."""
    wanted = sorted(set(ids))
    if not wanted or not catalogue.has("tracks"):
        return {}
    rows = with_values(catalogue.dataset("tracks"), "track_id", wanted, TRACK_COLUMNS).to_pylist()
    return {row["track_id"]: row for row in rows}


def blank(track_id: str) -> Row:
    """Stand in for a track that the table of tracks does not hold."""
    return dict.fromkeys(TRACK_COLUMNS) | {"track_id": track_id}


def to_review(catalogue: Catalogue) -> list[PairList]:
    """List the pairs that people should decide: the most uncertain, then those whose names and sound disagree."""
    matches = catalogue.dataset("matches")
    lists = [
        ("Most uncertain", "closest to even odds", None),
        ("Same sound, different names", "a wrong title or credit, or a shared recording", (1, -1)),
        ("Same names, different sound", "another take, or a wrong file", (-1, 1)),
    ]
    chosen = [(title, note, *_uncertain(matches, signs)) for title, note, signs in lists]
    shown = [match for *_, rows, _ in chosen for match in rows]
    tracks = tracks_by_id(catalogue, (match[side] for match in shown for side in ("track_id_a", "track_id_b")))
    return [PairList(title, note, pairs_of(rows, tracks), total) for title, note, rows, total in chosen]


def _uncertain(matches: ds.Dataset, signs: tuple[int, int] | None) -> tuple[Sequence[Row], int]:
    """Pairs in review nearest to even odds, and how many there are; `signs` of (sound, names) evidence to keep."""
    total = 0

    def candidates() -> Iterator[pa.RecordBatch]:
        nonlocal total
        for batch in batches(matches, MATCHES.names, where=pc.field("decision") == "review"):
            kept = batch.filter(_signed(batch, signs)) if signs else batch
            total += kept.num_rows
            if kept.num_rows:
                yield kept.append_column("doubt", pc.abs(kept.column("weight")))

    rows = best(candidates(), SHOWN, by="doubt")
    return ([] if rows is None else rows.sort_by("doubt").to_pylist()), total


def _signed(batch: pa.RecordBatch, signs: tuple[int, int]) -> pa.Array:
    """Pairs whose sound and names evidence have these signs, bool [rows]."""
    sound, names = (_evidence_sum(batch, fields) for fields in (SOUND, NAMES))
    return pa.array((np.sign(sound) == signs[0]) & (np.sign(names) == signs[1]))


def _evidence_sum(batch: pa.RecordBatch, fields: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Sum of the weights of some fields' evidence, in bits, [rows]."""
    evidence = batch.column("evidence")
    items = pc.list_flatten(evidence)
    row = pc.list_parent_indices(evidence).to_numpy(zero_copy_only=False)
    weight = pc.fill_null(pc.struct_field(items, "weight"), 0.0).to_numpy(zero_copy_only=False)
    chosen = pc.is_in(pc.struct_field(items, "field"), value_set=pa.array(fields)).to_numpy(zero_copy_only=False)
    return np.bincount(row[chosen], weights=weight[chosen], minlength=batch.num_rows).astype(np.float64)


def _finite(weight: float | None) -> float:
    """A weight that can be drawn and summed: null is no evidence, an infinite one (a veto) is cut off."""
    if weight is None or math.isnan(weight):
        return 0.0
    return max(-_LIMIT, min(_LIMIT, weight))
