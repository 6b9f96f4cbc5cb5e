"""Artists in doubt: names that stayed whole though a release hardly fits, tracks that seem to be somebody else's, and
what joined the spellings of one artist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from catalog.store import Catalogue
from dedup.artist_names import name_key
from jobs.artist_files import MERGED_FILE, read_answer, read_doubtful
from jobs.artist_problems import MISPLACED_CODE
from jobs.report_pairs import Row
from jobs.report_query import batches, first

SHOWN = 12
ITEMS = 4  # of evidence, the weightiest


@dataclass(frozen=True)
class Doubtful:
    """A name that stayed one artist; `odds`, in bits, and `against` are those of the release that fits it worst."""

    artist_id: str
    name: str
    note: str
    tracks: int
    releases: int
    confidence: float
    odds: float
    against: str


def doubtful(catalogue: Catalogue) -> tuple[tuple[Doubtful, ...], int]:
    """Doubtful names to show, the least sure first, and how many there are."""
    rows, total = read_doubtful(catalogue, SHOWN)
    found = (
        Doubtful(
            row["artist_id"], row["name"], row["note"], row["n_tracks"], row["n_releases"], row["confidence"],
            row["odds"], told(row["evidence"]),
        )
        for row in rows
    )  # fmt: skip
    return tuple(found), total


def misplaced(catalogue: Catalogue) -> tuple[tuple[Row, ...], int]:
    """Problems that propose another artist for a track: those to show, and how many there are."""
    if not catalogue.has("problems"):
        return (), 0
    where = pc.field("code") == MISPLACED_CODE
    problems = catalogue.dataset("problems")
    total = sum(batch.num_rows for batch in batches(problems, ["code"], where=where))
    return tuple(first(problems, SHOWN, ["track_id", "source", "message"], where=where).to_pylist()), total


def joined(catalogue: Catalogue, names: Sequence[str]) -> list[str]:
    """What joined each spelling to another of its artist; "" where it is the same name but for its printing."""
    keys = [name_key(name) for name in names]
    rows = {row["name_key"]: row for row in read_answer(catalogue, MERGED_FILE, "name_key", keys)}
    return [told(rows[key]["evidence"]) if key in rows and rows[key]["joined"] in keys else "" for key in keys]


def told(evidence: Sequence[dict[str, Any]]) -> str:
    """The first item, which is the prior, and the weightiest others: "spacing +3.0, label +7.2"."""
    prior, *others = evidence
    kept = sorted(others, key=lambda one: -abs(one["weight"]))[: ITEMS - 1]
    named = [f"{one['field']} {one['weight']:+.1f}" for one in kept]
    return ", ".join([f"{prior['level']} {prior['weight']:+.1f}", *named])
