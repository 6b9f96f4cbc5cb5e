"""`unisono explain --artist` on a catalogue whose artists are known."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from catalog.errors import CatalogError, UsageError
from catalog.schema import ARTISTS, PROBLEMS, TRACKS
from catalog.store import Catalogue
from catalog.text import fold_name
from dedup.artist_merge import MERGED
from dedup.artist_namesakes import NAMESAKES
from jobs.artist_files import write_answers
from jobs.artist_ids import REDIRECTED, REDIRECTS
from jobs.artist_problems import MISPLACED_CODE
from jobs.cli import application
from jobs.explain_artist import _forms, artist_explanation, find_artist
from jobs.explain_artist_formats import print_artist

HOUSE = {"country": "US", "genre": "House", "label": "Strictly Rhythm"}
METAL = {"country": "Poland", "genre": "Metal", "label": "Metal Mind"}
CREDITS = [
    *(("Solitaire", "a-solitaire", HOUSE, 1998 + i) for i in range(4)),
    ("SOLITAIRE", "a-solitaire", HOUSE, 2003),
    ("Solitair", "a-solitaire", HOUSE, 2003),
    ("Solitaire", "a-solitaire~1", METAL, 1988),
    ("Björk", "a-bjork", {"country": "Iceland"}, None),
]
MOVED = {"a-old": "a-solitaire~1", "a-older": "a-withdrawn"}  # the last credit of the second is gone
EVIDENCE = [
    {"field": "prior", "level": "one name", "weight": 0.5, "detail": ""},
    {"field": "genre", "level": "unlike", "weight": -3.0, "detail": "5 of 5 pairs"},
]
JOINED = [
    {"field": "name", "level": "typo", "weight": -1.0, "detail": ""},
    {"field": "label", "level": "same", "weight": 7.0, "detail": ""},
]


def namesake(artist_id: str, nearest: str, note: str, tracks: int) -> dict[str, Any]:
    counts = {"n_tracks": tracks, "n_releases": 1, "first_year": 1988, "last_year": 2003, "confidence": 0.9}
    named = {"artist_id": artist_id, "artist_key": "solitaire", "name": "Solitaire", "note": note, "nearest": nearest}
    return named | counts | {"odds": -2.5, "evidence": EVIDENCE, "sample": []}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    made = Catalogue.create(tmp_path / "cat")
    tracks, artists = [], []
    for i, (name, artist, values, year) in enumerate(CREDITS):
        tracks.append({"row": i, "track_id": f"t{i}", "source": "s", "title": "x", "release_year": year, **values})
        credit = {"track_id": f"t{i}", "position": 0, "name": name, "role": "main", "artist_id": artist}
        artists.append(credit | {"confidence": 0.5 if i else 1.0})
    guest = {"track_id": "t6", "position": 1, "name": "Wanda", "role": "featured", "artist_id": "a-wanda"}
    artists.append(guest | {"confidence": 1.0})
    problem = {"track_id": "t6", "source": "s", "stage": "dedup", "field": "artist", "code": MISPLACED_CODE}
    rows = {"tracks": (tracks, TRACKS), "artists": (artists, ARTISTS), "problems": ([problem], PROBLEMS)}
    sealed = {}
    for table, (values, schema) in rows.items():
        staging = made.stage(table)
        pq.write_table(pa.Table.from_pylist(values, schema=schema), staging / "part-0.parquet")
        if table == "artists":
            merged = {"name_key": "solitair", "artist_key": "solitaire", "confidence": 0.98, "joined": "solitaire"}
            both = [
                merged | {"odds": 6.0, "evidence": JOINED},
                merged | {"name_key": "solitaire", "joined": "solitair"},
            ]
            alike = [
                namesake("a-solitaire", "a-solitaire~1", "US house", 6),
                namesake("a-solitaire~1", "a-solitaire", "Poland metal", 1),
            ]
            tables = pa.Table.from_pylist(both, schema=MERGED), pa.Table.from_pylist(alike, schema=NAMESAKES)
            write_answers(staging, *tables)
            feather.write_feather(pa.table([[*MOVED], [*MOVED.values()]], schema=REDIRECTED), staging / REDIRECTS)
        sealed[table] = made.seal(table, staging, inputs={}, parameters={})
    made.publish(sealed)
    return made


def test_an_artist_is_told_with_its_names_and_namesakes(catalogue: Catalogue) -> None:
    found = artist_explanation(catalogue, "a-solitaire")
    assert (found.name, found.note, found.tracks, found.years) == ("Solitaire", "US house", 6, (1998, 2003))
    assert found.confidence == pytest.approx(3.5 / 6)
    assert found.labels == {"Strictly Rhythm": 6}
    assert [(one.name, one.tracks) for one in found.names] == [("Solitaire", 4), ("SOLITAIRE", 1), ("Solitair", 1)]
    assert (found.names[2].joined, found.names[2].odds, found.names[2].evidence) == ("solitaire", 6.0, JOINED)
    assert [row["artist_id"] for row in found.namesakes] == ["a-solitaire~1"]
    assert (found.nearest, found.odds, found.evidence) == ("a-solitaire~1", -2.5, EVIDENCE)
    assert found.misplaced == []


def test_an_id_that_was_given_up_answers_with_the_new_one(catalogue: Catalogue) -> None:
    found = artist_explanation(catalogue, "a-old")
    assert (found.artist_id, found.redirected, found.note) == ("a-solitaire~1", "a-old", "Poland metal")
    assert len(found.misplaced) == 1
    with pytest.raises(UsageError, match="'a-older': nobody"):
        find_artist(catalogue, "a-older")


def test_a_guest_on_a_misplaced_track_is_not_the_one_it_seems_misplaced_for(catalogue: Catalogue) -> None:
    found = artist_explanation(catalogue, "a-wanda")
    assert (found.name, found.tracks, found.roles) == ("Wanda", 1, {"featured": 1})
    assert found.misplaced == []


def test_a_name_finds_its_artist_or_lists_the_choices(catalogue: Catalogue) -> None:
    assert find_artist(catalogue, "bjork") == find_artist(catalogue, "The BJÖRK") == "a-bjork"
    with pytest.raises(
        UsageError, match=r"several artists.*\n  a-solitaire  6 tracks  US house\n.*1 track  Poland metal"
    ):
        find_artist(catalogue, "solitaire")
    with pytest.raises(UsageError, match="nobody"):
        find_artist(catalogue, "Solitude")


def test_a_name_without_namesakes_has_the_note_of_its_tracks(catalogue: Catalogue) -> None:
    found = artist_explanation(catalogue, "a-bjork")
    assert (found.note, found.years, found.namesakes, found.evidence) == ("Iceland", None, [], [])


def test_without_artists_the_mend_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="unisono dedup"):
        artist_explanation(Catalogue.create(tmp_path / "none"), "a-x")


def test_printed_as_json_and_as_a_table(catalogue: Catalogue) -> None:
    ask = ["explain", "--artist", "a-solitaire", "--catalog", str(catalogue.root)]
    told = json.loads(CliRunner().invoke(application(), [*ask, "--format", "json"]).stdout)
    assert told["artist_id"] == "a-solitaire"
    assert sum(one["weight"] for one in told["evidence"]) == told["odds"]
    shown = CliRunner().invoke(application(), ask, env={"COLUMNS": "120"})
    assert shown.exit_code == 0


def test_what_was_delivered_of_an_artist_cannot_steer_the_terminal(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    found = artist_explanation(catalogue, "a-solitaire")
    steering = "\x1b]0;gone\x07\x1b[2J"
    print_artist(replace(found, labels={f"Evil {steering}": 2}, misplaced=[f"t1: {steering}"]), "table")
    shown = capsys.readouterr().out
    assert not set("\x1b\x07") & set(shown)
    assert "Evil ]0;gone" in shown


@pytest.mark.parametrize("given", [["t1"], ["t1", "t2", "t3"], [], ["t1", "t2", "--artist", "a-x"]])
def test_two_tracks_or_one_artist(catalogue: Catalogue, given: list[str]) -> None:
    result = CliRunner().invoke(application(), ["explain", *given, "--catalog", str(catalogue.root)])
    assert result.exit_code != 0
    assert isinstance(result.exception, UsageError)


@pytest.mark.parametrize(
    ("asked", "printed"),
    [("!!!", "!!!"), ("Beatles", "Beatles, The"), ("The Beatles", "Beatles, The"), ("bjork", "Björk")],
)
def test_a_name_is_asked_for_however_it_is_printed(asked: str, printed: str) -> None:
    assert fold_name(printed) in _forms(asked)
