"""Pairs of artist names that may be one artist, with the odds that they are and why.

The relation of two names gives the odds before their tracks are looked at (`artist_relations.PRIORS`); the two
names' tracks add the weights that the catalogue's model gives to what they have in common. A likeness that is common
between strangers must also share something particular: a release, a title, a recording, a collaborator, a label.

Names credited together on a track are two artists: nobody is credited twice. Work is bounded: a blocking key held by
more than `BLOCK_NAMES` names proposes nothing.
"""

import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from dedup.artist_evidence import COLUMN, COMPILATION
from dedup.artist_model import ArtistModel
from dedup.artist_relations import PRIORS, relate, relation_keys
from dedup.artist_releases import Release

BLOCK_NAMES = 50
PARTICULAR = ("album", "title", "co-artist", "recording", "upc", "label")
NEEDS_SHARING = frozenset({"typo", "typo in a long name", "order", "stage prefix", "first name", "initial only"})
# Composers and classical performers are printed by their surname alone, and stand on any label of any country: there,
# only what agrees counts.
SURNAME_GENRES = frozenset({"classical", "opera", "klassik", "classique", "baroque"})
SURNAME_BONUS = 6.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Profile:
    """Everything that the tracks of one name have, as if they stood on one release."""

    name: str  # as printed most often
    tracks: int
    years: tuple[int, ...]
    all: Release  # its `key` is the name key; its `year` is unset


@dataclass(frozen=True)
class Link:
    """Two name keys that may be one artist: log2 odds, and why."""

    a: str
    b: str
    relation: str
    odds: float
    reason: str


def candidate_pairs(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of name keys that share a blocking key, each once, the smaller first, sorted."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        for block in relation_keys(key):
            blocks[block].append(key)
    crowded = sum(len(members) > BLOCK_NAMES for members in blocks.values())
    if crowded:
        logger.info("%d blocking keys of artist names have more than %d names: left out", crowded, BLOCK_NAMES)
    allowed = ((block, members) for block, members in blocks.items() if len(members) <= BLOCK_NAMES)
    return sorted({(min(pair), max(pair)) for block, members in allowed for pair in _pairs(block, members)})


def _pairs(block: str, members: list[str]) -> Iterator[tuple[str, str]]:
    if not block.startswith("1"):
        return combinations(members, 2)
    return product([key for key in members if " " not in key], [key for key in members if " " in key])


def find_links(profiles: dict[str, Profile], model: ArtistModel) -> list[Link]:
    """The links between the names of a table: those that are related and never meet on a track."""
    candidates = ((profiles[a], profiles[b]) for a, b in candidate_pairs(profiles))
    related = [(a, b, relation) for a, b in candidates if (relation := _relation(a, b)) and not together(a.all, b.all)]
    weights = model.weights([_closest_years(a, b) for a, b, _ in related])
    found = (_link(a, b, relation, row) for (a, b, relation), row in zip(related, weights, strict=True))
    return [link for link in found if link is not None]


def _relation(a: Profile, b: Profile) -> str | None:
    return relate(a.all.key, b.all.key, printed_a=a.name, printed_b=b.name)


def _link(a: Profile, b: Profile, relation: str, row: NDArray[np.float64]) -> Link | None:
    """The link of two related names from their weights [fields]; None where they lack what their relation needs."""
    weights = _told(a, b, row)
    if relation in NEEDS_SHARING and not any(weights.get(f, 0.0) > 0 for f in PARTICULAR):
        return None
    prior = PRIORS[relation]
    if relation == "surname" and a.all.get("genre") & b.all.get("genre") & SURNAME_GENRES:
        prior += SURNAME_BONUS
        weights = {f: weight for f, weight in weights.items() if weight > 0 or f.startswith("genre")}
    told = "".join(f", {f} {weight:+.1f}" for f, weight in sorted(weights.items(), key=lambda item: -abs(item[1])))
    reason = f"'{a.all.key}' and '{b.all.key}': {relation} {prior:+.1f}{told}"
    return Link(a.all.key, b.all.key, relation, prior + sum(weights.values()), reason)


def together(a: Release, b: Release) -> bool:
    """Are the two names credited on one track?"""
    return b.key in a.get("co-artist") or a.key in b.get("co-artist")


def _told(a: Profile, b: Profile, row: NDArray[np.float64]) -> dict[str, float]:
    """Weight per field that says anything.

    Names with many values each share one more easily by chance, so agreement pays log2 of the number to choose from.
    """
    weights = {f: float(row[column]) for f, column in COLUMN.items() if row[column]}
    for f in PARTICULAR:
        choice = math.log2(max(1, min(len(a.all.get(f)), len(b.all.get(f)))))
        for name in {f, f + COMPILATION} & weights.keys():
            weights[name] = max(weights[name] - choice, 0.0) if weights[name] > 0 else weights[name]
    return weights


def _closest_years(a: Profile, b: Profile) -> tuple[Release, Release]:
    if not a.years or not b.years:
        return a.all, b.all
    year_a, year_b = min(product(a.years, b.years), key=lambda years: abs(years[0] - years[1]))
    return replace(a.all, year=year_a), replace(b.all, year=year_b)
