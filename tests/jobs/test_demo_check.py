"""The demo's checks say found when the tables say what the truth says, and name what is missed when they do not."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from catalog.errors import SourceError
from catalog.schema import TABLES
from catalog.store import Catalogue
from jobs import demo
from jobs.demo_answers import read_known
from jobs.demo_check import check, render
from jobs.demo_plants import make_plan


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The tables of a sample, without its sound."""
    folder = tmp_path_factory.mktemp("sample")
    demo.write_tables(make_plan(7), folder)
    return folder


@pytest.fixture
def perfect(sample):
    """What a flawless run would publish."""
    known = read_known(sample)
    directions = {artist: row for row, artist in enumerate(sorted(set(known.artists.values())))}
    vectors = np.eye(len(directions), dtype=np.float32)
    return {
        "recordings": [
            {"track_id": track, "recording_id": recording, "song_id": known.songs[track]}
            for track, recording in known.recordings.items()
        ],
        "artists": [
            {"track_id": track, "position": position, "artist_id": artist}
            for (track, position), artist in known.artists.items()
        ],
        "embeddings": [
            {"track_id": track, "vector": vectors[directions[artist]].tolist()}
            for (track, position), artist in known.artists.items()
            if position == 0
        ],
        "problems": [
            {"track_id": one.track_ids[0], "field": one.expectation.removeprefix("a problem with "), "code": "odd"}
            for one in known.planted
            if one.expectation.startswith("a problem")
        ],
        "matches": [],
    }


def published(folder, tables):
    catalogue = Catalogue.create(folder)
    sealed = {}
    with catalogue.lock():
        for name, rows in tables.items():
            staging = catalogue.stage(name)
            pq.write_table(pa.Table.from_pylist(rows, TABLES[name]), staging / "0.parquet")
            sealed[name] = catalogue.seal(name, staging, inputs={}, parameters={})
        catalogue.publish(sealed)
    return catalogue


def failed(checks):
    return {one.name: one.detail for one in checks if not one.ok}


def test_a_flawless_run_passes_every_check(sample, perfect, tmp_path):
    checks = check(published(tmp_path, perfect), sample)
    assert failed(checks) == {}
    assert {"re-encoded", "live", "namesakes", "bad file: silence"} <= {one.name for one in checks}


def test_an_empty_catalogue_fails_every_check_that_asks_for_something(sample, tmp_path):
    checks = check(Catalogue.create(tmp_path), sample)
    passed = {one.name for one in checks if one.ok}
    assert all(name.endswith("none joined wrongly") for name in passed)
    assert len(checks) > 30


def test_a_missed_pair_is_named_with_its_decision(sample, perfect, tmp_path):
    plant = next(one for one in read_known(sample).planted if one.kind == "transliterated")
    for row in perfect["recordings"]:
        if row["track_id"] == plant.track_ids[1]:
            row["recording_id"] = "alone"
    pair = dict(zip(("track_id_a", "track_id_b"), plant.track_ids, strict=True))
    perfect["matches"] = [{**pair, "decision": "review"}]
    missed = failed(check(published(tmp_path, perfect), sample))
    assert missed["transliterated"] == f"{', '.join(plant.track_ids)} (review)"
    assert set(missed) == {"transliterated", "tracks of one recording: all found"}


def test_a_wrong_merge_is_shown(sample, perfect, tmp_path):
    plant = next(one for one in read_known(sample).planted if one.kind == "live")
    studio, live = plant.track_ids
    recordings = {row["track_id"]: row["recording_id"] for row in perfect["recordings"]}
    for row in perfect["recordings"]:
        if row["recording_id"] == recordings[live]:
            row["recording_id"] = recordings[studio]
    missed = failed(check(published(tmp_path, perfect), sample))
    assert set(missed) == {"live", "tracks of one recording: none joined wrongly"}
    assert studio in missed["tracks of one recording: none joined wrongly"]


def test_namesakes_in_one_and_spellings_apart_are_shown(sample, perfect, tmp_path):
    known = read_known(sample)
    namesakes = next(one for one in known.planted if one.kind == "namesakes")
    ids = sorted({known.artists[track, 0] for track in namesakes.track_ids})
    spelt = next(one for one in known.planted if one.kind == "artist in two spellings")
    for row in perfect["artists"]:
        if row["artist_id"] == ids[1]:
            row["artist_id"] = ids[0]
        if row["track_id"] == spelt.track_ids[-1]:
            row["artist_id"] = "another"
    missed = failed(check(published(tmp_path, perfect), sample))
    assert {"namesakes", "artist in two spellings"} <= set(missed)


def test_neighbours_at_random_are_not_above_chance(sample, perfect, tmp_path):
    rng = np.random.default_rng(5)
    for row in perfect["embeddings"]:
        vector = rng.standard_normal(64)
        row["vector"] = (vector / np.linalg.norm(vector)).tolist()
    missed = failed(check(published(tmp_path, perfect), sample))
    assert set(missed) == {"similar songs share an artist"}


def test_the_table_shows_every_check(sample, tmp_path):
    checks = check(Catalogue.create(tmp_path), sample)
    console = Console(file=io.StringIO(), width=250)
    console.print(render(checks))
    text = console.file.getvalue()
    assert all(one.name in text for one in checks)


def test_a_folder_without_a_sample_is_refused(tmp_path):
    with pytest.raises(SourceError, match="not a complete sample"):
        check(Catalogue.create(tmp_path / "catalogue"), tmp_path)
