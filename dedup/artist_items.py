"""Evidence on artists item by item: rows of `catalog.schema.EVIDENCE` whose weights sum to the log2 odds.

The odds of two groups of releases are the mean over their pairs, so each item is a field's mean weight; its level is
the one that most pairs have, and its detail says how many.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.artist_evidence import COLUMN, FIELDS, Comparison

Floats = NDArray[np.float64]
Item = dict[str, Any]


def item(field: str, level: str, weight: float, detail: str = "") -> Item:
    """One item; weight in bits."""
    return {"field": field, "level": level, "weight": round(float(weight), 4), "detail": detail}


def itemised(comparison: Comparison, weights: Floats, prior: float, level: str) -> list[Item]:
    """The items of some pairs of releases together, the weightiest first behind the prior.

    comparison, weights: of `ArtistModel.compared`, `[pairs, fields]`; level: what the prior is about.
    """
    means = weights.mean(axis=0)
    told = [f for f in FIELDS if (comparison.levels[:, COLUMN[f.name]] >= 0).any()]
    told.sort(key=lambda f: -abs(means[COLUMN[f.name]]))
    found = [item("prior", level, prior)]
    for f in told:
        levels = comparison.levels[:, COLUMN[f.name]]
        counts = np.bincount(levels[levels >= 0], minlength=len(f.levels))
        most = int(counts.argmax())
        detail = f"{counts[most]} of {len(levels)} pairs" if len(levels) > 1 else ""
        found.append(item(f.name, f.levels[most], means[COLUMN[f.name]], detail))
    return found


def total(items: list[Item]) -> float:
    """The log2 odds that items add up to."""
    return float(sum(one["weight"] for one in items))
