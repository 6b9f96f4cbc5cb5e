"""Which column of a source is which of ours: by `--map`, by our own names, or by a name that can mean only one thing.

Names are compared without case, spaces and punctuation. A name from the table of aliases is used only where the field
has no column of its own and no second alias claims it; what is not ours is kept in `extra`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.column_names import ALIASES, COMPLETING, OWN, RARER, known_name
from catalog.errors import SourceError, UsageError
from catalog.schema import DELIVERED_FIELDS


@dataclass(frozen=True)
class Layout:
    """Positions of our fields and of the other columns in the rows of one source."""

    header: tuple[str, ...]
    ours: dict[str, int]
    extras: dict[str, int]
    unit: str | None = None  # of bare numbers in the duration column, where its name says it
    completing: Mapping[str, int] = field(default_factory=dict)  # "version" of the title, "disc" of the track number
    notices: tuple[str, ...] = field(default=())


def check_mapping(columns: Mapping[str, str]) -> None:
    """Raise UsageError where `--map` names a field that there is not, or one field twice."""
    ours = list(columns.values())
    for theirs, name in columns.items():
        if name not in DELIVERED_FIELDS:
            raise UsageError(
                f"--map {theirs}={name}: there is no field {name!r}; fields: {', '.join(DELIVERED_FIELDS)}"
            )
        if ours.count(name) > 1:
            raise UsageError(f"--map {theirs}={name}: the field {name!r} is mapped more than once; keep one of them")


def resolve(header: Sequence[str], columns: Mapping[str, str], *, place: str) -> Layout:
    """The layout of rows under `header`; raises SourceError where a mapped column is missing."""
    known = [known_name(name) for name in header]
    folded = [name for name, _ in known]
    ours = _mapped(header, folded, columns, place)
    taken = set(ours.values())
    notices = _own_names(header, folded, ours, taken)
    notices += _aliases(header, folded, ours, taken)
    extras = _extras(header, set(ours.values()))
    unit = known[ours["duration"]][1] if "duration" in ours else None
    completing: dict[str, int] = {}
    for position, key in enumerate(folded):
        if key in COMPLETING and position not in ours.values():
            completing.setdefault(COMPLETING[key], position)
    return Layout(tuple(header), ours, extras, unit, completing, tuple(notices))


def require_title(layout: Layout, *, place: str) -> Layout:
    """The layout, if it has a title column; else SourceError listing the columns and showing how to name one."""
    if "title" in layout.ours:
        return layout
    example = next((name for name in layout.header if name.strip()), "COLUMN")
    listed = _listed(layout.header)
    raise SourceError(f"{place}: no title column; there are: {listed}; name it, for example: --map {example!r}=title")


def recognised(header: Sequence[str]) -> int:
    """How many names in `header` are ours or an alias of ours."""
    return sum(name in OWN or name in ALIASES for name, _ in map(known_name, header))


def _mapped(header: Sequence[str], folded: list[str], columns: Mapping[str, str], place: str) -> dict[str, int]:
    ours = {}
    for theirs, name in columns.items():
        wanted, _ = known_name(theirs)
        if theirs in header:
            ours[name] = list(header).index(theirs)
        elif wanted and wanted in folded:
            ours[name] = folded.index(wanted)
        else:
            raise SourceError(f"{place}: --map {theirs}={name}: no column {theirs!r}; there are: {_listed(header)}")
    return ours


def _own_names(header: Sequence[str], folded: list[str], ours: dict[str, int], taken: set[int]) -> list[str]:
    """Columns that carry our own name; of two such columns the first counts."""
    notices = []
    for position, key in enumerate(folded):
        name = OWN.get(key)
        if name is None or position in taken:
            continue
        if name in ours:
            notices.append(f"column {position + 1} {header[position]!r} is kept in 'extra': another one is the {name}")
        else:
            ours[name] = position
            taken.add(position)
    return notices


def _aliases(header: Sequence[str], folded: list[str], ours: dict[str, int], taken: set[int]) -> list[str]:
    """Columns under another name, where only one of them can be the field; names of one meaning go first."""
    claims: dict[str, list[int]] = {}
    usual: set[str] = set()  # fields that a usual name claims
    for position in sorted(
        range(len(folded)), key=lambda place: (len(ALIASES.get(folded[place], ())), folded[place] in RARER)
    ):
        rarer = folded[position] in RARER
        free = [
            name for name in ALIASES.get(folded[position], ()) if name not in ours and not (rarer and name in usual)
        ]
        meant = free[0] if len(free) == 1 else next((name for name in free if name not in claims), None)
        if meant and position not in taken:
            claims.setdefault(meant, []).append(position)
            usual |= set() if rarer else {meant}
    ours.update({name: positions[0] for name, positions in claims.items() if len(positions) == 1})
    return [
        f"columns {_listed([header[p] for p in positions])} could each be the {name}; choose with --map COLUMN={name}"
        for name, positions in claims.items()
        if len(positions) > 1
    ]


def _extras(header: Sequence[str], taken: set[int]) -> dict[str, int]:
    extras: dict[str, int] = {}
    for position, name in enumerate(header):
        if position not in taken:
            base = name.strip() or f"column {position + 1}"
            extras[base if base not in extras else f"{base} ({position + 1})"] = position
    return extras


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:40])
    return f"{shown} and {len(names) - 40} more" if len(names) > 40 else shown
