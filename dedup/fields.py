"""The fields that are compared and their agreement levels: the single definition of what counts as evidence.

A field has ordered levels, best first. `m` is the share of same-recording pairs expected at each level and `u` the
share of other candidate pairs; both are only the centre of a Dirichlet prior and the start of EM (`dedup.weights`),
which replaces them by what the catalogue shows. `parent` names the field on whose level this one's probabilities
depend: among candidates that are *not* the same recording, tracks of one release agree on artist, album and year
together, so these are not independent witnesses (tree-augmented naive Bayes, Friedman, Geiger and Goldszmidt 1997).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MISSING = -1
"""Level of a field that one side does not have; it says nothing."""


@dataclass(frozen=True)
class Level:
    """One agreement level: its name, and the expected shares among matches (`m`) and other candidates (`u`)."""

    name: str
    m: float
    u: float


@dataclass(frozen=True)
class Field:
    """A compared field; `levels` stand best first; `parent` is the field it depends on, if any.

    `worst`: largest share of matches at the last level, or the last `alike` ones. A class of pairs most of which have
    another title are the tracks of one release, one of other artists the performances of a work, however well they
    agree otherwise; EM must not take them for matches. `widths`: of a
    measured field, how much each bounded level spans. Chance spreads evenly over neighbouring levels; agreement to
    the second that is commoner than that is no chance. `alike`: how many levels from the last up weigh the same; one
    that hardly any pair is on would else say nothing, or speak for a match.
    """

    name: str
    levels: tuple[Level, ...]
    parent: str | None = None
    worst: float = 1.0
    widths: tuple[float, ...] = ()
    alike: int = 1


NAMES = "names"
"""As a parent: what title and artist say together."""

NAMES_AND_VERSION = "names and version"
"""As a parent: the same, and whether the versions are compatible. A radio edit's duration says less."""


def _levels(*triples: tuple[str, float, float]) -> tuple[Level, ...]:
    return tuple(Level(*triple) for triple in triples)


FIELDS: tuple[Field, ...] = (
    Field(
        "title",
        _levels(
            ("exact", 0.80, 0.04),
            ("exact, common title", 0.05, 0.04),
            ("near", 0.08, 0.02),
            ("similar", 0.03, 0.06),
            ("inside the other's text", 0.02, 0.04),
            ("other number", 0.005, 0.04),
            ("other word", 0.005, 0.04),
            ("different", 0.015, 0.72),
        ),
        worst=0.05,
    ),
    Field(
        "artist",
        _levels(
            ("exact", 0.85, 0.45),
            ("near", 0.05, 0.03),
            ("one holds the other", 0.05, 0.05),
            ("inside the other's text", 0.03, 0.02),
            ("different", 0.018, 0.44),
            ("other players", 0.002, 0.01),
        ),
        parent="title",
        worst=0.10,
        alike=2,
    ),
    Field(
        "album",
        _levels(
            ("exact", 0.75, 0.35),
            ("near", 0.08, 0.03),
            ("similar", 0.05, 0.05),
            ("different", 0.12, 0.57),
        ),
        parent=NAMES,
    ),
    Field(
        "version",
        _levels(
            ("same", 0.10, 0.02),
            ("both plain", 0.84, 0.80),
            ("neutral difference", 0.03, 0.03),
            ("one plain, one version", 0.02, 0.05),
            ("plain against version", 0.005, 0.05),
            ("conflict", 0.005, 0.05),
        ),
        parent=NAMES,
    ),
    Field(
        "duration",
        _levels(
            ("within 0.6 s", 0.60, 0.008),
            ("within 1.5 s", 0.20, 0.012),
            ("within 3 s", 0.08, 0.02),
            ("within 7 s", 0.05, 0.053),
            ("within 15 s", 0.03, 0.107),
            ("apart", 0.04, 0.80),
        ),
        parent=NAMES_AND_VERSION,
        worst=0.15,
        widths=(1.2, 1.8, 3.0, 8.0, 16.0),
    ),
    Field(
        "position",
        _levels(("same", 0.90, 0.10), ("other", 0.09, 0.60), ("other, on one release", 0.01, 0.30)),
        parent="album",
    ),
    Field(
        "year",
        _levels(("same", 0.85, 0.40), ("next", 0.05, 0.07), ("other", 0.10, 0.53)),
        parent="album",
    ),
    Field(
        "release",
        _levels(
            ("several align", 0.55, 0.10),
            ("one or two align", 0.20, 0.10),
            ("none align", 0.25, 0.80),
        ),
        parent=NAMES,
    ),
    Field("isrc", _levels(("same", 0.90, 0.001), ("other", 0.10, 0.999))),
    Field(
        "audio",
        _levels(
            ("same sound", 0.93, 0.003),
            ("same sound in part", 0.02, 0.005),
            ("same sound, other speed", 0.01, 0.002),
            ("similar sound", 0.03, 0.03),
            ("other sound", 0.01, 0.96),
        ),
    ),
)

FIELD_NAMES = tuple(field.name for field in FIELDS)


def level_of(field: str, name: str) -> int:
    """Number of a named level, for code that builds levels."""
    levels = FIELDS[FIELD_NAMES.index(field)].levels
    return [level.name for level in levels].index(name)


_TITLE_STATES = ("title agrees", "title unsure", "title differs", "title unknown")
_ARTIST_STATES = ("artist agrees", "artist differs")
NAME_STATES = tuple(f"{title}, {artist}" for title in _TITLE_STATES for artist in _ARTIST_STATES)
"""What pairs are, by their names: copies and versions, covers, neighbours on a release, strangers."""


def name_states(levels: NDArray[np.int8]) -> NDArray[np.int64]:
    """Which of NAME_STATES the levels `[n, fields]` of every pair are, `[n]`; a missing artist does not differ.

    Where a title is not known, a pair may be any two tracks of a release: it must not be counted with similar titles.
    """
    title, artist = (levels[:, FIELD_NAMES.index(name)] for name in ("title", "artist"))
    ends = (-1, level_of("title", "near"), level_of("title", "inside the other's text"))
    state = np.array([3, 0, 1, 2])[np.searchsorted(ends, title)]  # places in _TITLE_STATES
    return np.asarray(2 * state + (artist >= level_of("artist", "different")))


VERSION_STATES = ("versions agree", "versions differ")


def version_states(levels: NDArray[np.int8]) -> NDArray[np.int64]:
    """Which of VERSION_STATES every pair is in, `[n]`."""
    return np.asarray(levels[:, FIELD_NAMES.index("version")] > level_of("version", "neutral difference"), np.int64)


def parent_states(field: Field) -> tuple[str, ...]:
    """Names of the states that a field's shares are kept for: "any" where it has no parent or that is missing."""
    if field.parent is None:
        return ("any",)
    if field.parent == NAMES:
        return NAME_STATES
    if field.parent == NAMES_AND_VERSION:
        return tuple(f"{names}, {versions}" for names in NAME_STATES for versions in VERSION_STATES)
    parent = FIELDS[FIELD_NAMES.index(field.parent)]
    return ("any", *(f"{parent.name}: {level.name}" for level in parent.levels))


def states(levels: NDArray[np.int8], field: Field) -> NDArray[np.int64]:
    """Which of `parent_states` every pair is in, `[n]`."""
    if field.parent is None:
        return np.zeros(len(levels), dtype=np.int64)
    if field.parent == NAMES:
        return name_states(levels)
    if field.parent == NAMES_AND_VERSION:
        return name_states(levels) * len(VERSION_STATES) + version_states(levels)
    return levels[:, FIELD_NAMES.index(field.parent)].astype(np.int64) + 1
