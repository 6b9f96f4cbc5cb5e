"""What is read of each source, and under which name."""

from threading import Event

import pyarrow.parquet as pq
import pytest

from catalog.errors import SourceError
from catalog.sources import SourceSpec
from catalog.store import Catalogue
from jobs.ingest import _names, _spec, deliver, ingest
from jobs.options import IngestOptions, SparkOptions

MAPPED = IngestOptions(columns={"Song": "title"})


@pytest.mark.parametrize(("kind", "alone", "columns"), [
    ("file", True, {"Song": "title"}), ("file", False, {"Song": "title"}),
    ("folder", False, {}), ("folder", True, {"Song": "title"}),
])  # fmt: skip
def test_a_mapping_passes_over_folders_beside_tables(tmp_path, kind, alone, columns):
    source = tmp_path / "songs"
    source.mkdir() if kind == "folder" else source.touch()
    assert _spec(source, None, MAPPED, alone=alone).columns == columns


def test_sources_of_one_name_get_their_folder_before_it(tmp_path):
    paths = [tmp_path / "a" / "catalogue.csv", tmp_path / "b" / "catalogue.csv", tmp_path / "shop.csv"]
    assert _names(paths, None) == ["a-catalogue", "b-catalogue", None]
    assert _names(paths, "label") == ["label", "label", "label"]
    assert _names([path / "x.csv" for path in (tmp_path / "a" / "b", tmp_path / "c" / "b")], None) == ["a-b-x", "c-b-x"]
    assert _names([tmp_path / "x.csv", tmp_path / "x.parquet"], None) == ["x.csv", "x.parquet"]
    assert _names([tmp_path / "x.csv", tmp_path / "x.csv"], None) == ["x", "x"]


@pytest.mark.parametrize("name", [None, "label"])
def test_files_of_one_name_without_ids_all_come_in(tmp_path, name):
    paths = [tmp_path / month / "data" / "tracks.csv" for month in ("may", "june", "july")]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.write_text("title\nOne\nTwo\n")
    options = IngestOptions(source_name=name)
    specs = [_spec(path, one, options, alone=False) for path, one in zip(paths, _names(paths, name), strict=True)]
    delivered = deliver(specs, tmp_path, Event())
    ids = [track for part in delivered.parts for track in pq.read_table(part).column("track_id").to_pylist()]
    assert len(ids) == len(set(ids)) == 6
    assert set(pq.read_table(delivered.problems).column("code").to_pylist()) == {"shared_id"}


def test_a_source_whose_path_is_no_text_is_refused_and_recorded(tmp_path):
    with pytest.raises(SourceError, match=r"Caf\\xe9.csv: the path is not UTF-8"):
        ingest(tmp_path / "cat", [tmp_path / "Caf\udce9.csv"], IngestOptions(), SparkOptions())
    (run,) = Catalogue.open(tmp_path / "cat").runs()
    assert run["status"] == "failed"


def test_a_reading_that_is_not_wanted_any_more_ends(tmp_path):
    (tmp_path / "songs.csv").write_text("title\nOne\n")
    stopped = Event()
    stopped.set()
    with pytest.raises(InterruptedError, match="stopped"):
        deliver([SourceSpec(tmp_path / "songs.csv")], tmp_path, stopped)


def test_what_is_wrong_with_a_source_is_told_before_spark_starts(tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.ingest.session", lambda **_: pytest.fail("Spark was started"))
    (tmp_path / "songs.csv").write_text("composer\nBach\n")
    with pytest.raises(SourceError, match="no title column"):
        ingest(tmp_path / "cat", [tmp_path / "songs.csv"], IngestOptions(), SparkOptions())


def test_sources_may_number_alike(spark, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("track_id,title,duration\n1,One,3:07\n1,Two,\n2,Three,ages\n")
    ingest(tmp_path / "cat", [tmp_path / "a.csv", tmp_path / "b.csv"], IngestOptions(), SparkOptions(master="local[2]"))
    catalogue = Catalogue.open(tmp_path / "cat")
    tracks = catalogue.read("tracks").sort_by("row").to_pylist()
    assert [(track["track_id"], track["row"]) for track in tracks] == [("1", 0), ("2", 2), ("b:1", 3), ("b:2", 5)]
    assert [flaw["code"] for track in tracks for flaw in track["flaws"]] == ["duration_unreadable"] * 2
    problems = sorted((row["source"], row["code"], row["track_id"]) for row in catalogue.read("problems").to_pylist())
    assert problems == [
        ("a", "duplicate_id", "1"), ("a", "duration_unreadable", "2"), ("b", "duplicate_id", "1"),
        ("b", "duration_unreadable", "b:2"), ("b", "shared_id", "1"), ("b", "shared_id", "2"),
    ]  # fmt: skip
    (tmp_path / "a.csv").write_text("track_id,title\n1,One\n")
    ingest(tmp_path / "cat", [tmp_path / "b.csv", tmp_path / "a.csv"], IngestOptions(), SparkOptions(master="local[2]"))
    catalogue.reload()
    assert catalogue.read("tracks").sort_by("row").column("track_id").to_pylist() == ["b:1", "b:2", "1"]


def test_other_rules_read_unchanged_sources_anew(spark, tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("title\nOne\n")
    for told in ("one", "one", "two"):
        monkeypatch.setattr("jobs.ingest.rules", lambda *_, told=told: told)
        ingest(tmp_path / "cat", [tmp_path / "a.csv"], IngestOptions(), SparkOptions(master="local[2]"))
    skipped = [stage["skipped"] for run in Catalogue.open(tmp_path / "cat").runs() for stage in run["stages"]]
    assert [bool(why) for why in skipped] == [False, True, False]
