"""The Spark session: started once, quiet, on this machine or on a cluster.

On this machine (`local[*]`) the driver is everything: it takes a quarter of the memory, because the Python workers and
their models need the rest. On a cluster the packages and models travel as one archive, which every executor unpacks
into its working folder; the libraries they import (see `pyproject.toml`) must be installed there, for the Python that
`PYSPARK_PYTHON` names.
"""

import os
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.errors import SetupError
from jobs.class_archive import class_archive
from jobs.interruption import interruption_put_off, silence_py4j
from jobs.java import find_java, wrap
from jobs.machine import GIB, cores, memory_bytes
from jobs.options import bytes_of

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyspark.sql import SparkSession

PACKAGES = ("catalog", "audio", "embeddings", "dedup", "jobs", "service", "models")
ROOT = Path(__file__).resolve().parents[1]
_keeper: ContextVar[ExitStack | None] = ContextVar("keeper", default=None)
LOG_SETTINGS = Path(__file__).parent / "templates" / "log4j2.properties"
_QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""The driver plans and moves bytes; what costs time runs in Python. Compiling less, and one thread that collects
garbage, start it in two thirds of the time and leave the cores to the workers."""

ARCHIVE_NAME = "unisono-packages"
JAVA_OPTIONS = "spark.driver.extraJavaOptions"


@contextmanager
def session(*, master: str = "local[*]", app: str = "unisono", memory: str | None = None) -> Iterator["SparkSession"]:
    """Yield the session of this process, starting it where there is none and stopping it where it was started.

    A job inside another (`run` calls `dedup`) therefore shares its caller's. `memory` is the driver's, such as `4g`.
    Raises `SetupError` when no Java is found or Spark does not start.
    """
    from pyspark.sql import SparkSession

    if active := SparkSession.getActiveSession():
        yield active
        return
    fresh = _fresh(master=master, app=app, memory=memory)
    if keeper := _keeper.get():
        yield keeper.enter_context(fresh)
        return
    with fresh as started:
        yield started


@contextmanager
def keep_session() -> Iterator[None]:
    """Let the jobs in the body share one session, started by the first that needs one and stopped at the end."""
    with ExitStack() as keeper:
        token = _keeper.set(keeper)
        try:
            yield
        finally:
            _keeper.reset(token)


@contextmanager
def _fresh(*, master: str, app: str, memory: str | None) -> Iterator["SparkSession"]:
    """A session of its own, stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="unisono-") as scratch:
        started = _start(settings(master=master, memory=memory, scratch=Path(scratch)), master=master, app=app)
        try:
            yield started
        finally:
            _stop(started)


def settings(*, master: str, memory: str | None, scratch: Path) -> dict[str, str]:
    """Return Spark's configuration for `master`; `scratch` is a folder that lives as long as the session."""
    common = {
        "spark.driver.memory": f"{bytes_of(memory) // 2**20}m" if memory else default_memory(),
        JAVA_OPTIONS: " ".join([f"-Dlog4j2.configurationFile={LOG_SETTINGS.as_uri()}", *_QUICK_START]),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.warehouse.dir": (scratch / "warehouse").as_uri(),
        **{f"spark.executorEnv.{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")},
    }
    return common | (_local() if is_local(master) else _cluster(scratch))


def warm_up(active: "SparkSession") -> None:
    """Start the Python workers, a task for each core, so that the first stage need not wait for them."""
    cores_used = active.sparkContext.defaultParallelism
    active.range(0, cores_used, 1, cores_used).mapInArrow(_pass, "id long").collect()


def _pass(batches: Iterator["RecordBatch"]) -> Iterator["RecordBatch"]:
    """Hand on what comes; the worker has then imported Arrow."""
    yield from batches


def is_local(master: str) -> bool:
    """Say whether `master` runs everything inside this process's JVM."""
    return master == "local" or master.startswith("local[")


def default_memory() -> str:
    """Return a quarter of this machine's memory, at least 1 and at most 16 GiB, as Spark writes it."""
    return f"{min(max(memory_bytes() // 4, GIB), 16 * GIB) // 2**20}m"


def pack(folder: Path) -> Path:
    """Write the archive of our packages and models that executors unpack, and return it."""
    archive = folder / f"{ARCHIVE_NAME}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as file:
        for package in PACKAGES:
            for path in sorted((ROOT / package).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    file.write(path, path.relative_to(ROOT))
    return archive


def _local() -> dict[str, str]:
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": tempfile.gettempdir(),
        "spark.sql.shuffle.partitions": str(8 * cores()),  # adaptive execution joins what turns out small
        "spark.executorEnv.PYTHONPATH": str(ROOT),
    }


def _cluster(scratch: Path) -> dict[str, str]:
    return {
        "spark.archives": f"{pack(scratch).as_uri()}#{ARCHIVE_NAME}",
        "spark.executorEnv.PYTHONPATH": ARCHIVE_NAME,  # relative to the executor's working folder
    }


def _stop(active: "SparkSession") -> None:
    with warnings.catch_warnings():  # after an interruption the JVM may be gone already, which is what is wanted
        warnings.filterwarnings("ignore", "Unable to cleanly shutdown Spark JVM", RuntimeWarning)
        active.stop()


def _start(options: dict[str, str], *, master: str, app: str) -> "SparkSession":
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    java = find_java()
    if is_local(master):
        options = options | {JAVA_OPTIONS: " ".join([options[JAVA_OPTIONS], *class_archive(java)])}
    os.environ["JAVA_HOME"] = str(wrap(java))
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    if is_local(master):
        os.environ["PYSPARK_PYTHON"] = sys.executable
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master(master).appName(app)
    for name, value in options.items():
        builder = builder.config(name, value)
    silence_py4j()
    try:
        with interruption_put_off():
            started = builder.getOrCreate()
    except KeyboardInterrupt:
        if active := SparkSession.getActiveSession():
            _stop(active)
        raise
    except PySparkRuntimeError as error:
        raise SetupError(
            f"Spark did not start with Java {java.version} of {java.home} ({error}): see the lines above; "
            "`unisono doctor --spark` tries again"
        ) from error
    return started
