"""What related names have in common, and the odds that they are one artist.

The relation of two names gives the odds before their tracks are looked at (`artist_relations.PRIORS`); the two
names' tracks add the weights that the catalogue's model gives to what they have in common. A likeness that is common
between strangers must also share something particular: a release, a title, a recording, a collaborator, a label.

Names credited together on a track are two artists: nobody is credited twice.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.artist_codes import code, codes
from dedup.artist_evidence import COLUMN, COMPILATION, FIELDS
from dedup.artist_items import Item, item
from dedup.artist_model import ArtistModel
from dedup.artist_relations import PRIORS
from dedup.artist_releases import Releases
from dedup.artist_values import Ints

AT_ONCE = 200_000
PARTICULAR = ("album", "title", "co-artist", "recording", "upc", "label")
NEEDS_SHARING = (
    *("typo", "typo in a long name", "order", "stage prefix", "first name", "initial only"),
    *("transliteration", "all initials", "ensemble", "short spacing", "doubled letter"),
)
LETTERS_ONLY = ("typo", "typo in a long name", "doubled letter")  # so named are tribute bands too, who share titles
# Composers and classical performers are printed by their surname alone, and stand on any label of any country: there,
# only what agrees counts.
SURNAME_GENRES = ("classical", "opera", "klassik", "classique", "baroque")
SURNAME_BONUS = 6.0
OF_GENRE = np.array([f.name.startswith("genre") for f in FIELDS])
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Link:
    """Two name keys that may be one artist: log2 odds, and why."""

    a: str
    b: str
    relation: str
    odds: float
    prior: float
    weights: Floats  # [fields]
    levels: NDArray[np.int8]  # [fields]

    def evidence(self) -> list[Item]:
        """Item by item; the weights sum to the odds."""
        told = [i for i in np.argsort(-np.abs(self.weights), kind="stable").tolist() if self.weights[i]]
        return [
            item("name", self.relation, self.prior),
            *(item(FIELDS[i].name, FIELDS[i].levels[self.levels[i]], self.weights[i]) for i in told),
        ]


def find_links(related: pa.Table, profiles: Releases, model: ArtistModel, *, least: float) -> list[Link]:
    """The links with odds of at least `least` among `artist_blocks.RELATED` names that never meet on a track.

    `profiles` has one row a name, for every related name. So many pairs are compared at a time, as each takes 1 kB.
    """
    blocks = (related.slice(start, AT_ONCE) for start in range(0, len(related), AT_ONCE))
    return [link for block in blocks for link in _links(block, profiles, model, least)]


def _links(related: pa.Table, profiles: Releases, model: ArtistModel, least: float) -> list[Link]:
    places = [pc.index_in(related.column(side), profiles.keys).to_numpy() for side in ("a", "b")]
    a, b = (side.astype(np.int64) for side in places)
    relation = related.column("relation").to_numpy()
    prior = np.array([PRIORS[name] for name in relation])
    comparison, plain = model.compared(profiles, a, b)
    prior, weights = _surnames(relation, prior, _told(profiles, a, b, plain), profiles, a, b)
    odds = prior + weights.sum(axis=1)
    agreed = weights[:, [COLUMN[f] for f in PARTICULAR]] > 0
    agreed[:, PARTICULAR.index("title")] &= ~np.isin(relation, LETTERS_ONLY)
    shared = agreed.any(axis=1) | ~np.isin(relation, NEEDS_SHARING)
    kept = np.flatnonzero((odds >= least) & shared & ~_together(profiles, a, b))
    spelt = [related.column(side).take(pa.array(kept)).to_pylist() for side in ("a", "b")]
    return [
        Link(x, y, relation[i], float(odds[i]), float(prior[i]), weights[i].copy(), comparison.levels[i].copy())
        for x, y, i in zip(*spelt, kept, strict=True)
    ]


def _told(profiles: Releases, a: Ints, b: Ints, weights: Floats) -> Floats:
    """The weights [pairs, fields] less what many values make of chance.

    Names with many values each share one more easily by chance, so agreement pays log2 of the number to choose from.
    """
    told = weights.copy()
    for f in PARTICULAR:
        counts = profiles.values[f].counts
        choice = np.log2(np.maximum(1, np.minimum(counts[a], counts[b])))
        for column in {f, f + COMPILATION} & COLUMN.keys():
            found = weights[:, COLUMN[column]]
            told[:, COLUMN[column]] = np.where(found > 0, np.maximum(found - choice, 0.0), found)
    return told


def _surnames(
    relation: NDArray[np.object_], prior: Floats, weights: Floats, profiles: Releases, a: Ints, b: Ints
) -> tuple[Floats, Floats]:
    """Prior and weights as they are for surnames in genres where a surname alone is printed."""
    genres = profiles.values["genre"]
    pair, place = genres.shared(a, b)
    usual = np.isin(genres.different[place], np.array([code(genre) for genre in SURNAME_GENRES], dtype=np.uint64))
    alone = np.isin(np.arange(len(a)), pair[usual]) & (relation == "surname")
    agreeing = np.where((weights > 0) | OF_GENRE, weights, 0.0)
    return np.where(alone, prior + SURNAME_BONUS, prior), np.where(alone[:, None], agreeing, weights)


def _together(profiles: Releases, a: Ints, b: Ints) -> NDArray[np.bool_]:
    """Which pairs of names are credited on one track?"""
    own, others = codes(profiles.keys), profiles.values["co-artist"]
    return others.has(a, own[b]) | others.has(b, own[a])
