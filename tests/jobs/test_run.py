"""The main job on a small catalogue: what it finds, that it resumes, that ids stay."""

import json

import pytest

from catalog.errors import CatalogError, SourceError, UsageError
from catalog.store import Catalogue
from jobs.explain import explain_pair
from jobs.identify import identify_files
from jobs.options import AnalyzeOptions, DedupOptions, IngestOptions, SparkOptions
from jobs.run import run
from jobs.similar import find_similar
from tests.jobs.small_world import RATE, melody, songs, write_catalogue

LOCAL = SparkOptions(master="local[2]", memory="1g")
BAD = (
    {"track_id": "x0", "source": "x", "title": "Taken Id", "artist": "Nobody"},
    {"track_id": "bad1", "source": "x", "title": "", "artist": "Nobody"},
    {"track_id": "bad2", "source": "x", "title": "Long", "artist": "Nobody", "duration": "ages"},
    {"track_id": "bad3", "source": "x", "title": "Outside", "artist": "Nobody", "audio_path": "../../outside.ogg"},
    {"track_id": "bad4", "source": "x", "title": "Absent", "artist": "Nobody", "audio_path": "audio/absent.ogg"},
    {"track_id": "bad5", "source": "x", "title": "Quiet", "artist": "Nobody", "audio_path": "audio/silent.wav"},
)
CONTRADICTING = (
    {"track_id": "stolen", "source": "z", "title": "Someone Else", "artist": "Not Her", "audio_path": "audio/1.ogg"},
    {"track_id": "mixed up", "source": "z", "title": "{title}", "artist": "{artist}", "audio_path": "audio/other.ogg"},
)
"""Other names on the sound of `x1`; another sound under the names of `x2`."""


def contradicting():
    """The rows of CONTRADICTING with the names that they have."""
    _, title, artist, *_ = list(songs())[2]
    return [{key: text.format(title=title, artist=artist) for key, text in row.items()} for row in CONTRADICTING]


def run_all(catalogue_dir, source):
    run(catalogue_dir, [source], IngestOptions(), AnalyzeOptions(), DedupOptions(unique_within="source"), LOCAL)
    return Catalogue.open(catalogue_dir)


def last_run(catalogue):
    return json.loads(sorted((catalogue.root / "runs").glob("*.json"))[-1].read_text())


def ids(catalogue, column="recording_id"):
    table = catalogue.read("recordings", ["track_id", column])
    return dict(zip(*(table.column(name).to_pylist() for name in ("track_id", column)), strict=True))


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    source = write_catalogue(folder, extra=(*BAD, *contradicting()))
    return source, run_all(folder / "cat", source)


def test_every_planted_duplicate_is_found_and_nothing_else(world):
    _, catalogue = world
    recording = ids(catalogue)
    for number in range(0, 60, 3):
        assert recording[f"x{number}"] == recording[f"y{number}"]
    assert len(set(recording.values())) == len(recording) - 20


def test_every_table_is_published_and_whole(world):
    _, catalogue = world
    assert catalogue.verify() == []
    tracks = set(catalogue.read("tracks", ["track_id"]).column(0).to_pylist())
    assert set(ids(catalogue)) == tracks
    credits = catalogue.read("artists").to_pylist()
    assert {credit["track_id"] for credit in credits} == tracks
    assert len({c["artist_id"] for c in credits if c["name"].casefold() == "ada lindqvist"}) == 1


def test_the_record_says_how_everything_was_run(world):
    known = last_run(world[1])["parameters"]
    assert (known["audio"], known["timeout_s"], known["false_merge_rate"], known["master"]) == (
        True,
        600,
        1e-3,
        "local[2]",
    )
    assert (known["unique_within"], known["index_memory"], known["master"]) == ("source", "2GB", "local[2]")


def test_one_canonical_track_a_recording(world):
    _, catalogue = world
    rows = catalogue.read("recordings").to_pylist()
    canonical = [row["recording_id"] for row in rows if row["is_canonical"]]
    assert sorted(canonical) == sorted({row["recording_id"] for row in rows})


def test_bad_records_and_files_become_problems(world):
    _, catalogue = world
    problems = {(row["track_id"], row["code"]): row["message"] for row in catalogue.read("problems").to_pylist()}
    assert ("x0", "duplicate_id") in problems
    assert ("bad1", "title_missing") in problems
    assert ("bad2", "duration_unreadable") in problems
    assert ("bad3", "path_outside_source") in problems
    assert ("bad4", "audio_missing") in problems
    assert ("bad5", "audio_silent") in problems
    assert "catalogue.csv" in problems["x0", "duplicate_id"]
    assert ("stolen", "same_sound_other_names") in problems
    assert "(stolen)" in problems["x1", "same_sound_other_names"]
    assert ("mixed up", "same_names_other_sound") in problems
    assert "(mixed up)" in problems["x2", "same_names_other_sound"]
    assert len(problems) == 10


def test_evidence_adds_up_to_the_weight(world):
    _, catalogue = world
    for match in catalogue.read("matches").to_pylist():
        assert sum(item["weight"] for item in match["evidence"]) == pytest.approx(match["weight"], abs=1e-6)
        assert match["generators"]


def test_a_second_run_changes_nothing_and_does_nothing(world):
    source, catalogue = world
    before = catalogue.state
    again = run_all(catalogue.root, source)
    assert again.state == before
    assert all(stage["skipped"] for stage in last_run(again)["stages"])


def test_explain_shows_the_same_evidence_as_the_match(world):
    _, catalogue = world
    match = next(m for m in catalogue.read("matches").to_pylist() if {m["track_id_a"], m["track_id_b"]} == {"x9", "y9"})
    found = explain_pair(catalogue, "x9", "y9")
    assert found.outcome.startswith("merged")
    assert found.weight == pytest.approx(match["weight"], abs=0.05)
    assert {item["field"] for item in found.evidence} == {item["field"] for item in match["evidence"]}


def test_explain_also_compares_what_was_never_a_candidate(world):
    _, catalogue = world
    found = explain_pair(catalogue, "x1", "x8")
    assert found.outcome.startswith("distinct")
    assert found.probability < 0.01


def test_similar_folds_copies_and_never_names_the_query(world):
    _, catalogue = world
    answers = find_similar(catalogue, "x0", k=5)
    assert {answer.track_id for answer in answers}.isdisjoint({"x0", "y0"})
    folded = [track for answer in answers for track in (answer.track_id, *answer.copies)]
    assert len(folded) == len(set(folded))
    assert {"x3", "y3"} <= set(folded)
    unfolded = find_similar(catalogue, "x0", k=7, fold=False)
    assert unfolded[0].track_id == "y0"


def test_similar_refuses_what_is_neither_track_nor_file(world):
    _, catalogue = world
    with pytest.raises(UsageError, match="neither a track id"):
        find_similar(catalogue, "no such thing", k=5)
    with pytest.raises(CatalogError, match="no usable audio"):
        find_similar(catalogue, "bad5", k=5)


def test_identify_finds_an_excerpt_and_names_nothing_for_a_stranger(world, tmp_path):
    import soundfile as sf

    _, catalogue = world
    sf.write(tmp_path / "excerpt.flac", melody(3)[int(2.4 * RATE) :], RATE)
    sf.write(tmp_path / "stranger.flac", melody(77), RATE)
    (_, matches), (_, none) = identify_files(catalogue, [tmp_path / "excerpt.flac", tmp_path / "stranger.flac"])
    assert matches[0].recording_id == ids(catalogue)["x3"]
    assert matches[0].offset_s == pytest.approx(2.4, abs=0.4)
    assert none == []


def test_the_python_api_identifies_and_explains_as_the_commands_do(world, tmp_path):
    import soundfile as sf

    from service.library import Library

    _, catalogue = world
    library = Library.open(catalogue.root)
    path = tmp_path / "excerpt.flac"
    sf.write(path, melody(3)[int(2.4 * RATE) :], RATE)
    ((_, matches),) = identify_files(catalogue, [path])
    assert library.identify(path) == matches
    assert matches[0].recording_id == library.recording("x3").recording_id
    assert library.explain("x1", "x8") == explain_pair(catalogue, "x1", "x8")
    with pytest.raises(CatalogError, match="no track 'nobody'"):
        library.explain("x1", "nobody")


def test_new_records_keep_the_ids_of_old_ones(world, tmp_path):
    _, catalogue = world
    before = ids(catalogue), ids(catalogue, "song_id")
    more = {"track_id": "y1", "source": "y", "title": "Hollow Harbor", "artist": "The Tin Orchard", "year": "1991"}
    source = write_catalogue(tmp_path, extra=[*BAD, *contradicting(), more])
    after = run_all(catalogue.root, source)
    for column, old in zip(("recording_id", "song_id"), before, strict=True):
        new = ids(after, column)
        assert {track: new[track] for track in old} == old


def test_a_source_that_cannot_be_read_leaves_the_catalogue_alone(world, tmp_path):
    _, catalogue = world
    state = Catalogue.open(catalogue.root).state
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises(SourceError, match="empty"):
        run_all(catalogue.root, empty)
    with pytest.raises(SourceError, match=r"missing\.csv"):
        run_all(catalogue.root, tmp_path / "missing.csv")
    assert Catalogue.open(catalogue.root).state == state
    assert last_run(catalogue)["status"] == "failed"


def test_a_table_without_audio_runs_too(spark, tmp_path):
    (tmp_path / "tracks.csv").write_text("title,artist\nOne,A\nTwo,B\n")
    catalogue = run_all(tmp_path / "cat", tmp_path / "tracks.csv")
    assert len(set(ids(catalogue).values())) == 2
    with pytest.raises(CatalogError, match="no search index"):
        find_similar(catalogue, "1", k=3)
