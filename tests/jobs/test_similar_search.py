"""How many neighbours are asked for, and that what is left out for it is never an answer: brute force is the judge."""

from dataclasses import replace

import numpy as np
import pytest

from catalog.errors import UsageError
from catalog.store import Catalogue
from embeddings.index import TrackIndex
from jobs.similar import look_up
from jobs.similar_options import SimilarOptions
from jobs.similar_space import Space
from tests.jobs.similar_world import SIZE, seal, unit, write_few, write_world


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    return write_world(tmp_path_factory.mktemp("search") / "cat")


@pytest.fixture(scope="module")
def space(catalogue):
    return Space.open(catalogue.root)


@pytest.fixture
def asked(monkeypatch):
    """How many neighbours the index was asked for, each time."""
    counts, near = [], Space.near

    def counted(self, vector, count):
        counts.append(count)
        return near(self, vector, count)

    monkeypatch.setattr(Space, "near", counted)
    return counts


def ask(space, *seeds, **options):
    return [answer.track_id for answer in look_up(space, SimilarOptions(seeds=seeds, **options)).answers]


def by_brute_force(catalogue, query, fits=lambda track: True):
    """The tracks that are a song's nearest to the query, without the query's own song, best first."""
    columns = {name: catalogue.read(name).to_pylist() for name in ("tracks", "recordings", "embeddings")}
    rows: dict[str, dict] = {}
    for row in (row for table in columns.values() for row in table):
        rows.setdefault(row["track_id"], {}).update(row)
    heard = {track: row for track, row in rows.items() if row["vector"] is not None}
    score = {track: float(np.dot(heard[query]["vector"], row["vector"])) for track, row in heard.items()}
    best: dict[str, str] = {}
    for track in sorted(heard, key=lambda track: -score[track]):
        if heard[track]["song_id"] != heard[query]["song_id"] and fits(heard[track]):
            best.setdefault(heard[track]["song_id"], track)
    return list(best.values())


@pytest.mark.parametrize(
    ("options", "fits"),
    [
        ({"k": 500}, lambda track: True),
        ({"k": 500, "only": ("source=main",)}, lambda track: track["source"] == "main"),
        ({"k": 1, "only": ("label=label 5",)}, lambda track: track["label"] == "Label 5"),
    ],
)
def test_a_compressed_index_is_asked_for_so_many_and_then_all_are_compared(
    catalogue, space, asked, monkeypatch, options, fits
):
    monkeypatch.setattr(space.index, "facts", replace(space.index.facts, kind="compressed"))
    monkeypatch.setattr("jobs.similar.MOST_ASKED", 20, raising=False)
    monkeypatch.setattr("jobs.similar.ONE_BY_ONE", 10)
    assert ask(space, "t2-3", **options) == by_brute_force(catalogue, "t2-3", fits)[: options["k"]]
    assert 0 < max(asked) <= 20


def test_answers_among_tracks_that_were_added_to_an_exact_index_are_found(tmp_path, rng):
    """The built part holds nothing but copies of four songs near to the query, the added part what else there is."""
    built, added = 200, 30
    query = unit(rng.normal(size=SIZE))
    near = unit(query + 0.05 * rng.normal(size=(built, SIZE)))
    vectors = np.concatenate([query[None], near[1:], unit(rng.normal(size=(added, SIZE)))])
    of = [(f"r{i % 4}", f"s{i % 4}") if i < built else (f"r{i}", f"s{i}") for i in range(built + added)]
    catalogue = write_few(tmp_path / "cat", [{}] * (built + added), vectors, of=of)
    staging = catalogue.stage_index()
    index = TrackIndex.build(vectors[:built], np.arange(built), tmp_path / "built")
    index.update(staging, add=(np.arange(built, built + added), vectors[built:]))
    inputs = {"embeddings": catalogue.state.tables["embeddings"]}
    catalogue.publish(index=catalogue.seal_index(staging, inputs=inputs, parameters={}))
    space = Space.open(catalogue.root)
    assert (len(space.index), space.index.facts.kind) == (built + added, "exact")
    found = ask(space, "t0", k=3 + added)
    assert set(found[3:]) == {f"t{i}" for i in range(built, built + added)}
    assert found == by_brute_force(Catalogue.open(catalogue.root), "t0")


@pytest.mark.parametrize("kind", ["exact", "compressed"])
def test_far_more_answers_than_there_are_tracks_are_all_that_there_are(catalogue, space, asked, monkeypatch, kind):
    monkeypatch.setattr(space.index, "facts", replace(space.index.facts, kind=kind))
    assert ask(space, "t0-1", k=1_000_000) == by_brute_force(catalogue, "t0-1")
    assert max(asked) <= len(space.index)
    assert len(ask(space, "t0-1", k=1_000_000, only=("source=main",))) == 119


def test_a_walk_of_far_more_stops_than_there_are_tracks_has_a_point_for_each_track_at_most(space, asked):
    found = [answer.track_id for answer in look_up(space, SimilarOptions(ends=("t0-1", "t3-2"), k=2_000)).answers]
    assert (found[0], found[-1]) == ("t0-1", "t3-2")
    songs = [space.cards.shared("song").of(space.cards.place(track)) for track in found]
    assert len(set(songs)) == len(songs) > 60
    assert len(asked) <= len(space.index)


def test_a_recording_without_a_song_is_not_taken_for_the_song_that_has_its_number(tmp_path, rng):
    of = [("r1", None), ("r2", "s1"), ("r3", "s2"), ("r4", "s3")]
    catalogue = write_few(tmp_path / "cat", [{}] * 4, unit(rng.normal(size=(4, SIZE))), of=of)
    assert set(ask(Space.open(catalogue.root), "t3")) == {"t0", "t1", "t2"}


def test_a_range_of_years_from_0_on_is_not_met_by_tracks_without_a_year(space, catalogue):
    year = {row["track_id"]: row["release_year"] for row in catalogue.read("tracks").to_pylist()}
    found = ask(space, "t0-1", k=500, only=("year=0000-1981",))
    assert {year[track] for track in found} == {1981}
    left = ask(space, "t0-1", k=500, exclude=("year=0000-1981",))
    assert {year[track] for track in left} == {None} | {value for value in year.values() if value and value > 1981}


def test_reasons_are_refused_for_a_walk():
    with pytest.raises(UsageError, match="--why does not go with"):
        SimilarOptions(ends=("a", "b"), why=True)


def test_tracks_that_the_index_does_not_hold_are_not_compared(tmp_path, rng, monkeypatch):
    catalogue = write_few(tmp_path / "cat", [{}] * 40, unit(rng.normal(size=(40, SIZE))))
    rows = catalogue.read("tracks").to_pylist()
    rows.append(rows[0] | {"track_id": "new", "row": 99})
    catalogue.publish({"tracks": seal(catalogue, "tracks", rows)})
    space = Space.open(catalogue.root)
    monkeypatch.setattr(space.index, "facts", replace(space.index.facts, kind="compressed"))
    monkeypatch.setattr("jobs.similar.MOST_ASKED", 5, raising=False)
    assert set(ask(space, "t0", k=500)) == {f"t{i}" for i in range(1, 40)}


@pytest.mark.parametrize("one_by_one", [20_000, 0])
@pytest.mark.parametrize("only", ["genre=jazz", "label=Label 4"])
def test_a_walk_among_few_has_as_many_songs_as_are_asked_for(space, truth_of, monkeypatch, only, one_by_one):
    monkeypatch.setattr("jobs.similar.ONE_BY_ONE", one_by_one)
    found = [a.track_id for a in look_up(space, SimilarOptions(ends=("t0-1", "t3-2"), k=12, only=(only,))).answers]
    assert (found[0], found[-1], len(found)) == ("t0-1", "t3-2", 12)
    field, value = only.split("=")
    assert {truth_of[track][field].lower() for track in found[1:-1]} == {value.lower()}
    everything = look_up(space, SimilarOptions(ends=("t0-1", "t3-2"), k=500, only=(only,))).answers
    assert len(everything) == 22  # twenty songs and the ends


def test_a_walk_between_near_ends_goes_on_beyond_the_nearest(space):
    found = look_up(space, SimilarOptions(ends=("t0-1", "t0-2"), k=80)).answers
    songs = {space.cards.shared("song").of(space.cards.place(answer.track_id)) for answer in found}
    assert len(found) == len(songs) == 80


@pytest.fixture
def truth_of(catalogue):
    return {row["track_id"]: row for row in catalogue.read("tracks").to_pylist()}


def test_where_every_song_is_there_twice_the_others_are_close_all_the_same(tmp_path, rng):
    songs = unit(unit(rng.normal(size=(8, SIZE)))[rng.integers(8, size=200)] + 0.15 * rng.normal(size=(200, SIZE)))
    copies = unit(songs + 0.003 * rng.normal(size=songs.shape))
    of = [(f"r{i}", f"s{i}") for i in range(len(songs))] * 2
    space = Space.open(write_few(tmp_path / "cat", [{}] * 400, np.concatenate([songs, copies]), of=of).root)
    told = [bool(ask(space, f"t{i}")) for i in range(200)]
    assert np.mean(told) > 0.95
