"""The artist stage on a made-up catalogue: namesakes, a wrong credit, and ids that stay."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalog.store import Catalogue
from dedup.artist_crowds import CROWDS
from dedup.artist_fit import fit
from jobs.artist_problems import MISPLACED_CODE
from jobs.artists import _resolve
from jobs.explain_artist import artist_explanation
from jobs.options import AnalyzeOptions, DedupOptions, IngestOptions, SparkOptions
from jobs.run import run
from tests.dedup.artist_examples import catalogue, release, traits

LOCAL = SparkOptions(master="local[2]", memory="1g")
SCENES = (
    {"country": "US", "genre": "Electronic", "style": "Deep House", "label": "Strictly Rhythm", "year": 1999},
    {"country": "Poland", "genre": "Rock", "style": "Thrash", "label": "Metal Mind", "year": 1985},
    {"country": "Japan", "genre": "Pop", "style": "J-pop", "label": "Avex", "year": 2011},
    {"country": "Brazil", "genre": "Latin", "style": "Bossa Nova", "label": "Elenco", "year": 1964},
)
FIELDS = ("track_id", "title", "artist", "album", "label", "country", "genre", "style", "year")
WORDS = ("amber", "harbour", "glass", "winter", "paper", "river", "echo", "field", "lantern", "copper", "salt", "tide")


def album(artist: str, number: int, scene: int) -> list[dict[str, Any]]:
    """Five tracks of one album."""
    made = {**SCENES[scene], "year": int(str(SCENES[scene]["year"])) + number % 3}
    first, second = WORDS[number % 12], WORDS[number // 12 % 12]
    return [
        {
            "track_id": f"t{number}-{i}",
            "title": f"{first} {second} {WORDS[i + scene]} {number}",
            "artist": artist,
            **made,
        }
        | {"album": f"{second} {first} {number}"}
        for i in range(5)
    ]


def delivered(*more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [
        row for n in range(40) for i in range(2) for row in album(f"Artist {chr(65 + n % 26)}{n}", 2 * n + i, n % 4)
    ]
    for each in (album("Solitaire", 100, 0), album("Solitaire", 101, 0), album("Solitaire", 102, 1), *more):
        rows += each
    wrong = album("Artist B1", 103, 1)
    wrong[0]["artist"] = "Artist A0"  # at home in another scene
    return rows + wrong


def run_all(folder: Path, rows: list[dict[str, Any]]) -> Catalogue:
    with (folder / "made.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(rows)
    run(folder / "cat", [folder / "made.csv"], IngestOptions(), AnalyzeOptions(), DedupOptions(), LOCAL)
    return Catalogue.open(folder / "cat")


def ids(catalogue: Catalogue) -> dict[str, str]:
    table = catalogue.read("artists", ["track_id", "artist_id"])
    return dict(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_what_a_bucket_tells_does_not_depend_on_the_order_in_which_spark_brings_it() -> None:
    rows = [row for n in range(10) for row in release("Solitaire", 3 * n, n % 2)] + catalogue(60)
    bucket = traits(rows)
    shuffled = bucket.take(np.random.default_rng(1).permutation(len(rows)))
    model, none = fit(bucket), CROWDS.empty_table()
    told, again = (
        _resolve(each, crowds=np.empty(0, np.uint64), visits=none, model=model) for each in (bucket, shuffled)
    )
    assert [len(row["sample"]) for row in told.namesakes.to_pylist()] == [12, 12]
    assert all(one.equals(other) for one, other in zip(told, again, strict=True))


@pytest.fixture(scope="module")
def world(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Catalogue]:
    folder = tmp_path_factory.mktemp("artists")
    return folder, run_all(folder, delivered())


def test_namesakes_are_told_apart_with_notes(world: tuple[Path, Catalogue]) -> None:
    _, catalogue = world
    found = artist_explanation(catalogue, "a-solitaire")
    assert (found.tracks, found.note) == (10, "US deep house, 2000-2001, Strictly Rhythm")
    assert [row["note"] for row in found.namesakes] == ["Poland thrash, 1985, Metal Mind"]
    assert found.nearest == found.namesakes[0]["artist_id"]
    assert found.odds == pytest.approx(sum(one["weight"] for one in found.evidence))
    assert found.odds < 0


def test_a_wrong_credit_becomes_a_problem_and_stays_where_it_is(world: tuple[Path, Catalogue]) -> None:
    _, catalogue = world
    problems = [row for row in catalogue.read("problems").to_pylist() if row["code"] == MISPLACED_CODE]
    assert [(row["track_id"], row["stage"], row["field"]) for row in problems] == [("t103-0", "dedup", "artist")]
    assert "'Artist B1' (a-artist-b1)" in problems[0]["message"]
    assert "made.csv:" in problems[0]["message"]
    assert ids(catalogue)["t103-0"].startswith("a-artist-a0")


def test_a_namesake_that_outgrows_the_first_keeps_its_id(world: tuple[Path, Catalogue]) -> None:
    folder, catalogue = world
    before = ids(catalogue)
    after = ids(run_all(folder, delivered(*(album("Solitaire", 110 + i, 1) for i in range(4)))))
    assert {track: after[track] for track in before} == before
    assert {after[f"t{110 + i}-0"] for i in range(4)} == {before["t102-0"]}
