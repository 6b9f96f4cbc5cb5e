import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from catalog import store
from catalog.errors import CatalogError
from catalog.schema import EVIDENCE, MATCHES, PROBLEMS, RECORDINGS, TABLES
from catalog.state import State
from catalog.store import Catalogue

PROJECT = Path(__file__).resolve().parents[2]


def problems(*messages):
    return pa.Table.from_pylist([{"message": message} for message in messages], schema=PROBLEMS)


def sealed(catalogue, table, rows, **made_from):
    staging = catalogue.stage(table)
    pq.write_table(rows, staging / "part-0.parquet")
    return catalogue.seal(table, staging, **{"inputs": {}, "parameters": {}} | made_from)


def published(catalogue, *messages, **made_from):
    snapshot = sealed(catalogue, "problems", problems(*messages), **made_from)
    catalogue.publish({"problems": snapshot})
    return snapshot


def script(body, *arguments):
    """Start Python on `body` in another process, with the project importable."""
    return subprocess.Popen(
        [sys.executable, "-c", body, *map(str, arguments)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def catalogue(tmp_path):
    return Catalogue.create(tmp_path / "catalogue")


def test_create_is_idempotent(catalogue):
    published(catalogue, "one")
    again = Catalogue.create(catalogue.root)
    assert again.read("problems") == problems("one")


def test_open_names_the_path_and_the_mend(tmp_path):
    with pytest.raises(CatalogError, match=r"nowhere: not a catalogue; make one with: unisono run SOURCE"):
        Catalogue.open(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format": 99, "tables": {}}', "format 99, but this version of Unisono reads format 1"),
        ("[]", "not the state of a catalogue"),
        ("{", "cannot be read"),
        ('{"format": 1, "tables": {"tracks": "../../etc"}}', "names no valid snapshots"),
        ('{"format": 1, "tables": {}, "index": "/etc"}', "names no valid snapshots"),
    ],
)
def test_a_damaged_or_foreign_state_is_refused(tmp_path, text, message):
    (tmp_path / "catalog.json").write_text(text)
    with pytest.raises(CatalogError, match=message):
        Catalogue.open(tmp_path)


def test_a_file_is_no_catalogue(tmp_path):
    (tmp_path / "song.mp3").touch()
    with pytest.raises(CatalogError, match=r"song\.mp3: leads to a file, not to a catalogue; name the"):
        Catalogue.open(tmp_path / "song.mp3")


def test_create_refuses_a_file_and_a_folder_with_other_things(tmp_path):
    (tmp_path / "song.mp3").touch()
    with pytest.raises(CatalogError, match="holds other files"):
        Catalogue.create(tmp_path)
    with pytest.raises(CatalogError, match="is a file"):
        Catalogue.create(tmp_path / "song.mp3")
    with pytest.raises(CatalogError, match=r"cannot be made \(Not a directory\)"):
        Catalogue.create(tmp_path / "song.mp3" / "catalogue")


def test_create_opens_what_another_process_makes_meanwhile(tmp_path, monkeypatch):
    look = store._refuse_foreign

    def after_another(root):
        root.mkdir()
        State().write(root)
        look(root)

    monkeypatch.setattr(store, "_refuse_foreign", after_another)
    assert Catalogue.create(tmp_path / "catalogue").state == State()


def test_create_refuses_a_path_that_is_no_text(tmp_path):
    with pytest.raises(CatalogError, match=r"Caf\\xe9: the path is not UTF-8"):
        Catalogue.create(tmp_path / "Caf\udce9")


def test_rows_come_back_and_count_without_reading(catalogue):
    published(catalogue, "one", "two", "three")
    assert catalogue.count("problems") == 3
    assert catalogue.read("problems", columns=["message"]).column("message").to_pylist() == ["one", "two", "three"]
    assert catalogue.read("problems", filter=ds.field("message") == "two").num_rows == 1


def test_a_missing_table_says_which_command_makes_it(catalogue):
    assert not catalogue.has("matches")
    with pytest.raises(CatalogError, match="no table 'matches' yet; run: unisono dedup"):
        catalogue.path("matches")
    with pytest.raises(CatalogError, match="no table is called 'songs'; there are: tracks, problems"):
        catalogue.has("songs")
    with pytest.raises(CatalogError, match="no search index yet; run: unisono index"):
        catalogue.index_path()


def test_nothing_is_readable_before_it_is_published(catalogue):
    first = published(catalogue, "old")
    snapshot = sealed(catalogue, "problems", problems("new"))
    assert catalogue.read("problems") == problems("old")
    assert catalogue.path("problems").name == first
    catalogue.publish({"problems": snapshot})
    assert catalogue.read("problems") == problems("new")


def test_a_reader_keeps_its_state_until_it_reloads(catalogue):
    published(catalogue, "old")
    reader = Catalogue.open(catalogue.root)
    published(catalogue, "new")
    assert reader.read("problems") == problems("old")
    reader.reload()
    assert reader.read("problems") == problems("new")


def test_publishes_of_two_writers_do_not_lose_each_others_tables(catalogue):
    other = Catalogue.open(catalogue.root)
    published(catalogue, "one")
    rows = pa.Table.from_pylist([{"track_id": "a"}], schema=RECORDINGS)
    other.publish({"recordings": sealed(other, "recordings", rows)}, model="unisono-1")
    catalogue.reload()
    assert (catalogue.count("problems"), catalogue.count("recordings")) == (1, 1)
    assert catalogue.state.model == "unisono-1"


def test_publish_refuses_what_was_never_sealed(catalogue):
    staging = catalogue.stage("problems")
    with pytest.raises(CatalogError, match="not a readable manifest"):
        catalogue.publish({"problems": staging.name.removesuffix(".part")})


def test_extra_columns_are_kept_and_declared_types_restored(catalogue):
    rows = problems("one")
    large = rows.set_column(5, "message", rows.column("message").cast(pa.large_string()))
    published_rows = large.append_column("line", pa.array([7]))
    catalogue.publish({"problems": sealed(catalogue, "problems", published_rows)})
    read = catalogue.read("problems")
    assert read.schema.field("message").type == pa.string()
    assert read.column("line").to_pylist() == [7]


def test_the_name_of_a_lists_item_is_no_difference(catalogue):
    evidence = pa.list_(pa.field("element", EVIDENCE, nullable=False))  # Spark's name for it
    schema = MATCHES.set(MATCHES.names.index("evidence"), pa.field("evidence", evidence))
    item = {"field": "title", "level": "equal", "weight": 3.5, "detail": "a = a"}
    rows = pa.Table.from_pylist([{"track_id_a": "a", "evidence": [item]}], schema=schema)
    catalogue.publish({"matches": sealed(catalogue, "matches", rows)})
    read = catalogue.read("matches")
    assert read.schema == MATCHES
    assert read.column("evidence").to_pylist() == [[item]]


def test_a_schema_that_does_not_fit_names_the_columns(catalogue):
    rows = problems("one").drop_columns(["code"])
    rows = rows.set_column(0, "track_id", pa.array([1]))
    with pytest.raises(CatalogError, match=r"'track_id' is int64 instead of string; column 'code' is missing"):
        sealed(catalogue, "problems", rows)


def test_seal_refuses_folders_without_data_and_of_others(catalogue, tmp_path):
    with pytest.raises(CatalogError, match="holds no Parquet file"):
        catalogue.seal("problems", catalogue.stage("problems"), inputs={}, parameters={})
    with pytest.raises(CatalogError, match="not a staging folder"):
        catalogue.seal("problems", tmp_path, inputs={}, parameters={})
    staging = catalogue.stage("problems")
    (staging / "part-0.parquet").write_text("not Parquet")
    with pytest.raises(CatalogError, match="not a readable Parquet file"):
        catalogue.seal("problems", staging, inputs={}, parameters={})


def test_what_spark_leaves_beside_the_data_is_removed(catalogue):
    staging = catalogue.stage("problems")
    pq.write_table(problems("one"), staging / "part-0.parquet")
    (staging / "_temporary" / "0").mkdir(parents=True)
    (staging / "_temporary" / "0" / "part-9.parquet").write_text("half a file")
    for name in ("_SUCCESS", "._SUCCESS.crc", ".part-0.parquet.crc"):
        (staging / name).touch()
    catalogue.publish({"problems": catalogue.seal("problems", staging, inputs={}, parameters={})})
    assert sorted(path.name for path in catalogue.path("problems").iterdir()) == ["manifest.json", "part-0.parquet"]
    assert catalogue.verify() == []


def test_the_manifest_remembers_inputs_and_parameters(catalogue):
    made_from = {"inputs": {"file": Path("a.csv"), "sizes": (1, 2)}, "parameters": {"k": 3}}
    assert not catalogue.is_current("problems", **made_from)
    published(catalogue, "one", **made_from)
    assert catalogue.is_current("problems", **made_from)
    assert not catalogue.is_current("problems", inputs=made_from["inputs"], parameters={"k": 4})
    assert "message: string" in catalogue.manifest("problems").schema


def test_an_index_is_sealed_and_published_like_a_table(catalogue):
    staging = catalogue.stage_index()
    (staging / "tracks.faiss").write_bytes(b"vectors")
    catalogue.publish({}, index=catalogue.seal_index(staging, inputs={"n": 1}, parameters={}))
    assert (catalogue.index_path() / "tracks.faiss").read_bytes() == b"vectors"
    assert catalogue.is_current("index", inputs={"n": 1}, parameters={})


def test_verify_names_every_damaged_file(catalogue):
    published(catalogue, "one")
    assert catalogue.verify() == []
    file = catalogue.path("problems") / "part-0.parquet"
    content = file.read_bytes()
    file.write_bytes(content[:10] + bytes([content[10] ^ 1]) + content[11:])
    (file.parent / "stranger.parquet").touch()
    changed, stranger = catalogue.verify()
    assert "SHA-256 differs" in changed
    assert "stranger.parquet: not part of the snapshot" in stranger
    file.write_bytes(content[:-1])
    assert f"{len(content) - 1} bytes instead of {len(content)}" in catalogue.verify()[0]
    file.unlink()
    assert "missing" in catalogue.verify()[0]


def test_rows_that_cannot_be_read_are_a_damage_that_is_named(catalogue):
    published(catalogue, *(f"message {number}" for number in range(1000)))
    file = catalogue.path("problems") / "part-0.parquet"
    content = file.read_bytes()
    file.write_bytes(content[:20] + bytes(400) + content[420:])  # the footer is whole
    for read in (catalogue.read, lambda table: list(catalogue.batches(table))):
        with pytest.raises(CatalogError, match=r"cannot be read .*unisono doctor"):
            read("problems")


def test_prune_keeps_the_newest_and_the_published(catalogue):
    first = published(catalogue, "0")
    later = [sealed(catalogue, "problems", problems(str(n))) for n in range(1, 4)]
    abandoned = catalogue.stage("problems")
    with catalogue.lock():
        current = catalogue.stage("tracks")
        removed = catalogue.prune(keep=2)
    assert {path.name for path in removed} == {later[0], abandoned.name}
    assert current.is_dir()
    assert catalogue.path("problems").name == first
    assert catalogue.prune(keep=0) != []
    assert catalogue.read("problems") == problems("0")


def test_prune_spares_what_was_published_when_the_run_began(catalogue):
    first = published(catalogue, "0")
    reader = Catalogue.open(catalogue.root)
    sealed(catalogue, "problems", problems("of a run that was killed"))
    with catalogue.lock():
        for message in ("ingest", "analyze", "dedup"):  # each renews the table
            published(catalogue, message)
        catalogue.prune()
    assert reader.read("problems") == problems("0")
    with catalogue.lock():
        published(catalogue, "next")
        assert first in {path.name for path in catalogue.prune()}


def test_a_snapshot_that_somebody_removed_is_made_again(catalogue, caplog):
    shutil.rmtree(catalogue.root / "tables" / "problems" / published(catalogue, "damaged"))
    made = {"inputs": {}, "parameters": {}}
    with catalogue.lock():
        assert not catalogue.is_current("problems", **made)
        catalogue.publish({}, model="m")
        assert not catalogue.has("problems")
        published(catalogue, "again")
    assert "problems is gone" in caplog.text
    assert Catalogue.open(catalogue.root).is_current("problems", **made)


def test_a_pruned_snapshot_says_so(catalogue):
    published(catalogue, "old")
    reader = Catalogue.open(catalogue.root)
    published(catalogue, "new")
    catalogue.prune(keep=1)
    with pytest.raises(CatalogError, match="gone; reload the catalogue"):
        reader.read("problems")


def test_the_lock_nests_and_refuses_others_with_the_holders_pid(catalogue):
    other = Catalogue.open(catalogue.root)
    refused = pytest.raises(CatalogError, match=f"process {os.getpid()} is writing")
    with catalogue.lock(), catalogue.lock(), refused, other.lock():
        pass
    with other.lock():
        pass


def test_the_lock_of_a_killed_process_frees_itself(catalogue):
    body = (
        "import sys, time; from catalog.store import Catalogue\n"
        "with Catalogue.open(sys.argv[1]).lock(): print('held', flush=True); time.sleep(60)"
    )
    with script(body, catalogue.root) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CatalogError, match=f"process {holder.pid} is writing"), catalogue.lock():
            pass
        holder.kill()
        holder.wait()
        with catalogue.lock():
            pass


def test_a_writer_killed_between_seal_and_publish_leaves_the_old_state(catalogue):
    published(catalogue, "old")
    body = (
        "import os, signal, sys; from tests.catalog.test_store import *\n"
        "catalogue = Catalogue.open(sys.argv[1]); sealed(catalogue, 'problems', problems('new'))\n"
        "catalogue.stage('problems'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    with script(body, catalogue.root) as writer:
        assert writer.wait() == -signal.SIGKILL
    reader = Catalogue.open(catalogue.root)
    assert reader.read("problems") == problems("old")
    assert [path.suffix for path in reader.prune(keep=1)] == [".part"]
    assert reader.read("problems") == problems("old")


def test_readers_in_another_process_always_see_a_whole_state(catalogue):
    published(catalogue, *["0"])
    body = (
        "import sys; from catalog.store import Catalogue\n"
        "print('ready', flush=True); seen = set()\n"
        "while '20' not in seen:\n"
        "    messages = Catalogue.open(sys.argv[1]).read('problems').column('message').to_pylist()\n"
        "    assert len(set(messages)) == 1 and len(messages) == int(messages[0]) + 1, messages\n"
        "    seen.add(messages[0])\n"
    )
    with script(body, catalogue.root) as reader:
        assert reader.stdout.readline() == "ready\n"
        for n in range(1, 21):
            published(catalogue, *[str(n)] * (n + 1))
        assert reader.wait(timeout=60) == 0


def test_work_folders_survive_and_are_cleared(catalogue):
    folder = catalogue.work("analyze", "model=a")
    (folder / "done").touch()
    catalogue.work("analyze", "model=b")
    assert (Catalogue.open(catalogue.root).work("analyze", "model=a") / "done").exists()
    catalogue.clear_work("analyze", "model=b")
    assert [path.name for path in folder.parent.iterdir()] == ["model=a"]
    catalogue.clear_work("analyze")
    assert not folder.exists()
    with pytest.raises(CatalogError, match="cannot name a work folder"):
        catalogue.work("analyze", "../..")


def test_the_state_file_holds_only_what_is_published(catalogue):
    snapshot = published(catalogue, "one")
    value = json.loads((catalogue.root / "catalog.json").read_text())
    assert value == {"format": 1, "tables": {"problems": snapshot}, "model": None, "index": None}


def rows_of(catalogue, table, values):
    staging = catalogue.stage(table)
    pq.write_table(pa.Table.from_pylist(values, schema=TABLES[table]), staging / "part.parquet")
    catalogue.publish({table: catalogue.seal(table, staging, inputs={}, parameters={})})


def test_where_there_is_nothing_to_hear_no_command_is_said_to_help(tmp_path):
    catalogue = Catalogue.create(tmp_path / "two words")
    rows_of(catalogue, "tracks", [{"track_id": "a", "row": 0}])
    for ask in (lambda: catalogue.path("embeddings"), catalogue.index_path):
        with pytest.raises(CatalogError, match="since no track has audio; `unisono run` takes folders of audio"):
            ask()
    rows_of(catalogue, "tracks", [{"track_id": "a", "row": 0, "audio_file": "a.ogg"}])
    with pytest.raises(CatalogError, match=r"no search index yet; run: unisono analyze --catalog '.*two words'"):
        catalogue.index_path()
    rows_of(catalogue, "embeddings", [{"track_id": "a", "row": 0, "vector": None}])
    with pytest.raises(CatalogError, match="since no audio could be analysed; `unisono export problems`"):
        catalogue.index_path()
    rows_of(catalogue, "embeddings", [{"track_id": "a", "row": 0, "vector": [1.0]}])
    with pytest.raises(CatalogError, match="no search index yet; run: unisono index"):
        catalogue.index_path()
