"""What is known of an artist, as text for the terminal or as JSON."""

from dataclasses import asdict
from typing import Any

from dedup.artist_names import name_key
from jobs.console import harmless, print_json, results
from jobs.explain_artist import SHOWN, ArtistExplanation, Counts, Spelling
from jobs.waterfall import evidence_table, shown


def print_artist(found: ArtistExplanation, format: str) -> None:
    """Print to stdout, format `table` or `json`."""
    if format == "json":
        return print_json(asdict(found))
    console = results()
    if found.redirected:
        _say(f"{found.redirected} was given up: its tracks are now those of {found.artist_id}")
    console.print(_facts(found))
    console.print(_names(found.names))
    told: set[frozenset[str | None]] = set()
    for spelling in found.names:
        pair = frozenset({name_key(spelling.name), spelling.joined})
        if spelling.odds is not None and pair not in told:
            told.add(pair)
            _say(f"\n{spelling.name!r} joined {spelling.joined!r}: {spelling.odds:+.2f} bits")
            console.print(evidence_table([dict(one) for one in spelling.evidence]))
    _say_apart(found)
    if found.misplaced:
        _say("\ntracks that seem to be somebody else's:")
        for line in found.misplaced:
            _say(f"  {line}")


def _say(text: str) -> None:
    results().print(harmless(text), markup=False, soft_wrap=True)


def _facts(found: ArtistExplanation) -> Any:
    table = _table()
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    years = f", {_years(*found.years)}" if found.years else ""
    rows = {
        "artist": f"{found.artist_id}  {found.name}",
        "note": found.note,
        "tracks": f"{found.tracks}{years}, confidence {found.confidence:.3f}",
        "sources": _counted(found.sources),
        "labels": _counted(found.labels),
        "countries": _counted(found.countries),
        "genres": _counted(found.genres),
        "roles": _counted(found.roles),
    }
    for title, text in rows.items():
        table.add_row(title, shown(text or "-"))
    return table


def _names(names: list[Spelling]) -> Any:
    table = _table(title="\nnames")
    for title in ("name", "tracks", "joined by"):
        table.add_column(title, justify="right" if title == "tracks" else "left")
    for one in names:
        how = "the same name" if one.odds is None else f"{one.odds:+.1f} bits with {one.joined!r}"
        table.add_row(shown(one.name), str(one.tracks), shown(how))
    return table


def _say_apart(found: ArtistExplanation) -> None:
    """The namesakes, and what keeps the artist from the nearest; or why the name is in doubt."""
    console = results()
    if found.namesakes:
        table = _table(title="\nothers of this name")
        for title in ("artist", "name", "note", "tracks", "years", "confidence"):
            table.add_column(title, justify="right" if title in ("tracks", "confidence") else "left")
        for row in found.namesakes[:SHOWN]:
            years = _years(row["first_year"], row["last_year"]) if row["first_year"] is not None else ""
            texts = (
                row["artist_id"],
                row["name"],
                row["note"],
                str(row["n_tracks"]),
                years,
                f"{row['confidence']:.3f}",
            )
            table.add_row(*map(shown, texts))
        console.print(table)
        if len(found.namesakes) > SHOWN:
            _say(f"and {len(found.namesakes) - SHOWN} more")
    if found.nearest:
        _say(f"\napart from the nearest, {found.nearest}: {found.odds:+.2f} bits that the two are one artist")
        console.print(evidence_table(found.evidence))
    elif found.evidence:
        _say(f"\nwhole, but in doubt: {found.odds:+.2f} bits that the release which fits worst is by the same artist")
        console.print(evidence_table(found.evidence))
    elif not found.namesakes:
        _say("\nnobody else has this name")


def _table(title: str | None = None) -> Any:
    from rich.table import Table

    return Table(
        title=title, title_justify="left", box=None, header_style="bold", pad_edge=False, show_header=bool(title)
    )


def _counted(counts: Counts) -> str:
    return ", ".join(f"{value} {count}" for value, count in counts.items())


def _years(first: int, last: int) -> str:
    return f"{first}-{last}" if first != last else str(first)
