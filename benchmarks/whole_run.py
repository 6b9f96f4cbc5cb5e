"""`unisono run` as a user runs it: a fresh process, timed and measured as a whole."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.memory import watch
from catalog.store import Catalogue
from jobs.evaluate_clusters import recordings

UNISONO = str(Path(sys.executable).with_name("unisono"))
EVERYTHING = "everything together"
LAST_LINES = 2000
"""Characters of a failed command's messages that are shown."""


@dataclass(frozen=True)
class Measured:
    """Wall-clock seconds and peak resident bytes of one command, with all processes that it started."""

    seconds: float
    peak: int


@dataclass(frozen=True)
class Outcome:
    """What a run took and gave.

    `stages`: name -> seconds; `counts`: what they counted; `scores`: pairs of recordings.
    """

    whole: Measured
    stages: dict[str, float]
    counts: dict[str, float]
    scores: dict[str, float] = field(default_factory=dict)

    @property
    def cleaning_s(self) -> float:
        """Seconds in which sources were read and cleaned, the start of the Java machine included."""
        return self.stages["ingest"]


def measured(command: Sequence[str]) -> Measured:
    """Run a command and watch its processes. Raises RuntimeError with its last messages where it fails."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        peak = watch(process)[EVERYTHING]
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}\n{said.read().decode(errors='replace')[-LAST_LINES:]}")
    return Measured(time.perf_counter() - began, peak)


def unisono(sources: Sequence[Path], catalogue: Path, *options: str, truth: Path | None = None) -> Outcome:
    """Run sources into a new catalogue with `options`; scored where the truth is given."""
    whole = measured([UNISONO, "run", *map(str, sources), "--catalog", str(catalogue), *options])
    opened = Catalogue.open(catalogue)
    stages = [stage for run in opened.runs() for stage in run["stages"]]
    scores = recordings(truth, opened).scores["recording: pairs"] if truth else {}
    return Outcome(whole, _seconds(stages), _counts(stages), scores)


def has_option(option: str) -> bool:
    """Whether `unisono run` knows an option."""
    shown = subprocess.run([UNISONO, "run", "--help"], capture_output=True, text=True, check=True).stdout
    return option in shown


def _seconds(stages: list[dict[str, Any]]) -> dict[str, float]:
    return {stage["name"]: float(stage["seconds"]) for stage in stages}


def _counts(stages: list[dict[str, Any]]) -> dict[str, float]:
    """Counts of all stages; those of a stage that bear another's name replace it."""
    return {name: value for stage in stages for name, value in stage["counts"].items()}
