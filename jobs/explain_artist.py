"""`unisono explain --artist`: which names an artist has and why, and what keeps it from its namesakes.

The evidence is that of the run that decided it, kept beside the table `artists` (`jobs.artist_files`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from catalog.errors import UsageError
from catalog.store import Catalogue
from catalog.text import fold_name
from dedup.artist_names import name_key
from dedup.artist_notes import READ, facts, note
from jobs.artist_files import MERGED_FILE, NAMESAKES_FILE, read_answer
from jobs.artist_ids import read_redirects
from jobs.artist_problems import MISPLACED_CODE
from jobs.cards import Cards

TRACKS_READ = 5_000  # of a larger artist, the first
SHOWN = 10  # values of one kind, namesakes, problems
TOLD = ("artist_id", "name", "note", "n_tracks", "first_year", "last_year", "confidence")
Counts = dict[str, int]


@dataclass(frozen=True)
class Spelling:
    """A printed name; what joined it to another name of the artist, where it did not share its key: bits and items."""

    name: str
    tracks: int
    joined: str | None = None
    odds: float | None = None
    evidence: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class ArtistExplanation:
    """One artist. `redirected` is the id that was asked for where another answers; odds and weights in log2 units."""

    artist_id: str
    redirected: str | None
    name: str
    note: str
    tracks: int
    years: tuple[int, int] | None
    confidence: float
    sources: Counts
    labels: Counts
    countries: Counts
    genres: Counts
    roles: Counts
    names: list[Spelling]
    namesakes: list[dict[str, Any]]  # others under the same name: `TOLD`
    nearest: str | None  # the namesake that the evidence is about
    odds: float | None  # that both are one artist; of a name that stayed whole in doubt, that its worst release belongs
    evidence: list[dict[str, Any]]
    misplaced: list[str]  # tracks that seem to be somebody else's


def explain_artist(catalogue_dir: Path, asked: str, *, format: str) -> None:
    """Print what is known of an artist. Raises UsageError where nobody, or several, are meant."""
    from jobs.explain_artist_formats import print_artist

    print_artist(artist_explanation(Catalogue.open(catalogue_dir), asked), format)


def artist_explanation(catalogue: Catalogue, asked: str) -> ArtistExplanation:
    """Everything about an artist, by id or name."""
    catalogue.path("artists")  # says what to run where there is none
    artist_id = find_artist(catalogue, asked)
    credits = catalogue.read(
        "artists", ["track_id", "position", "name", "role", "confidence"], ds.field("artist_id") == artist_id
    )
    tracks = _tracks(catalogue, credits)
    years = [row["release_year"] for row in tracks if row["release_year"] is not None]
    mine = read_answer(catalogue, NAMESAKES_FILE, "artist_id", [artist_id])
    same_name = read_answer(catalogue, NAMESAKES_FILE, "artist_key", [row["artist_key"] for row in mine])
    others = sorted((row for row in same_name if row["artist_id"] != artist_id), key=lambda row: -row["n_tracks"])
    names = Counter(credits.column("name").to_pylist())
    span = (min(years), max(years)) if years else None
    told = mine[0] if mine else {"note": "", "nearest": None, "odds": None, "evidence": []}
    return ArtistExplanation(
        artist_id=artist_id,
        redirected=asked if asked != artist_id and asked in read_redirects(catalogue) else None,
        name=names.most_common(1)[0][0],
        note=told["note"] or note(facts(tracks, span), []),
        tracks=len(set(credits.column("track_id").to_pylist())),
        years=span,
        confidence=sum(credits.column("confidence").to_pylist()) / len(credits),
        sources=_commonest(row["source"] for row in tracks),
        labels=_commonest(row["label"] for row in tracks),
        countries=_commonest(row["country"] for row in tracks),
        genres=_commonest(row["genre"] for row in tracks),
        roles=_commonest(credits.column("role").to_pylist()),
        names=_spellings(catalogue, names),
        namesakes=[{column: row[column] for column in TOLD} for row in others],
        nearest=told["nearest"],
        odds=told["odds"],
        evidence=told["evidence"],
        misplaced=_misplaced(
            catalogue, credits.filter(pc.field("position") == 0).column("track_id").to_pylist()[:TRACKS_READ]
        ),
    )


def find_artist(catalogue: Catalogue, asked: str) -> str:
    """The artist id that an id, an id that was given up, or a name means."""
    cards = Cards.open(catalogue.root, catalogue.state)
    if cards.code("artist_id", asked) >= 0:
        return asked
    now = read_redirects(catalogue).get(asked)
    if now is not None and cards.code("artist_id", now) >= 0:  # its last credits may be gone since
        return now
    ids = cards.shared("artist_id").values
    codes = {code for form in _forms(asked) for code in cards.artists_named(form)}
    found = {ids.get(code) or "": len(cards.groups("artist_id").of(code)) for code in codes}
    if len(found) == 1:
        return next(iter(found))
    if not found:
        raise UsageError(f"--artist {asked!r}: nobody in {catalogue.root} has this id or name; check the spelling")
    raise UsageError(f"--artist {asked!r}: several artists have this name; give one's id:\n{_listed(catalogue, found)}")


def _forms(name: str) -> list[str]:
    """Folded spellings under which the name may be printed."""
    key = name_key(name)
    return list(dict.fromkeys([fold_name(name), key, f"the {key}", f"{key} the"]))


def _listed(catalogue: Catalogue, counts: Mapping[str, int]) -> str:
    notes = {row["artist_id"]: row["note"] for row in read_answer(catalogue, NAMESAKES_FILE, "artist_id", [*counts])}
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    lines = [
        f"  {id_}  {count} track{'s' if count != 1 else ''}  {notes.get(id_) or ''}".rstrip()
        for id_, count in ordered[: 2 * SHOWN]
    ]
    more = len(ordered) - 2 * SHOWN
    return "\n".join([*lines, *([f"  and {more} more"] if more > 0 else [])])


def _tracks(catalogue: Catalogue, credits: pa.Table) -> list[dict[str, Any]]:
    ids = sorted(set(credits.column("track_id").to_pylist()))[:TRACKS_READ]
    chosen = ds.field("track_id").isin(pa.array(ids, pa.string()))
    found: list[dict[str, Any]] = catalogue.read("tracks", [*READ, "source", "release_year"], chosen).to_pylist()
    return found


def _commonest(values: Iterable[str | None]) -> Counts:
    counts = Counter(value for value in values if value)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:SHOWN])


def _spellings(catalogue: Catalogue, names: Counter[str]) -> list[Spelling]:
    """The printed names, the commonest first, and how they were joined."""
    keys = sorted({name_key(name) for name in names})
    joined = {row["name_key"]: row for row in read_answer(catalogue, MERGED_FILE, "name_key", keys)}
    spelt = []
    for name, count in sorted(names.items(), key=lambda one: (-one[1], one[0])):
        why = joined.get(name_key(name))
        told = (why["joined"], why["odds"], why["evidence"]) if why and why["joined"] in keys else ()
        spelt.append(Spelling(name, count, *told))
    return spelt


def _misplaced(catalogue: Catalogue, track_ids: Sequence[str]) -> list[str]:
    if not catalogue.has("problems"):
        return []
    chosen = (ds.field("code") == MISPLACED_CODE) & ds.field("track_id").isin(pa.array(track_ids, pa.string()))
    rows = catalogue.read("problems", ["track_id", "message"], chosen).to_pylist()
    return [f"{row['track_id']}: {row['message']}" for row in rows[:SHOWN]]
