import csv
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from catalog.errors import CatalogError, UsageError
from catalog.schema import DELIVERED_FIELDS
from catalog.store import Catalogue
from jobs.cards import FOLDER
from jobs.similar import find_similar, look_up, similar
from jobs.similar_answers import Answer
from jobs.similar_formats import COLUMNS, print_answers
from jobs.similar_options import SimilarOptions
from jobs.similar_query import spooled
from jobs.similar_space import Space
from jobs.similar_why import nearest_places
from tests.jobs.similar_world import publish, unit, write_world

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    return write_world(tmp_path_factory.mktemp("similar") / "cat")


@pytest.fixture(scope="module")
def space(catalogue):
    return Space.open(catalogue.root)


@pytest.fixture(scope="module")
def truth(catalogue):
    """Track id to vector, recording, song and delivered track, straight from the tables."""
    columns = {name: catalogue.read(name).to_pylist() for name in ("tracks", "recordings", "embeddings")}
    merged = {}
    for rows in columns.values():
        for row in rows:
            merged.setdefault(row["track_id"], {}).update(row)
    merged.pop("silent")
    return merged


def ask(space, *seeds, **options):
    return look_up(space, SimilarOptions(seeds=seeds, **options)).answers


def ids(answers):
    return [answer.track_id for answer in answers]


def test_a_song_comes_once_and_never_the_query_with_scores_as_brute_force_has_them(space, truth):
    answers = ask(space, "t0-0", k=15)
    query = np.array(truth["t0-0"]["vector"])
    score = {track: float(np.dot(query, row["vector"])) for track, row in truth.items()}
    best = {}
    for track, row in truth.items():
        if row["song_id"] != "song-0-0" and score[track] > score.get(best.get(row["song_id"]), -1):
            best[row["song_id"]] = track
    assert ids(answers) == sorted(best.values(), key=score.get, reverse=True)[:15]
    for answer in answers:
        assert answer.score == pytest.approx(score[answer.track_id], abs=1e-3)
        share = np.mean([other < score[answer.track_id] - 5e-4 for other in score.values()])
        assert answer.percentile == pytest.approx(100 * share, abs=1.5)  # of s + 1, and ties
        of_song = {t for t, row in truth.items() if row["song_id"] == truth[answer.track_id]["song_id"]}
        same = {t for t in of_song if truth[t]["recording_id"] == truth[answer.track_id]["recording_id"]}
        assert set(answer.copies) == same - {answer.track_id}
        assert {truth[t]["recording_id"] for t in answer.versions} == {truth[t]["recording_id"] for t in of_song - same}


def test_all_shows_copies_and_versions_of_the_query_first(space):
    assert set(ids(ask(space, "t0-0", k=2, fold=False))) == {"t0-0copy", "t0-0live"}


def test_several_seeds_are_their_mean_and_none_comes_back(space, truth):
    seeds = ("t0-1", "t0-2", "t0-3")
    mean = unit(np.mean([truth[seed]["vector"] for seed in seeds], 0))
    answers = ask(space, *seeds, k=5)
    assert not set(seeds) & set(ids(answers))
    assert [a.score for a in answers] == [
        pytest.approx(float(np.dot(mean, truth[a.track_id]["vector"])), abs=1e-3) for a in answers
    ]


def test_what_it_should_not_be_moves_away(space, truth):
    plain = ask(space, "t0-1", "t1-1", k=19)
    turned = ask(space, "t0-1", "t1-1", k=19, unlike=("t1-2",))
    of_other = [sum(track.startswith("t1") for track in ids(answers)) for answers in (plain, turned)]
    assert of_other[0] > of_other[1] + 2
    assert "t1-2" not in ids(turned)


def test_a_clear_name_is_taken_and_said(space):
    found = look_up(space, SimilarOptions(find=("singer ax, melody harbor willow",), k=3))
    assert found.said == ("found t0-1: Singer AX - Melody harbour willow [Album 1]",)
    assert ids(found.answers) == ids(ask(space, "t0-1", k=3))


def test_an_unclear_name_gives_numbered_choices(space):
    with pytest.raises(UsageError, match=r"(?s)name one by its id:\n  1\. t\d-1 .*\n  2\. t\d-1 "):
        look_up(space, SimilarOptions(find=("melody harbour",)))
    with pytest.raises(UsageError, match="check the spelling"):
        look_up(space, SimilarOptions(find=("xqzzkj wvvvv",)))
    with pytest.raises(UsageError, match="no letter"):
        look_up(space, SimilarOptions(find=("?!",)))


def test_an_artist_is_the_mean_of_all_tracks_and_a_recording_too(space, truth):
    answers = ask(space, artists=("SINGER aw",), k=5)
    own = [row for row in truth.values() if row["artist"] == "Singer AW"]
    mean = unit(np.mean([row["vector"] for row in own], 0))
    assert answers[0].score == pytest.approx(float(np.dot(mean, truth[answers[0].track_id]["vector"])), abs=1e-3)
    assert "Singer AW" not in {answer.artist for answer in answers}
    assert ids(ask(space, artists=("a-aw",), k=5)) == ids(answers)
    assert not {"t0-4", "t0-4copy"} & set(ids(ask(space, recordings=("rec-0-4",), k=9, fold=False)))
    for wrong in ({"artists": ("Nobody",)}, {"recordings": ("rec-none",)}):
        with pytest.raises(UsageError, match=r"nobody|has none"):
            ask(space, **wrong)


@pytest.mark.parametrize(
    ("only", "exclude", "fits"),
    [
        (["year=1990-1995"], [], lambda t: 1990 <= (t["release_year"] or 0) <= 1995),
        (["year=1981", "year=1998-"], [], lambda t: t["release_year"] in (1981, 1998, 1999)),
        (["genre=rock"], [], lambda t: "Rock" in (t["genre"] or "")),
        (["genre=ROCK", "source=other"], [], lambda t: "Rock" in (t["genre"] or "") and t["source"] == "other"),
        ([], ["label=label 0", "year=-1985"], lambda t: t["label"] != "Label 0" and (t["release_year"] or 9999) > 1985),
    ],
)  # fmt: skip
def test_filters_keep_exactly_what_fits(space, truth, only, exclude, fits):
    answers = ask(space, "t2-3", k=500, only=tuple(only), exclude=tuple(exclude))
    expected = {row["song_id"] for row in truth.values() if fits(row) and row["song_id"] != "song-2-3"}
    assert all(fits(truth[answer.track_id]) for answer in answers)
    assert {truth[answer.track_id]["song_id"] for answer in answers} == expected


def test_an_index_that_looks_into_few_of_its_lists_still_gives_all_that_fit(space, monkeypatch):
    options = [{"k": 100}, {"k": 60, "only": ("genre=jazz", "genre=rock")}]
    expected = [ids(ask(space, "t2-3", **chosen)) for chosen in options]
    near = Space.near
    monkeypatch.setattr(Space, "near", lambda self, vector, count: (*near(self, vector, min(count, 30))[:2], True))
    monkeypatch.setattr(space.index, "facts", replace(space.index.facts, kind="compressed"))
    monkeypatch.setattr("jobs.similar.ONE_BY_ONE", 50)
    assert [ids(ask(space, "t2-3", **chosen)) for chosen in options] == expected
    assert [len(found) for found in expected] == [100, 60]


def test_index_and_one_by_one_filters_agree(space, monkeypatch):
    options = SimilarOptions(seeds=("t2-3",), k=12, only=("genre=jazz", "year=1985-1999"))
    direct = look_up(space, options).answers
    monkeypatch.setattr("jobs.similar.ONE_BY_ONE", 0)
    assert ids(look_up(space, options).answers) == ids(direct)


@pytest.mark.parametrize(
    "text", ["year", "year=", "bpm=120", "year=abc", "year=1999-1990", "genre=polka", "year=19901991"]
)
def test_wrong_filters_are_named(space, text):
    with pytest.raises(UsageError, match="only"):
        ask(space, "t0-1", only=(text,))


def test_bounds_hold_by_artist_and_album(space):
    answers = ask(space, "t0-1", k=30, max_per_artist=2)
    artists = [answer.artist for answer in answers]
    assert max(map(artists.count, artists)) == 2
    albums = [(a.artist, a.album) for a in ask(space, "t0-1", k=30, max_per_album=1)]
    assert len(set(albums)) == len(albums)


def test_radio_is_long_varied_and_spaced(space):
    answers = ask(space, "t0-1", radio=True)
    artists = [answer.artist for answer in answers]
    assert len(answers) == 50
    assert max(map(artists.count, artists)) <= 3
    assert all(artist not in artists[max(0, at - 4) : at] for at, artist in enumerate(artists[:15]))
    assert len({answer.track_id[1] for answer in answers[:12]}) > len({a.track_id[1] for a in ask(space, "t0-1", k=12)})


def test_a_walk_goes_from_end_to_end_and_repeats_no_song(space, truth):
    answers = look_up(space, SimilarOptions(ends=("t0-1", "t1-1"), k=12)).answers
    assert (answers[0].track_id, answers[-1].track_id, len(answers)) == ("t0-1", "t1-1", 12)
    assert len({truth[answer.track_id]["song_id"] for answer in answers}) == 12
    towards = [float(np.dot(truth["t1-1"]["vector"], truth[answer.track_id]["vector"])) for answer in answers]
    assert np.corrcoef(np.arange(12), towards)[0, 1] > 0.8
    for before, after in pairwise(answers):
        step = float(np.dot(truth[before.track_id]["vector"], truth[after.track_id]["vector"]))
        assert after.score == pytest.approx(step, abs=1e-3)


def test_nothing_close_is_said_and_not_shown(space, monkeypatch):
    far = unit(-np.mean(space.sample, 0))
    monkeypatch.setattr("jobs.similar_query.Reader.seed", lambda self, named: seed_of(far))
    found = look_up(space, SimilarOptions(seeds=("anything",)))
    assert found.answers == []
    assert "further than what 99 of 100 tracks here have" in found.said[0]


def seed_of(vector):
    from jobs.similar_query import Seed

    return Seed("far", vector)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "name a track id"),
        ({"ends": ("a", "b"), "seeds": ("c",)}, "question of their own"),
        ({"ends": ("a", "b"), "max_per_artist": 1}, "do not go with"),
        ({"ends": ("a", "b"), "k": 1}, "at least 2"),
    ],
)
def test_impossible_questions_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        SimilarOptions(**options)


def test_a_stream_is_spooled_within_bounds():
    with spooled(io.BytesIO(b"abc" * 1000)) as path:
        assert path.read_bytes() == b"abc" * 1000
    assert not path.exists()
    with pytest.raises(UsageError, match="is empty"), spooled(io.BytesIO(b"")):
        pass
    with pytest.raises(UsageError, match="more than"), spooled(io.BytesIO(b"abcdef"), most=5):
        pass


def test_nearest_places_are_the_greatest_cosines_apart(rng):
    a, b = unit(rng.normal(size=(40, 8))), unit(rng.normal(size=(50, 8)))
    pairs = nearest_places((a, np.arange(40.0)), (b, np.arange(50.0)))
    assert pairs[0]["cosine"] == pytest.approx(float((a @ b.T).max()), abs=1e-4)
    for pair in pairs:
        assert pair["cosine"] == pytest.approx(float(a[int(pair["query_s"])] @ b[int(pair["answer_s"])]), abs=1e-4)
    assert all(abs(p["query_s"] - q["query_s"]) >= 10 for p in pairs for q in pairs if p is not q)
    assert nearest_places((a[:0], a[:0, 0]), (b, np.arange(50.0))) == []


def printed(capsys, format, answers):
    capsys.readouterr()
    print_answers('<"seed"> & co', answers, format)
    return capsys.readouterr().out


HOSTILE = Answer(
    "t/1 ü", 0.5, 97.5, 'A <b> & "c"\x00]]>', "Ärt\nist", None, ["c1", "c2"], [], 61.4, "/m/ü & <x>#1.flac"
)


def test_every_format_parses(capsys, space):
    answers = [HOSTILE, *ask(space, "t0-1", k=4)]
    parsed = json.loads(printed(capsys, "json", answers))
    assert [list(result) for result in parsed["results"]] == [list(COLUMNS)] * 5
    lines = list(csv.DictReader(io.StringIO(printed(capsys, "csv", answers))))
    assert [line["track_id"] for line in lines] == ids(answers)
    assert lines[0]["copies"] == "c1 c2"
    assert "t/1 ü" in printed(capsys, "table", answers).replace("\n", "")
    m3u = printed(capsys, "m3u", answers).splitlines()
    assert m3u[:3] == ["#EXTM3U", '#EXTINF:61,Ärt ist - A <b> & "c"]]>', "/m/ü & <x>#1.flac"]
    assert len(m3u) == 1 + 2 * sum(answer.audio_file is not None for answer in answers)


def test_xspf_and_jspf_say_the_same_and_hold_hostile_text(capsys):
    root = ET.fromstring(printed(capsys, "xspf", [HOSTILE]).encode())
    space = "{http://xspf.org/ns/0/}"
    assert (root.tag, root.attrib) == (f"{space}playlist", {"version": "1"})
    assert root.findtext(f"{space}title") == 'Sounds like <"seed"> & co'
    (track,) = root.find(f"{space}trackList")
    assert track.findtext(f"{space}title") == 'A <b> & "c"]]>'
    (other,) = json.loads(printed(capsys, "jspf", [HOSTILE]))["playlist"]["track"]
    assert track.findtext(f"{space}location") == other["location"][0] == "file:///m/%C3%BC%20%26%20%3Cx%3E%231.flac"
    assert track.findtext(f"{space}identifier") == other["identifier"][0] == "urn:unisono:t%2F1%20%C3%BC"
    assert track.findtext(f"{space}duration") == str(other["duration"]) == "61400"


def test_lookup_answers_alike_from_a_catalogue_that_cannot_be_written(catalogue, monkeypatch, space):
    def refuse(*_, **__):
        raise PermissionError("read-only")

    monkeypatch.setattr("jobs.cards_build.Path.mkdir", refuse)
    monkeypatch.setattr("jobs.cards.FORMAT", 999)  # no such cards yet
    other = Space.open(catalogue.root)
    assert catalogue.root not in other.cards.folder.parents
    assert ids(ask(other, "t0-1")) == ids(ask(space, "t0-1"))


def test_new_tables_make_new_cards_and_remove_old_ones(tmp_path):
    catalogue = write_world(tmp_path / "cat")
    assert find_similar(catalogue, "t0-1", k=1)[0].title != "Renamed"
    tables = {name: catalogue.read(name).to_pylist() for name in ("tracks", "recordings", "artists", "embeddings")}
    nearest = find_similar(catalogue, "t0-1", k=1)[0].track_id
    for row in tables["tracks"]:
        row["title"] = "Renamed" if row["track_id"] == nearest else row["title"]
    publish(catalogue, tables)
    assert find_similar(Catalogue.open(catalogue.root), "t0-1", k=1)[0].title == "Renamed"
    publish(catalogue, tables)
    find_similar(catalogue, "t0-1", k=1)
    assert len(list(catalogue.root.joinpath(*FOLDER).iterdir())) == 2  # the one before may still be asked


def test_tracks_that_are_gone_since_the_index_was_built_are_left_out(tmp_path):
    from tests.jobs.similar_world import seal

    catalogue = write_world(tmp_path / "cat")
    gone = find_similar(catalogue, "t0-1", k=1)[0].track_id
    kept = [row for row in catalogue.read("tracks").to_pylist() if row["track_id"] != gone]
    catalogue.publish({"tracks": seal(catalogue, "tracks", kept)})
    answers = find_similar(catalogue, "t0-1", k=300, fold=False)
    assert gone not in ids(answers)
    assert len(answers) == len(kept) - 2  # the query, and one that is silent


def test_without_recordings_and_artists_tracks_stand_for_themselves(tmp_path, truth):
    catalogue = write_world(tmp_path / "cat")
    tracks = Catalogue.create(tmp_path / "bare")
    publish(tracks, {name: catalogue.read(name).to_pylist() for name in ("tracks", "embeddings")})
    space = Space.open(tracks.root)
    answers = ask(space, "t0-0", k=2)
    assert set(ids(answers)) == {"t0-0copy", "t0-0live"}
    assert answers[0].copies == answers[0].versions == []
    assert "Singer AW" not in {a.artist for a in ask(space, artists=("Singer AW",), k=4)}


def test_unknown_seeds_and_missing_indexes_say_what_to_do(space, tmp_path, capsys):
    with pytest.raises(UsageError, match="neither a track id"):
        ask(space, "no such thing")
    with pytest.raises(CatalogError, match="'silent' has no usable audio"):
        ask(space, "silent")
    with pytest.raises(CatalogError, match="not a catalogue"):
        similar(tmp_path / "none", SimilarOptions(seeds=("t",)), format="json")
    Catalogue.create(tmp_path / "empty")
    with pytest.raises(CatalogError, match="no search index"):
        similar(tmp_path / "empty", SimilarOptions(seeds=("t",)), format="json")
    assert capsys.readouterr().out == ""


def command(monkeypatch, catalogue, *arguments):
    """Exit code of `unisono similar` in this process."""
    from jobs import cli

    monkeypatch.setattr("sys.argv", ["unisono", "similar", *arguments, "--catalog", str(catalogue.root)])
    try:
        cli.main()
    except SystemExit as stop:
        return stop.code or 0
    return 0


def test_the_command_takes_every_kind_of_question(catalogue, monkeypatch, capfd, space):
    questions = {
        ("t0-1", "t0-2", "--not", "t1-1", "-k", "3", "--max-per-artist", "1", "--max-per-album", "1"): 3,
        ("--find", "singer ax melody harbour willow", "-k", "4"): 4,
        ("--artist", "Singer AW", "--only", "year=1980-1990", "--exclude", "genre=jazz", "-k", "2"): 2,
        ("--recording", "rec-0-4", "--all", "-k", "2"): 2,
        ("--from", "t0-1", "--to", "t1-1", "-k", "6"): 6,
        ("t0-1", "--radio", "-k", "7"): 7,
    }
    for question, count in questions.items():
        assert command(monkeypatch, catalogue, *question, "--format", "json") == 0
        found = json.loads(capfd.readouterr().out)
        assert len(found["results"]) == count, question
        assert set(found) == {"query", "results"}


def test_the_command_exits_with_2_and_choices_for_an_unclear_name(catalogue, monkeypatch, capfd):
    assert command(monkeypatch, catalogue, "--find", "melody harbour") == 2
    shown = capfd.readouterr()
    assert shown.out == ""
    assert re.search(r"^ +1\. t\d-1 +Singer", shown.err, re.MULTILINE)
    assert command(monkeypatch, catalogue, "--from", "t0-1") == 2
    assert command(monkeypatch, catalogue) == 2


def test_nothing_close_exits_with_0_and_no_results(catalogue, monkeypatch, capfd, space):
    far = unit(-np.mean(space.sample, 0))
    monkeypatch.setattr("jobs.similar_query.Reader.seed", lambda self, named: seed_of(far))
    assert command(monkeypatch, catalogue, "t0-1", "--format", "json") == 0
    shown = capfd.readouterr()
    assert json.loads(shown.out)["results"] == []
    assert shown.err.startswith("nothing in ")


@pytest.mark.parametrize(
    ("asked", "heavy"),
    [
        ("seeds=('t0-1',)", "pandas pyarrow torch pyspark scipy faiss pydantic rich"),
        ("find=('singer ax melody harbour willow',)", "pandas torch pyspark scipy faiss pydantic"),
    ],
)
def test_a_lookup_imports_nothing_that_takes_long(catalogue, asked, heavy):
    code = (
        "import sys; from pathlib import Path; from jobs.similar import similar; "
        "from jobs.similar_options import SimilarOptions; "
        f"similar(Path({str(catalogue.root)!r}), SimilarOptions({asked}), format='csv'); "
        f"print([name for name in {heavy.split()} if name in sys.modules], file=sys.stderr)"
    )
    find_similar(catalogue, "t0-1", k=1)  # makes the cards
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stderr.splitlines()[-1] == "[]"
    assert len(answer.stdout.splitlines()) == 11


def test_files_streams_and_reasons_are_heard(tmp_path, monkeypatch, capfd, rng):
    """With the released model and real decoding: a file, the same bytes on stdin, silence, and why."""
    import soundfile as sf

    from embeddings.encode import Encoder, released_model
    from tests.jobs.small_world import RATE, melody

    encoder = Encoder.load(released_model())
    content = {"tracks": [], "embeddings": []}
    for row in range(4):
        path = tmp_path / f"{row}.flac"
        sf.write(path, melody(row, 25.0), RATE)
        track = {"track_id": f"m{row}", "row": row, "source": "s", "title": f"Tune {row}", "audio_file": str(path)}
        content["tracks"].append(dict.fromkeys(DELIVERED_FIELDS) | track)
        vector = encoder.analyse(path).vector.tolist()
        content["embeddings"].append({"track_id": f"m{row}", "row": row, "model": "m", "vector": vector})
    catalogue = Catalogue.create(tmp_path / "cat")
    publish(catalogue, content, model=released_model().name)
    sf.write(tmp_path / "silent.wav", np.zeros(5 * RATE, np.float32), RATE)
    assert command(monkeypatch, catalogue, str(tmp_path / "2.flac"), "-k", "2", "--format", "json", "--why") == 0
    by_file = json.loads(capfd.readouterr().out)["results"]
    assert (by_file[0]["track_id"], by_file[0]["why"][0]["cosine"]) == ("m2", pytest.approx(1, abs=1e-3))
    assert by_file[0]["why"][0]["query_s"] == by_file[0]["why"][0]["answer_s"]
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO((tmp_path / "2.flac").read_bytes())))
    assert command(monkeypatch, catalogue, "-", "-k", "2", "--format", "json") == 0
    assert [hit["score"] for hit in json.loads(capfd.readouterr().out)["results"]] == [hit["score"] for hit in by_file]
    assert command(monkeypatch, catalogue, str(tmp_path / "silent.wav")) == 1
    assert "holds no music" in capfd.readouterr().err
