"""Was what was planted found? Each check compares the published tables with the truth of the sample.

Nothing here knows a threshold of the matching: a plant is found when the published ids say what the truth says. A table
that is missing, or a track that has no row, counts as not found; what was missed is shown, never dropped.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.store import Catalogue
from jobs.demo_answers import Answers, Known, read_answers, read_known
from jobs.demo_measures import SHOWN, Check, check_neighbours, check_pairs
from jobs.demo_plan import Planted

if TYPE_CHECKING:
    from rich.table import Table


def check(catalogue: Catalogue, sample_folder: Path) -> list[Check]:
    """Compare `catalogue`, made from the sample in `sample_folder`, with what was planted there.

    Raises SourceError where the folder is no sample, CatalogError where the catalogue is damaged.
    """
    known, answers = read_known(Path(sample_folder)), read_answers(catalogue)
    kinds = dict.fromkeys(one.kind for one in known.planted)
    planted = [check_kind([one for one in known.planted if one.kind == kind], known, answers) for kind in kinds]
    return [
        *planted,
        *check_pairs("tracks of one recording", known.recordings, answers.recordings),
        *check_pairs("recordings of one song", known.songs, answers.songs),
        *check_pairs("credits of one artist", known.artists, answers.artists),
        check_neighbours(known, answers),
    ]


def check_kind(plants: list[Planted], known: Known, answers: Answers) -> Check:
    """All plants of one kind."""
    found = [FOUND[one.expectation](one, known, answers) for one in plants]
    missed = [said_of(one, answers) for one, was in zip(plants, found, strict=True) if not was]
    expected = f"{len(plants)} x {plants[0].expectation}" if len(plants) > 1 else plants[0].expectation
    return Check(plants[0].kind, expected, f"{sum(found)} of {len(plants)}", all(found), "; ".join(missed))


def said_of(plant: Planted, answers: Answers) -> str:
    """The tracks of a plant that was missed, and what was decided about them where it is a pair."""
    decision = answers.decisions.get(frozenset(plant.track_ids))
    shown = ", ".join(plant.track_ids[:SHOWN]) + (" ..." if len(plant.track_ids) > SHOWN else "")
    return f"{shown} ({decision})" if decision else shown


def one_recording(plant: Planted, _: Known, answers: Answers) -> bool:
    """All tracks have the same recording id."""
    return len({answers.recordings.get(track, track) for track in plant.track_ids}) == 1


def several_recordings(plant: Planted, _: Known, answers: Answers) -> bool:
    """Every track has a recording id, and no two the same."""
    ids = {answers.recordings[track] for track in plant.track_ids if track in answers.recordings}
    return len(ids) == len(plant.track_ids)


def one_song(plant: Planted, known: Known, answers: Answers) -> bool:
    """Apart as recordings, together as a song."""
    songs = {answers.songs.get(track, track) for track in plant.track_ids}
    return several_recordings(plant, known, answers) and len(songs) == 1


def same_artists(plant: Planted, known: Known, answers: Answers) -> bool:
    """The first names of the tracks' credits are divided into artists exactly as in truth."""
    credits = [(track, 0) for track in plant.track_ids if (track, 0) in known.artists]
    pairs = {(known.artists[credit], answers.artists.get(credit)) for credit in credits}
    truths, said = {truth for truth, _ in pairs}, {answer for _, answer in pairs}
    return None not in said and len(pairs) == len(truths) == len(said)


def problem_with(field: str) -> Callable[[Planted, Known, Answers], bool]:
    """A row in `problems` names each track and the field."""

    def found(plant: Planted, _: Known, answers: Answers) -> bool:
        named = {(track, where) for track, where, _ in answers.problems}
        return all((track, field) in named for track in plant.track_ids)

    return found


FOUND: dict[str, Callable[[Planted, Known, Answers], bool]] = {
    "one recording": one_recording,
    "several recordings": several_recordings,
    "one song, several recordings": one_song,
    "one artist": same_artists,
    "several artists": same_artists,
    "a problem with audio_path": problem_with("audio_path"),
    "a problem with duration": problem_with("duration"),
    "a problem with track_id": problem_with("track_id"),
}


def render(checks: list[Check]) -> "Table":
    """The checks as a table for the terminal, what was missed in red."""
    from rich.table import Table
    from rich.text import Text

    table = Table("", "planted", "expected", "found", "missed or wrong", title="What was hidden and what was found")
    for one in checks:
        mark = Text("ok", "green") if one.ok else Text("missed", "bold red")
        table.add_row(mark, *(Text(text) for text in (one.name, one.expected, one.found, one.detail)))
    return table
