import logging
import os
import signal
import subprocess
import sys
import zipfile
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from catalog.schema import TABLES
from jobs import interruption
from jobs import spark as spark_job
from jobs.columns import read_parquet
from jobs.spark import PACKAGES, default_memory, is_local, pack, session, settings


def test_workers_import_our_packages_with_one_thread_each(spark):
    def look(batches):
        import catalog.schema

        for _ in batches:
            seen = [catalog.schema.__name__, sys.executable, os.environ["OMP_NUM_THREADS"]]
            yield pa.RecordBatch.from_pydict({"seen": [" ".join(seen)]})

    rows = spark.range(1).mapInArrow(look, "seen string").collect()
    assert {row.seen for row in rows} == {f"catalog.schema {sys.executable} 1"}


def test_session_within_a_session_is_the_same_and_stays(spark):
    with session(master="local[1]", app="another") as inner:
        assert inner is spark
    assert spark.range(3).count() == 3


def test_spark_keeps_utc_arrow_and_adaptive_plans(spark):
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    assert spark.conf.get("spark.sql.execution.arrow.pyspark.enabled") == "true"
    assert spark.conf.get("spark.sql.adaptive.enabled") == "true"
    assert spark.sparkContext.uiWebUrl is None


@pytest.mark.parametrize("table", sorted(TABLES))
def test_tables_survive_the_way_to_spark_and_back(table):
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    back = to_arrow_schema(from_arrow_schema(TABLES[table]))
    assert back.names == TABLES[table].names
    assert [spark_names(field.type) for field in back] == [spark_names(field.type) for field in TABLES[table]]


def spark_names(kind):
    """A type as text, less the names that Spark gives to the items of lists."""
    return str(kind).replace("element: ", "item: ").replace(" not null", "")


@pytest.mark.parametrize(
    ("master", "local"),
    [("local", True), ("local[*]", True), ("local[4]", True), ("local-cluster[2,1,1024]", False), ("yarn", False)],
)
def test_only_one_process_is_local(master, local):
    assert is_local(master) is local


def test_local_settings_keep_to_this_machine(tmp_path):
    chosen = settings(master="local[*]", memory="2GB", scratch=tmp_path)
    assert chosen["spark.driver.memory"] == "2048m"  # Java takes no "2GB"
    assert chosen["spark.driver.host"] == chosen["spark.driver.bindAddress"] == "127.0.0.1"
    assert "spark.archives" not in chosen


def test_cluster_settings_ship_the_packages(tmp_path):
    chosen = settings(master="spark://host:7077", memory=None, scratch=tmp_path)
    archive, _, folder = chosen["spark.archives"].partition("#")
    assert archive == (tmp_path / "unisono-packages.zip").as_uri()
    assert folder == chosen["spark.executorEnv.PYTHONPATH"]
    assert "spark.driver.host" not in chosen


def test_files_older_than_zip_archives_are_shipped(tmp_path, monkeypatch):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "old.py").write_text("")
    os.utime(tmp_path / "jobs" / "old.py", (0, 0))  # as reproducible installations have it
    monkeypatch.setattr(spark_job, "ROOT", tmp_path)
    assert zipfile.ZipFile(pack(tmp_path)).namelist() == ["jobs/old.py"]


@pytest.mark.parametrize("name", ["Best: of", "x{1}[2]: c*?"])
def test_tables_are_read_wherever_they_lie(spark, tmp_path, name):
    folder = tmp_path / name / "table"
    (folder / "inside").mkdir(parents=True)
    pq.write_table(pa.table({"a": [1, 2]}), folder / "part-0.parquet")
    pq.write_table(pa.table({"a": [3]}), folder / "inside" / "part-0.parquet")
    for half in ("_part-1.parquet", ".part-1.parquet", "manifest.json"):
        (folder / half).write_bytes(b"half")
    assert read_parquet(spark, folder, pa.schema([("a", pa.int64())])).count() == 2


def test_shipped_packages_work_without_the_project(tmp_path):
    with zipfile.ZipFile(pack(tmp_path)) as archive:
        archive.extractall(tmp_path / "executor")
    code = f"import importlib\nfor name in {PACKAGES}: print(importlib.import_module(name).__file__)"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": "executor", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    files = answer.stdout.split()
    assert len(files) == len(PACKAGES)
    assert all(file.startswith(str(tmp_path)) for file in files)


@pytest.mark.parametrize(("gib", "chosen"), [(2, "1024m"), (16, "4096m"), (256, "16384m")])
def test_driver_takes_a_quarter_within_bounds(monkeypatch, gib, chosen):
    monkeypatch.setattr(spark_job, "memory_bytes", lambda: gib * 2**30)
    assert default_memory() == chosen


def test_interruption_is_ours_and_py4j_is_silent(spark, caplog):
    handler = signal.getsignal(signal.SIGINT)  # ignored where the tests run in the background
    assert not getattr(handler, "__module__", "").startswith("pyspark")
    logging.getLogger("py4j.clientserver").error("lost")
    assert caplog.text == ""


def test_py4j_is_silent_while_spark_starts(monkeypatch, caplog):
    """PySpark's handler of Ctrl-C calls the JVM, which fails and is logged at length."""
    logger = logging.getLogger("py4j")
    caplog.set_level(logging.NOTSET, "py4j")

    def interrupted(builder):
        logger.error("lost")
        raise KeyboardInterrupt

    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    monkeypatch.setattr(SparkSession.Builder, "getOrCreate", interrupted)
    with pytest.raises(KeyboardInterrupt), session(memory="1g"):
        pass
    assert caplog.text == ""


def test_ctrl_c_that_an_import_swallows_ends_the_command_when_spark_has_started():
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        interruption.remember_interruptions()
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), interruption.interruption_put_off():
            pass
        with suppress(KeyboardInterrupt), interruption.interruption_put_off():
            return  # what was answered is forgotten
        pytest.fail("interrupted twice")
    finally:
        signal.signal(signal.SIGINT, handler)
        interruption._came.clear()


def test_ctrl_c_while_spark_starts_waits_and_stops_what_was_started(monkeypatch):
    """PySpark, interrupted while it waits for Java, would leave it running."""
    told, handler = [], signal.signal(signal.SIGINT, signal.default_int_handler)

    def starting(builder):
        signal.raise_signal(signal.SIGINT)
        told.append("started")

    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: "session" if told else None)
    monkeypatch.setattr(SparkSession.Builder, "getOrCreate", starting)
    monkeypatch.setattr(spark_job, "_stop", told.append)
    try:
        with pytest.raises(KeyboardInterrupt), session(memory="1g"):
            pass
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, handler)
    assert told == ["started", "session"]
