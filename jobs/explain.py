"""`unisono explain`: the evidence for and against two tracks being the same recording, item by item.

The comparison is made anew with the weights of the published matches, so any two tracks can be explained, also such as
were never candidates.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.dataset as ds

from catalog.errors import CatalogError, UsageError
from catalog.store import Catalogue
from dedup.decide import another_cut, listed_apart, misnamed, other_performer, unlike, unnamed, vetoed
from dedup.explain import itemise
from dedup.fields import FIELD_NAMES, MISSING, level_of
from dedup.releases import FIELD
from dedup.weights import Levels, Weights, probability
from jobs.labelled import said_of
from jobs.lookup import recordings_of, tracks_by_id
from jobs.matches import WEIGHTS_FILE
from jobs.one_pair import NEEDED, pair_levels, pair_table
from jobs.report_run import merge_threshold
from jobs.why_apart import why_joined, why_not_joined, why_told_apart, why_unlisted


@dataclass(frozen=True)
class Explanation:
    """Two tracks and what speaks for and against their being one recording; weights in log2 units."""

    a: dict[str, Any]
    b: dict[str, Any]
    evidence: list[dict[str, Any]]
    weight: float
    probability: float
    outcome: str


def explain(catalogue_dir: Path, track_a: str, track_b: str, *, format: str = "table") -> None:
    """Print the explanation of a pair. Raises CatalogError where a track or the matches are not there."""
    from jobs.waterfall import print_explanation

    print_explanation(explain_pair(Catalogue.open(catalogue_dir), track_a, track_b), format)


def explain_pair(catalogue: Catalogue, track_a: str, track_b: str) -> Explanation:
    """Compare two tracks with the published weights. Raises UsageError where they are one."""
    if track_a == track_b:
        raise UsageError(f"{track_a} is one track; name two, or its artist with --artist")
    weights = published_weights(catalogue)
    a, b = tracks_by_id(catalogue, [track_a, track_b], NEEDED)
    pair = pair_table(catalogue, a, b)
    levels = as_stored(pair_levels(catalogue, a, b, pair), _stored(catalogue, a, b))
    evidence = itemise(levels, weights, pair)[0].as_py()
    bits = float(weights.bits(levels)[0])
    return Explanation(
        a, b, evidence, bits, float(probability(np.array([bits]))[0]), _outcome(catalogue, a, b, levels, bits)
    )


def as_stored(levels: Levels, evidence: list[dict[str, Any]] | None) -> Levels:
    """Levels `[1, fields]` with that of the releases as the `evidence` of a stored match has it; None: there is none.

    The deduplication counts only pairs that it compared; read from the catalogue, any tracks of two releases count.
    """
    if evidence is None:
        return levels
    told = {item["field"]: item["level"] for item in evidence}
    stored = levels.copy()
    stored[0, FIELD_NAMES.index(FIELD)] = level_of(FIELD, told[FIELD]) if FIELD in told else MISSING
    return stored


def _both(*ids: str) -> ds.Expression:
    """The match of two tracks."""
    return ds.field("track_id_a").isin(ids) & ds.field("track_id_b").isin(ids)


def _stored(catalogue: Catalogue, a: dict[str, Any], b: dict[str, Any]) -> list[dict[str, Any]] | None:
    found = catalogue.read("matches", ["evidence"], _both(a["track_id"], b["track_id"])).to_pylist()
    return found[0]["evidence"] if found else None


def published_weights(catalogue: Catalogue) -> Weights:
    """The weights that the published matches were made with. Raises CatalogError where another version made them."""
    path = catalogue.path("matches") / WEIGHTS_FILE
    try:
        return Weights.from_json(path.read_text(encoding="utf-8"))
    except (KeyError, ValueError) as error:
        raise CatalogError(
            f"{path}: holds the weights of another version of Unisono; run: unisono dedup --catalog {catalogue.root}"
        ) from error


def _outcome(catalogue: Catalogue, a: dict[str, Any], b: dict[str, Any], levels: Any, bits: float) -> str:
    """What became of the pair, and why where that is not what its weight says."""
    ids = [a["track_id"], b["track_id"]]
    said, recordings = said_of(catalogue, *ids), recordings_of(catalogue, ids)
    least = merge_threshold(catalogue)
    enough = least is not None and bits >= least
    if recordings.get(ids[0]) == recordings.get(ids[1]) is not None:
        alone = enough and not _reasons(levels)
        return f"merged: both are recording {recordings[ids[0]]}" + why_joined(said, alone)
    later = [track_id for track_id in ids if track_id not in recordings]
    if later:
        again = f"unisono dedup --catalog {catalogue.root}"
        return f"distinct: not compared yet, {later[0]} was delivered after duplicates were looked for; run: {again}"
    matches = catalogue.read("matches", ["decision", "relation"], _both(*ids)).to_pylist()
    listed = f"{matches[0]['decision']} ({matches[0]['relation']})" if matches else ""
    outcome = listed or why_unlisted(catalogue, a, b, bits)
    labelled, reasons = why_told_apart(said), _reasons(levels)
    if matches and bits > 0 and not reasons and not labelled:
        short = (
            f"less than the {least:+.2f} bits that merge" if least is not None else "no weight is sure enough to merge"
        )
        reasons = why_not_joined(catalogue, a, b, recordings) if enough else [short]
    return "; ".join([outcome, *labelled, *reasons])


def _reasons(levels: Any) -> list[str]:
    reasons = ["vetoed: versions exclude each other, or the sound differs"] if vetoed(levels)[0] else []
    if unnamed(levels)[0]:
        reasons.append("held back: no name agrees, and neither sound nor a code alone merges")
    if misnamed(levels)[0]:
        reasons.append("held back: the titles name different things, and neither place nor sound shows a slip")
    if another_cut(levels)[0]:
        reasons.append("held back: one names a version that the other does not, and they do not last alike")
    if listed_apart(levels)[0]:
        reasons.append("held back: one release lists both, in two places")
    if other_performer(levels)[0]:
        reasons.append("held back: the artists differ, as those of a cover do, and neither album nor ISRC is the same")
    if unlike(levels)[0] and not vetoed(levels)[0]:
        reasons.append("held back: the sound is not the same throughout, and names alone do not outweigh it")
    return reasons
