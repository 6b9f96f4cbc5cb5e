"""`unisono report`: what a catalogue holds and what was decided about it, as one HTML file that opens anywhere.

The page fetches nothing and runs nothing: styles and drawings stand inside it, there is no script, and a content policy
says so to the browser. Its size does not grow with the catalogue; every list says how many it shows of how many.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from catalog.atomic import write_text
from catalog.store import Catalogue
from jobs import report_text
from jobs.console import note
from jobs.export import replaced
from jobs.report_artists import Artists, artists
from jobs.report_groups import Groups, duplicate_groups
from jobs.report_pairs import to_review
from jobs.report_plots import Plot
from jobs.report_quality import Sound, Source, overlap, problems, shown_sources, sound, sources
from jobs.report_query import grouped
from jobs.report_run import latest_runs, snapshots
from jobs.report_shapes import match_plots, similarity_plot, size_plot, track_plots
from jobs.report_songs import Songs, version_groups

MAP = "map.html"
_TEMPLATES = Path(__file__).parent / "templates"
_HEAD = 4096  # characters of a page, among them its title


@dataclass(frozen=True)
class Tile:
    """One headline number, what it counts, and what puts it in proportion."""

    label: str
    value: int | None
    note: str = ""


def report(catalogue_dir: Path, out: Path) -> None:
    """Write the report on the catalogue at `catalogue_dir` to `out`, replacing it whole.

    A table that is not there yet leaves its section saying so. The catalogue's `map.html` (`unisono map`) beside it is
    linked. Raises CatalogError where there is no catalogue, UsageError where `out` cannot be written.
    """
    catalogue = Catalogue.open(catalogue_dir)
    shown = gather(catalogue) | {"has_map": _is_map_of(catalogue, out.parent / MAP)}
    for late in shown["outdated"]:
        note(late)
    page = _environment().get_template("report.html.j2").render(shown)
    with replaced(out) as partial:
        write_text(partial, page)


def _is_map_of(catalogue: Catalogue, path: Path) -> bool:
    """Whether the map of this catalogue lies there, and not that of another one."""
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return f"<title>Map of {escape(catalogue.root.resolve().name)}</title>" in file.read(_HEAD)


def gather(catalogue: Catalogue) -> dict[str, Any]:
    """Everything that the template shows, by the name it has there; None where the table is missing."""
    has = catalogue.has
    found = sources(catalogue) if has("tracks") else []
    duplicates = duplicate_groups(catalogue) if has("recordings") else None
    songs = version_groups(catalogue) if has("recordings") else None
    credited = artists(catalogue) if has("artists") else None
    decisions = _relations(catalogue)
    heard = sound(catalogue) if has("segments") else None
    return {
        "name": catalogue.root.name,
        "made": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "model": catalogue.state.model,
        "outdated": catalogue.outdated(sorted(catalogue.state.tables)),
        "tiles": _tiles(catalogue, found, duplicates, songs, credited, decisions, heard),
        "sources": shown_sources(found),
        "duplicates": duplicates,
        "songs": songs,
        "decisions": decisions,
        "reviews": to_review(catalogue) if has("matches") else None,
        "artists": credited,
        "sound": heard,
        "problems": problems(catalogue) if has("problems") else None,
        "overlap": overlap(catalogue, [s.name for s in found]) if has("matches") and has("tracks") else None,
        "plots": _plots(catalogue, duplicates, songs),
        "runs": latest_runs(catalogue),
        "snapshots": snapshots(catalogue),
    }


def _plots(catalogue: Catalogue, duplicates: Groups | None, songs: Songs | None) -> list[Plot]:
    plots = match_plots(catalogue) if catalogue.has("matches") and catalogue.count("matches") else []
    if duplicates and duplicates.total:
        title = "Sizes of duplicate groups"
        plots.append(size_plot(duplicates.sizes, name="groups", title=title, unit="tracks per recording"))
    if songs and songs.total:
        title = "Recordings per song"
        plots.append(size_plot(songs.sizes, name="songs", title=title, unit="recordings per song"))
    if catalogue.has("tracks"):
        plots += track_plots(catalogue)
    similarity = similarity_plot(catalogue) if catalogue.has("embeddings") else None
    return [*plots, similarity] if similarity else plots


def _relations(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Number of compared pairs per decision and relation, the commonest first."""
    if not catalogue.has("matches"):
        return []
    rows = grouped(catalogue.dataset("matches"), ["decision", "relation"]).to_pylist()
    return sorted(rows, key=lambda row: -row["n"])


def _tiles(
    catalogue: Catalogue,
    found: list[Source],
    duplicates: Groups | None,
    songs: Songs | None,
    credited: Artists | None,
    decisions: list[dict[str, Any]],
    heard: Sound | None,
) -> list[Tile]:
    tracks = sum(source.tracks for source in found)
    audio = sum(source.filled["audio"] for source in found)
    analysed = heard.tracks if heard else 0
    review = sum(row["n"] for row in decisions if row["decision"] == "review")
    pairs = sum(row["n"] for row in decisions)
    recordings, works, extra = _recording_counts(catalogue)
    return [
        Tile("tracks", tracks),
        Tile("sources", len(found)),
        Tile("with audio", audio, f"{_of(audio, tracks)}, {analysed:,} analysed"),
        Tile("duplicate groups", duplicates.total if duplicates else None),
        Tile("tracks that can go", extra, _of(extra, tracks)),
        Tile("recordings", recordings),
        Tile("songs", works, f"{songs.total:,} with several recordings" if songs else ""),
        Tile("artists", credited.total if credited else None),
        Tile("pairs to review", review if catalogue.has("matches") else None, f"of {pairs:,} pairs kept"),
        Tile("problems", catalogue.count("problems") if catalogue.has("problems") else None),
    ]


def _recording_counts(catalogue: Catalogue) -> tuple[int | None, int | None, int | None]:
    """Recordings, songs, and tracks that are not the canonical one of their recording."""
    if not catalogue.has("recordings"):
        return None, None, None
    canonical = pc.field("is_canonical")
    recordings = catalogue.dataset("recordings").count_rows(filter=canonical)
    songs = grouped(catalogue.dataset("recordings"), ["song_id"], where=canonical).num_rows
    return recordings, songs, catalogue.count("recordings") - recordings


def _of(part: int | None, whole: int) -> str:
    return f"{report_text.percent(part / whole)} of all" if part is not None and whole else ""


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (
        report_text.text, report_text.clean, report_text.number, report_text.signed, report_text.clock,
        report_text.elapsed, report_text.percent, report_text.probability,
    ):  # fmt: skip
        environment.filters[function.__name__] = function
    return environment
