import base64
import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import CatalogError, UsageError
from catalog.schema import TABLES
from jobs.export import export
from jobs.report import report
from tests.jobs.sample_catalogue import HOSTILE, Builder


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    return Builder(songs=40, hostile=HOSTILE).write(tmp_path_factory.mktemp("catalogue"))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_parquet_keeps_everything(catalogue, tmp_path, table):
    rows = export(catalogue.root, table, tmp_path / "out.parquet")
    assert rows == catalogue.count(table)
    assert pq.read_table(tmp_path / "out.parquet").equals(catalogue.read(table))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_json_lines_hold_one_object_a_row(catalogue, tmp_path, table):
    export(catalogue.root, table, tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text("utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [plain(row) for row in catalogue.read(table).to_pylist()]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_csv_cells_read_back_as_what_they_were(catalogue, tmp_path, table):
    export(catalogue.root, table, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    wanted = catalogue.read(table)
    assert list(found[0]) == wanted.column_names
    for cells, row in zip(found, wanted.to_pylist(), strict=True):
        for field in wanted.schema:
            assert cell_value(cells[field.name], field.type) == plain(row)[field.name]


def plain(row):
    return {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value for name, value in row.items()
    }


def cell_value(cell, kind):
    """What a cell of CSV stands for, given the type of its column."""
    if cell == "":
        return None
    if pa.types.is_nested(kind):
        return json.loads(cell)
    if pa.types.is_boolean(kind):
        return {"true": True, "false": False}[cell]
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        return pa.scalar(float(cell), kind if pa.types.is_floating(kind) else pa.float64()).as_py()
    return cell


def test_several_files_are_one_table(tmp_path):
    catalogue = Builder(songs=1).write(tmp_path / "cat", tables=())
    staging = catalogue.stage("recordings")
    for part in range(3):
        rows = [{"track_id": f"t{part}", "recording_id": "r", "song_id": "s", "is_canonical": True, "confidence": 1.0}]
        pq.write_table(pa.Table.from_pylist(rows, schema=TABLES["recordings"]), staging / f"part-{part}.parquet")
    catalogue.publish({"recordings": catalogue.seal("recordings", staging, inputs={}, parameters={})})
    assert export(catalogue.root, "recordings", tmp_path / "out.csv") == 3
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 4


def test_failure_leaves_the_old_file_and_nothing_else(catalogue, tmp_path, monkeypatch):
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    monkeypatch.setattr("jobs.export._json", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(catalogue.root, "tracks", out)
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    assert out.read_text() == "old"


def test_missing_folders_are_made(catalogue, tmp_path):
    export(catalogue.root, "artists", tmp_path / "new" / "folder" / "artists.CSV")
    assert (tmp_path / "new" / "folder" / "artists.CSV").is_file()


@pytest.mark.parametrize(
    ("table", "name", "said"),
    [
        ("songs", "out.csv", r"'songs'.*there are: tracks, problems"),
        ("tracks", "out.xlsx", r"out\.xlsx.*\.csv, \.parquet, \.jsonl"),
        ("tracks", "out", r"must end in"),
        ("tracks", "a-file/out.csv", r"cannot be written"),
    ],
)
def test_wrong_use_names_what_there_is(catalogue, tmp_path, table, name, said):
    (tmp_path / "a-file").write_text("")
    with pytest.raises(UsageError, match=said):
        export(catalogue.root, table, tmp_path / name)


def test_the_file_that_is_written_meanwhile_is_never_named(catalogue, tmp_path, monkeypatch):
    def refuse(path, schema):
        raise FileNotFoundError(2, f"Failed to open local file '{path}'")

    monkeypatch.setattr("pyarrow.csv.CSVWriter", refuse)
    with pytest.raises(UsageError) as said:
        export(catalogue.root, "tracks", tmp_path / "out.csv")
    assert str(said.value).endswith("out.csv: cannot be written (No such file or directory); name another file")


def test_table_not_made_yet_names_the_command(tmp_path):
    catalogue = Builder(songs=1).write(tmp_path / "cat", tables=("tracks",))
    with pytest.raises(CatalogError, match="unisono dedup"):
        export(catalogue.root, "recordings", tmp_path / "out.csv")


def test_a_name_as_long_as_the_file_system_allows_will_do(catalogue, tmp_path):
    export(catalogue.root, "artists", tmp_path / f"{'n' * 250}.csv")
    with pytest.raises(UsageError, match="cannot be written"):
        export(catalogue.root, "artists", tmp_path / f"{'n' * 300}.csv")


def test_a_damaged_table_is_not_said_to_be_the_file_that_is_written(tmp_path):
    catalogue = Builder(songs=40).write(tmp_path / "cat")
    (file,) = catalogue.path("tracks").glob("*.parquet")
    content = file.read_bytes()
    file.write_bytes(content[:20] + bytes(2000) + content[2020:])
    with pytest.raises(CatalogError, match=r"tables/tracks/.*cannot be read .*unisono doctor"):
        export(catalogue.root, "tracks", tmp_path / "out.csv")
    assert not list(tmp_path.glob("*.csv")) + list(tmp_path.glob(".*.partial"))


def test_a_table_of_earlier_tracks_is_said_to_be_one(tmp_path, capsys):
    catalogue = Builder(songs=1).write(tmp_path / "cat")
    for made_of, late in ((catalogue.state.tables["tracks"], False), ("20200101-000000-000000-0000", True)):
        staging = catalogue.stage("artists")
        pq.write_table(catalogue.read("artists"), staging / "part-0.parquet")
        inputs = {"tracks": made_of, "rules": "any"}
        catalogue.publish({"artists": catalogue.seal("artists", staging, inputs=inputs, parameters={})})
        export(catalogue.root, "artists", tmp_path / "out.csv")
        report(catalogue.root, tmp_path / "report.html")
        said = "artists: made before the tracks that are published now"
        assert (capsys.readouterr().err.count(said), said in (tmp_path / "report.html").read_text("utf-8")) == (
            (2, True) if late else (0, False)
        )
    assert catalogue.outdated(["recordings"]) == []
    staging = catalogue.stage("recordings")
    pq.write_table(catalogue.read("recordings"), staging / "part-0.parquet")
    sealed = catalogue.seal("recordings", staging, inputs=inputs, parameters={})
    catalogue.publish({"recordings": sealed})
    (both,) = catalogue.outdated(["artists", "recordings", "tracks"])  # one command makes both anew
    assert both.startswith("artists, recordings: made before")
    assert "unisono dedup" in both
