import errno
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from catalog import runs
from catalog.runs import Run, environment, peak_memory, read_runs

PROJECT = Path(__file__).resolve().parents[2]


def test_a_run_records_what_its_stages_did(tmp_path):
    with Run.start(tmp_path, "run", {"sources": ["a.csv"]}) as run:
        with run.stage("ingest") as stage:
            stage.count("tracks", 12)
            stage.error("a.csv:7: no title")
        with run.stage("analyze") as stage:
            stage.skip("inputs unchanged")
        run.peak("worker", 100)
        run.peak("worker", 50)
    (record,) = read_runs(tmp_path)
    ingest, analyze = record["stages"]
    assert (record["status"], record["command"], record["parameters"]) == ("done", "run", {"sources": ["a.csv"]})
    assert (ingest["counts"], ingest["errors"], ingest["status"]) == ({"tracks": 12}, ["a.csv:7: no title"], "done")
    assert analyze["skipped"] == "inputs unchanged"
    assert 0 <= ingest["seconds"] <= record["seconds"]
    assert record["memory"]["worker"] == 100
    assert record["memory"]["driver"] > 1 << 20


def test_a_failing_stage_fails_the_run_and_the_error_goes_on(tmp_path):
    with (
        pytest.raises(ValueError, match="broken"),
        Run.start(tmp_path, "dedup", {}) as run,
        run.stage("candidates"),
    ):
        raise ValueError("broken")
    (record,) = read_runs(tmp_path)
    assert (record["status"], record["error"]) == ("failed", "ValueError: broken")
    assert record["stages"][0]["status"] == "failed"


def test_a_killed_run_leaves_what_it_did(tmp_path):
    body = (
        "import os, signal, sys; from pathlib import Path; from catalog.runs import Run\n"
        "with Run.start(Path(sys.argv[1]), 'run', {}) as run:\n"
        "    with run.stage('ingest') as stage: stage.count('tracks', 3)\n"
        "    with run.stage('analyze'): os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", body, tmp_path], cwd=PROJECT, check=False)
    assert done.returncode == -signal.SIGKILL
    (record,) = read_runs(tmp_path)
    assert record["status"] == "running"
    assert [stage["status"] for stage in record["stages"]] == ["done", "running"]
    assert record["stages"][0]["counts"] == {"tracks": 3}


def test_runs_come_oldest_first_and_damaged_records_are_left_out(tmp_path):
    for command in ("ingest", "dedup"):
        with Run.start(tmp_path, command, {}):
            pass
    for number, text in enumerate(("{", "[]", "null", "{}", '"run"')):
        (tmp_path / f"broken{number}.json").write_text(text)
    assert [record["command"] for record in read_runs(tmp_path)] == ["ingest", "dedup"]
    assert json.loads(next(tmp_path.glob("2*.json")).read_text())["process"] == os.getpid()


def test_environment_and_memory_are_those_of_this_process():
    assert environment()["python"] == ".".join(map(str, sys.version_info[:3]))
    assert peak_memory() > 10 << 20


def test_a_full_disk_is_named_and_the_record_is_written_over_the_one_that_stands_there(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def run():
        with Run.start(tmp_path / "runs", "run", {}) as started, started.stage("ingest") as stage:
            stage.error("x" * 10_000)
            monkeypatch.setattr(runs, "write_json", full)
            monkeypatch.setattr(runs.tempfile, "gettempdir", lambda: str(tmp_path))
            full()

    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        run()
    (record,) = read_runs(tmp_path / "runs")
    assert (record["status"], record["stages"][0]["status"]) == ("failed", "failed")
    assert "No space left on device" in record["error"]
    assert len(record["stages"][0]["errors"][0]) < 1000
