"""Workers store what they analysed as they go, and analyse nothing that is stored."""

import shutil
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile as sf

from audio.decode import DecodeLimits
from catalog.errors import ModelError
from catalog.store import Catalogue
from embeddings.config import ModelConfig
from embeddings.encode import released_model
from embeddings.model import Net
from embeddings.weights import save_model
from jobs import analysis
from jobs.analysis import ANALYSED, FILES, STATUS, ShardWriter, analyse_batches, analyse_file, stamp_of
from jobs.analyze import analyze, analyze_stage, check_model, model_digest
from jobs.ingest import ingest
from jobs.options import AnalyzeOptions, IngestOptions, SparkOptions
from jobs.progress import stored_files
from tests.jobs.small_world import RATE, melody

LIMITS = DecodeLimits()


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    for number in range(5):
        sf.write(folder / f"{number}.wav", melody(number, 5.0), RATE)
    return [str(folder / f"{number}.wav") for number in range(5)]


@pytest.fixture
def analysed(monkeypatch):
    """Paths that were really analysed, by an analysis that costs nothing."""
    done = []

    def instead(path, model, limits):
        done.append(path)
        return {"model": "m", "seconds": 5.0, "hop_s": 1.0, "codes": b"", "audible": b"", "vector": None, "faults": []}

    monkeypatch.setattr(analysis, "analyse_file", instead)
    return done


def batch(paths, stamps=None):
    rows = [{"audio_file": path, "stamps": (stamps or {}).get(path)} for path in paths]
    return pa.RecordBatch.from_pylist(rows, schema=FILES)


def stored(folder):
    shards = [pq.read_table(path) for path in folder.glob("shard-*.parquet")]
    return pa.concat_tables(shards).to_pylist() if shards else []


def work(paths, folder, stamps=None):
    batches = analyse_batches(iter([batch(paths, stamps)]), folder=str(folder), model="m", limits=LIMITS)
    return [row for found in batches for row in found.cast(STATUS).to_pylist()]


def test_every_file_is_stored_once_with_its_stamp(music, analysed, tmp_path):
    status = work(music, tmp_path)
    assert analysed == music
    assert {row["audio_file"] for row in stored(tmp_path)} == set(music)
    assert stored_files(tmp_path) == 5
    assert all(row["file_size"] == stamp_of(Path(path))["file_size"] for row, path in zip(status, music, strict=True))


def test_what_is_stored_is_not_analysed_again_unless_it_changed(music, analysed, tmp_path):
    stamps = {path: [stamp_of(Path(path))] for path in music[:3]}
    sf.write(music[0], melody(9, 6.0), RATE)
    status = work(music, tmp_path, stamps)
    assert analysed == [music[0], music[3], music[4]]
    assert [row["reused"] for row in status] == [False, True, True, False, False]


def test_a_worker_that_dies_loses_only_what_came_after_its_last_shard(music, monkeypatch, tmp_path):
    monkeypatch.setattr(analysis, "SHARD_FILES", 2)

    def dies(path, model, limits):
        if path == music[4]:
            raise KeyboardInterrupt
        return {"model": "m", "seconds": 5.0, "hop_s": 1.0, "codes": b"", "audible": b"", "vector": None, "faults": []}

    monkeypatch.setattr(analysis, "analyse_file", dies)
    with pytest.raises(KeyboardInterrupt):
        work(music, tmp_path)
    assert {row["audio_file"] for row in stored(tmp_path)} == set(music[:4])
    assert not list(tmp_path.glob("_*"))


def test_a_shard_being_written_is_no_data(tmp_path):
    writer = ShardWriter(tmp_path)
    writer.flush()
    assert not list(tmp_path.iterdir())
    (tmp_path / "_shard-00-3.parquet").write_bytes(b"half")
    assert stored_files(tmp_path) == 0


def test_what_is_wrong_with_a_file_is_a_fault_not_an_exception(tmp_path):
    sf.write(tmp_path / "clip.wav", melody(1, 1.0), RATE)
    sf.write(tmp_path / "silent.wav", np.zeros(8 * RATE), RATE)
    (tmp_path / "empty.mp3").write_bytes(b"")
    (tmp_path / "text.mp3").write_text("not music at all\n" * 50)
    expected = {"clip.wav": "audio_too_short", "silent.wav": "audio_silent", "empty.mp3": "audio_empty",
                "text.mp3": "audio_not_audio", "absent.mp3": "audio_missing"}  # fmt: skip
    for name, code in expected.items():
        row = analyse_file(str(tmp_path / name), str(released_model()), LIMITS)
        assert [fault["code"] for fault in row["faults"]] == [code]
        assert name in row["faults"][0]["message"]
        pa.RecordBatch.from_pylist([{"audio_file": name, "file_size": 0, "file_mtime_ns": 0, **row}], schema=ANALYSED)


def test_a_folder_without_weights_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="is no model"):
        model_digest(tmp_path)
    assert model_digest(released_model()) == model_digest(released_model())


def test_a_damaged_model_is_found_before_spark_starts(monkeypatch, tmp_path):
    model = Path(shutil.copytree(released_model(), tmp_path / "mine"))
    (model / "weights.safetensors").write_bytes((model / "weights.safetensors").read_bytes()[:-1000])
    monkeypatch.setattr("jobs.analyze.audio_stamps", lambda catalogue: {"files": 1, "digest": ""})
    monkeypatch.setattr("jobs.analyze.session", lambda **given: pytest.fail("Spark was started"))
    catalogue = SimpleNamespace(path=lambda name: Path(name), is_current=lambda *names, **origin: False)
    run = SimpleNamespace(stage=lambda name: nullcontext(SimpleNamespace()))
    with pytest.raises(ModelError, match=r"weights.safetensors is damaged"):
        analyze_stage(catalogue, run, AnalyzeOptions(model=model), SparkOptions())


def test_a_good_file_has_codes_and_a_vector(music):
    row = analyse_file(music[0], str(released_model()), LIMITS)
    assert row["faults"] == []
    assert len(row["codes"]) == 16 * len(row["audible"]) > 0
    assert np.linalg.norm(row["vector"]) == pytest.approx(1, abs=1e-3)


def test_a_file_that_may_be_read_at_last_is_analysed(music, analysed, monkeypatch, tmp_path):
    with monkeypatch.context() as patched:
        patched.setattr(analysis.os, "access", lambda path, mode: False)
        refused = {path: [stamp_of(Path(path))] for path in music}
    status = work(music, tmp_path, refused)
    assert analysed == music
    assert not any(row["reused"] for row in status)


def test_a_steady_tone_is_not_called_silence_throughout(tmp_path):
    sf.write(tmp_path / "tone.wav", 0.3 * np.sin(np.arange(8 * RATE) * 0.2), RATE)
    [fault] = analyse_file(str(tmp_path / "tone.wav"), str(released_model()), LIMITS)["faults"]
    assert fault["code"] == "audio_silent"
    assert "a steady tone" in fault["message"]


def test_what_was_heard_of_files_waits_while_their_disk_is_not_there(spark, tmp_path):
    source, audio, local = tmp_path / "songs.csv", tmp_path / "audio", SparkOptions(master="local[2]")
    audio.mkdir()
    for number in (0, 1):
        sf.write(audio / f"{number}.wav", melody(number, 6.0), RATE)
    catalogue = Catalogue.create(tmp_path / "cat")

    def day(title):
        source.write_text(f"title,audio_path\n{title},audio/0.wav\nOther,audio/1.wav\n")
        ingest(catalogue.root, [source], IngestOptions(), local)
        analyze(catalogue.root, AnalyzeOptions(), local)
        catalogue.reload()
        heard = catalogue.read("segments", ["audio_file", "file_size", "codes"]).sort_by("audio_file").to_pylist()
        return heard, catalogue.runs()[-1]["stages"][0]["counts"]["reused"]

    first, _ = day("One")
    audio.rename(tmp_path / "unmounted")
    for title in ("Two", "Three"):
        assert [row["codes"] for row in day(title)[0]] == [b"", b""]
    (tmp_path / "unmounted").rename(audio)
    assert day("Four") == (first, 2)
    (waiting,) = (catalogue.root / "work" / "analyze").iterdir()
    assert not sum(pq.read_metadata(path).num_rows for path in waiting.glob("*.parquet"))


def test_a_file_that_goes_away_while_it_is_analysed_is_heard_when_it_is_back(music, monkeypatch, tmp_path):
    def vanishes(path, model, limits):
        kept = Path(path).rename(tmp_path / "away")
        faults = analyse_file(path, str(released_model()), limits)
        kept.rename(path)  # same size, same time of change
        return faults

    monkeypatch.setattr(analysis, "analyse_file", vanishes)
    (status,) = work(music[:1], tmp_path)
    (row,) = stored(tmp_path)
    assert [fault["code"] for fault in row["faults"]] == ["audio_missing"]
    stamp = {name: row[name] for name in ("file_size", "file_mtime_ns")}
    assert stamp == {name: status[name] for name in stamp}
    assert stamp_of(Path(music[0])) != stamp


def test_what_was_heard_of_a_source_waits_while_part_of_it_is_not_there(spark, tmp_path, monkeypatch):
    music, local = tmp_path / "music", SparkOptions(master="local[2]")
    for number, folder in enumerate("ab"):
        (music / folder).mkdir(parents=True)
        sf.write(music / folder / "song.wav", melody(number, 6.0), RATE)
    catalogue = Catalogue.create(tmp_path / "cat")

    def day():
        ingest(catalogue.root, [music], IngestOptions(), local)
        analyze(catalogue.root, AnalyzeOptions(), local)
        catalogue.reload()
        (waiting,) = (catalogue.root / "work" / "analyze").iterdir()
        kept = sum(pq.read_metadata(path).num_rows for path in waiting.glob("*.parquet"))
        return catalogue.runs()[-1]["stages"][0]["counts"]["reused"], catalogue.count("segments"), kept

    assert day() == (0, 2, 0)
    (music / "b").rename(tmp_path / "unmounted")
    assert day() == (1, 1, 1)
    (music / "a" / "song.wav").touch()  # another night without it
    assert day() == (0, 1, 1)
    (tmp_path / "unmounted").rename(music / "b")
    assert day() == (2, 2, 0)
    (music / "b").rename(tmp_path / "unmounted")
    monkeypatch.setattr("jobs.analyze.KEPT_DAYS", 0)
    assert day() == (1, 1, 0)


def test_a_model_that_was_moved_and_renamed_hears_nothing_again(spark, tmp_path):
    music, local = tmp_path / "music", SparkOptions(master="local[2]")
    music.mkdir()
    sf.write(music / "song.wav", melody(1, 6.0), RATE)
    catalogue = Catalogue.create(tmp_path / "cat")
    ingest(catalogue.root, [music], IngestOptions(), local)
    model = Path(shutil.copytree(released_model(), tmp_path / "mine"))
    for folder, reused in ((tmp_path / "mine", 0), (tmp_path / "best", 1)):
        model = model.rename(folder)
        analyze(catalogue.root, AnalyzeOptions(model=model), local)
        catalogue.reload()
        assert catalogue.runs()[-1]["stages"][0]["counts"]["reused"] == reused
        assert catalogue.read("segments", ["model"]).column("model").to_pylist() == [folder.name]
        assert catalogue.manifest("embeddings").parameters["model_folder"] == str(folder)


def test_a_model_with_codes_of_another_size_is_refused(tmp_path):
    save_model(Net(ModelConfig(identity=64)).eval(), tmp_path / "short")
    with pytest.raises(ModelError, match="codes of 64 bits, but catalogues hold codes of 128"):
        check_model(tmp_path / "short")
    model = Path(shutil.copytree(released_model(), tmp_path / "mine"))
    settings = (model / "config.json").read_text()
    (model / "config.json").write_text(settings.replace('"identity": 128', '"identity": 64'))
    with pytest.raises(ModelError, match="heads of other sizes"):
        check_model(model)
