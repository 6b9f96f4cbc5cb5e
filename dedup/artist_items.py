"""Evidence on artists item by item: rows of `catalog.schema.EVIDENCE` whose weights sum to the log2 odds.

The odds of two groups of releases are the mean over their pairs, so each item is a field's mean weight; its level is
the one that most pairs have, and its detail says how many.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.artist_evidence import COLUMN, FIELDS, Comparison, cosines
from dedup.artist_model import ArtistModel
from dedup.artist_releases import Releases
from dedup.artist_values import Ints

PAIRS_AT_ONCE = 100_000
Floats = NDArray[np.float64]
Pairs = tuple[Ints, Ints]
Item = dict[str, Any]


def item(field: str, level: str, weight: float, detail: str = "") -> Item:
    """One item; weight in bits."""
    return {"field": field, "level": level, "weight": round(float(weight), 4), "detail": detail}


def compared_groups(
    found: Releases, groups: Iterable[Pairs], model: ArtistModel
) -> Iterator[tuple[Comparison, Floats]]:
    """How each group of pairs of releases compares, and the weights, `[pairs, fields]`; many groups in one piece.

    A group is all pairs of two sets under one name, so sound weighs by the mean cosine of the sets (`artist_sound`).
    """
    waiting: list[Pairs] = []
    count = 0
    for pairs in groups:
        waiting.append(pairs)
        count += len(pairs[0])
        if count >= PAIRS_AT_ONCE:
            yield from _compared(found, waiting, model)
            waiting, count = [], 0
    if waiting:
        yield from _compared(found, waiting, model)


def _compared(found: Releases, groups: Sequence[Pairs], model: ArtistModel) -> Iterator[tuple[Comparison, Floats]]:
    a, b = (np.concatenate([pairs[side] for pairs in groups]) for side in (0, 1))
    comparison, weights = model.compared(found, a, b)
    heard, cosine = found.heard[a] & found.heard[b], cosines(found, a, b)
    last = np.cumsum([len(pairs[0]) for pairs in groups]).tolist()
    for i, j in zip([0, *last[:-1]], last, strict=True):
        known = i + np.flatnonzero(heard[i:j])
        if len(known):
            weights[known, COLUMN["sound"]] = model.sound.bits(np.asarray(cosine[known].mean()))
        yield Comparison(comparison.levels[i:j], comparison.share[i:j]), weights[i:j]


def itemised_groups(
    found: Releases, groups: Iterable[Pairs], model: ArtistModel, priors: Iterable[Item]
) -> Iterator[list[Item]]:
    """The items of each group of pairs, behind its prior."""
    for prior, (comparison, weights) in zip(priors, compared_groups(found, groups, model), strict=False):
        yield [prior, *itemised(comparison, weights)]


def itemised(comparison: Comparison, weights: Floats) -> list[Item]:
    """The items of some pairs of releases together, the weightiest first.

    comparison, weights: of `ArtistModel.compared`, `[pairs, fields]`.
    """
    means = weights.mean(axis=0)
    told = [f for f in FIELDS if (comparison.levels[:, COLUMN[f.name]] >= 0).any()]
    told.sort(key=lambda f: -abs(means[COLUMN[f.name]]))
    found = []
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
