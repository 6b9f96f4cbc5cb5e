"""What a run did: parameters, counts, seconds, errors and skipped work per stage, in `runs/<run>.json`.

The record is rewritten atomically at the start and end of every stage, so that a killed run leaves what it had done,
with status "running" and the process id it had. On a full disk it is written over the one that stands there, in fewer
bytes. Versions are read from the installed packages without importing them.
"""

import errno
import importlib.metadata
import json
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from catalog.atomic import write_json
from catalog.snapshots import new_id

_PACKAGES = ("unisono", "numpy", "pyarrow", "pyspark", "torch", "faiss-cpu")
RUNNING, DONE, FAILED = "running", "done", "failed"
FULL = (errno.ENOSPC, errno.EDQUOT)
"""What a full disk answers."""

_SHOWN = 200
"""Letters of an error that a full disk still holds."""


@dataclass
class Stage:
    """One part of a run. `seconds` is wall-clock time; `skipped` says why nothing had to be done."""

    name: str
    status: str = RUNNING
    started: str = ""
    seconds: float = 0.0
    counts: dict[str, int | float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    skipped: str | None = None

    def count(self, name: str, value: int | float) -> None:
        """Record how many; a second value under one name replaces the first."""
        self.counts[name] = value

    def skip(self, reason: str) -> None:
        """Say that the stage was left out, and why."""
        self.skipped = reason

    def error(self, message: str) -> None:
        """Record an error that did not end the stage."""
        self.errors.append(message)


@dataclass
class Run:
    """The record of one command; a context manager that ends as "done", or "failed" with the error that left it."""

    run: str
    folder: Path
    command: str
    parameters: dict[str, Any]
    status: str = RUNNING
    started: str = ""
    seconds: float = 0.0
    process: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)  # bytes at peak, by process: "driver", "worker" ...
    stages: list[Stage] = field(default_factory=list)
    error: str | None = None
    _began: float = field(default_factory=time.perf_counter, repr=False)

    @classmethod
    def start(cls, folder: Path, command: str, parameters: dict[str, Any]) -> "Run":
        """Begin a run and write its first record into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        run = cls(new_id(), folder, command, parameters, started=_now(), process=os.getpid(), environment=environment())
        run.save()
        return run

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Time one stage; an exception marks it failed, is recorded, and goes on."""
        stage, began = Stage(name, started=_now()), time.perf_counter()
        self.stages.append(stage)
        self.save()
        try:
            yield stage
            stage.status = DONE
        except BaseException as error:
            self._locate(error)
            stage.status = FAILED
            stage.error(_sentence(error))
            raise
        finally:
            stage.seconds = round(time.perf_counter() - began, 3)
            self.save()

    def peak(self, process: str, size: int) -> None:
        """Record the peak memory of a process, in bytes; the largest value stays."""
        self.memory[process] = max(size, self.memory.get(process, 0))

    def save(self) -> None:
        """Rewrite the record."""
        self.seconds = round(time.perf_counter() - self._began, 3)
        value = asdict(self)
        for private in ("folder", "_began"):
            del value[private]
        path = self.folder / f"{self.run}.json"
        try:
            write_json(path, value)
        except OSError as error:
            if error.errno not in FULL or not path.exists():
                raise
            _overwrite(path, value)

    def _locate(self, error: BaseException) -> None:
        """Let the error of a full disk name the folder on it: the catalogue's, or that of temporary files."""
        if isinstance(error, OSError) and error.errno in FULL and not error.filename:
            places = self.folder.parent, Path(tempfile.gettempdir())
            error.filename = str(min(places, key=lambda place: shutil.disk_usage(place).free))

    def __enter__(self) -> "Run":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.status = FAILED if error else DONE
        self.error = _sentence(error) if error else None
        self.peak("driver", peak_memory())
        self.save()


def _overwrite(path: Path, value: dict[str, Any]) -> None:
    """Write JSON without line ends, and with the beginnings of long errors, over longer JSON, which takes no room."""
    short = value | {"error": value["error"] and value["error"][:_SHOWN]}
    short["stages"] = [stage | {"errors": [text[:_SHOWN] for text in stage["errors"]]} for stage in value["stages"]]
    text = json.dumps(short, sort_keys=True, separators=(",", ":"), default=str).encode()
    if len(text) <= path.stat().st_blocks * 512:
        with path.open("r+b") as file:
            file.write(text)
            file.truncate()


def read_runs(folder: Path) -> list[dict[str, Any]]:
    """The records of all runs, oldest first; a damaged record is left out."""
    records = []
    for path in sorted(folder.glob("*.json")):
        with suppress(ValueError):
            record = json.loads(path.read_text(encoding="utf-8"))
            records += [record] if isinstance(record, dict) and "run" in record else []
    return records


def environment() -> dict[str, str]:
    """Versions of Python, the platform and the packages that results depend on; a package not installed is left out."""
    versions = {"python": platform.python_version(), "platform": platform.platform()}
    for package in _PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def peak_memory() -> int:
    """Largest resident size of this process so far, in bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _sentence(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
