"""The fields that are compared and their agreement levels: the single definition of what counts as evidence.

A field has ordered levels, best first. `m` is the share of same-recording pairs expected at each level and `u` the
share of other candidate pairs; both are only the centre of a Dirichlet prior and the start of EM (`dedup.weights`),
which replaces them by what the catalogue shows. `parent` names the field on whose level this one's probabilities
depend: among candidates that are *not* the same recording, tracks of one release agree on artist, album and year
together, so these are not independent witnesses (tree-augmented naive Bayes, Friedman, Geiger and Goldszmidt 1997).
"""

from dataclasses import dataclass

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
    """A compared field; `levels` stand best first; `parent` is the field it depends on, if any."""

    name: str
    levels: tuple[Level, ...]
    parent: str | None = None


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
            ("different", 0.015, 0.76),
        ),
    ),
    Field(
        "artist",
        _levels(
            ("exact", 0.85, 0.45),
            ("near", 0.05, 0.03),
            ("one holds the other", 0.05, 0.05),
            ("inside the other's text", 0.03, 0.02),
            ("different", 0.02, 0.45),
        ),
        parent="title",
    ),
    Field(
        "album",
        _levels(
            ("exact", 0.75, 0.35),
            ("near", 0.08, 0.03),
            ("similar", 0.05, 0.05),
            ("different", 0.12, 0.57),
        ),
        parent="artist",
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
    ),
    Field(
        "duration",
        _levels(
            ("within 1.5 s", 0.80, 0.04),
            ("within 3 s", 0.08, 0.03),
            ("within 7 s", 0.05, 0.07),
            ("within 15 s", 0.03, 0.11),
            ("apart", 0.04, 0.75),
        ),
    ),
    Field(
        "position",
        _levels(("same", 0.90, 0.10), ("other", 0.10, 0.90)),
        parent="album",
    ),
    Field(
        "year",
        _levels(("same", 0.85, 0.40), ("next", 0.05, 0.07), ("other", 0.10, 0.53)),
        parent="album",
    ),
    Field("isrc", _levels(("same", 0.90, 0.001), ("other", 0.10, 0.999))),
    Field(
        "audio",
        _levels(
            ("same sound", 0.93, 0.003),
            ("same sound in part", 0.03, 0.007),
            ("similar sound", 0.03, 0.03),
            ("other sound", 0.01, 0.96),
        ),
    ),
)

FIELD_NAMES = tuple(field.name for field in FIELDS)

PARENT = tuple(FIELD_NAMES.index(field.parent) if field.parent else None for field in FIELDS)


def level_of(field: str, name: str) -> int:
    """Number of a named level, for code that builds levels."""
    levels = FIELDS[FIELD_NAMES.index(field)].levels
    return [level.name for level in levels].index(name)
