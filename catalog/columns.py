"""Which column of a source is which of ours: by `--map`, by our own names, or by a name that can mean only one thing.

Names are compared without case, spaces and punctuation. A name from the table of aliases is used only where the field
has no column of its own and no second alias claims it; what is not ours is kept in `extra`.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.errors import SourceError, UsageError
from catalog.schema import DELIVERED_FIELDS

# Folded name -> the fields it may mean, the likelier first. "track" is a number in tables that have a title.
ALIASES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("name", "song", "songtitle", "songname", "tracktitle", "trackname", "recordingtitle"), ("title",)),
    "track": ("title", "track_number"),
    **dict.fromkeys(("id", "songid", "uniqueid", "trackuri"), ("track_id",)),
    **dict.fromkeys(("artists", "artistname", "artistnames", "artistcredit", "trackartist", "performer"), ("artist",)),
    "displayartist": ("artist",),
    **dict.fromkeys(("albumname", "albumtitle", "release", "releasetitle", "releasename"), ("album",)),
    **dict.fromkeys(("length", "time", "tracklength", "trackduration", "playtime", "runtime"), ("duration",)),
    **dict.fromkeys(("durations", "durationsec", "durationseconds", "lengths", "lengthsec", "seconds"), ("duration",)),
    **dict.fromkeys(("durationms", "lengthms", "milliseconds", "trackdurationms"), ("duration",)),
    **dict.fromkeys(("date", "released", "albumreleasedate"), ("release_date",)),
    "releaseyear": ("year",),
    **dict.fromkeys(("trackno", "tracknr", "tracknum", "position"), ("track_number",)),
    "isrccode": ("isrc",),
    **dict.fromkeys(("barcode", "ean", "upccode", "eanupc", "upcean", "gtin"), ("upc",)),
    **dict.fromkeys(("labelname", "recordlabel"), ("label",)),
    "genres": ("genre",),
    "lang": ("language",),
    **dict.fromkeys(("file", "filename", "filepath", "path", "location", "audio", "audiofile"), ("audio_path",)),
}
# The unit that a column's name gives to its bare numbers.
UNITS = {
    **dict.fromkeys(("durationms", "lengthms", "milliseconds", "trackdurationms"), "ms"),
    **dict.fromkeys(("durations", "durationsec", "durationseconds", "lengths", "lengthsec", "seconds"), "s"),
}
_OWN = {name.replace("_", ""): name for name in DELIVERED_FIELDS}


@dataclass(frozen=True)
class Layout:
    """Positions of our fields and of the other columns in the rows of one source."""

    header: tuple[str, ...]
    ours: dict[str, int]
    extras: dict[str, int]
    unit: str | None = None  # of bare numbers in the duration column, where its name says it
    notices: tuple[str, ...] = field(default=())


def fold_name(name: str) -> str:
    """The comparison form of a column name: letters and digits only, lower-case, '#' as the word it stands for."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("#", "number")
    return "".join(c for c in text if c.isalnum())


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
    folded = [fold_name(name) for name in header]
    ours = _mapped(header, folded, columns, place)
    taken = set(ours.values())
    notices = _own_names(header, folded, ours, taken)
    notices += _aliases(header, folded, ours, taken)
    extras = _extras(header, set(ours.values()))
    unit = UNITS.get(folded[ours["duration"]]) if "duration" in ours else None
    return Layout(tuple(header), ours, extras, unit, tuple(notices))


def require_title(layout: Layout, *, place: str) -> Layout:
    """The layout, if it has a title column; else SourceError listing the columns and showing how to name one."""
    if "title" in layout.ours:
        return layout
    example = next((name for name in layout.header if name.strip()), "COLUMN")
    listed = _listed(layout.header)
    raise SourceError(f"{place}: no title column; there are: {listed}; name it, for example: --map {example!r}=title")


def recognised(header: Sequence[str]) -> int:
    """How many names in `header` are ours or an alias of ours."""
    return sum(name in _OWN or name in ALIASES for name in map(fold_name, header))


def _mapped(header: Sequence[str], folded: list[str], columns: Mapping[str, str], place: str) -> dict[str, int]:
    ours = {}
    for theirs, name in columns.items():
        wanted = fold_name(theirs)
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
        name = _OWN.get(key)
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
    for position in sorted(range(len(folded)), key=lambda position: len(ALIASES.get(folded[position], ()))):
        free = [name for name in ALIASES.get(folded[position], ()) if name not in ours]
        meant = free[0] if len(free) == 1 else next((name for name in free if name not in claims), None)
        if meant and position not in taken:
            claims.setdefault(meant, []).append(position)
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
