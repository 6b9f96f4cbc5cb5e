"""The parameters of every job: one frozen dataclass each, made by the command line and passed down as an argument."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from catalog.errors import UsageError

LEAST_MEMORY = 512 * 2**20
"""Bytes with which Spark's driver starts."""

_MASTERS = ("local", "spark://", "k8s://")
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


@dataclass(frozen=True)
class SparkOptions:
    """Where Spark runs: its master URL, and the driver's memory (`4g`; by default a quarter of this machine's)."""

    master: str = "local[*]"
    memory: str | None = None

    def __post_init__(self) -> None:
        """Raises UsageError where Spark would not start: it says so in the middle of a run, with pages of Java."""
        if self.master != "yarn" and not self.master.startswith(_MASTERS):
            raise UsageError(f"--master {self.master!r}: write local[*], spark://HOST:PORT, k8s://URL or yarn")
        if self.memory is not None and bytes_of(self.memory) < LEAST_MEMORY:
            raise UsageError(f"--memory {self.memory}: Spark needs 512MB at least")


@dataclass(frozen=True)
class IngestOptions:
    """How sources are read.

    `columns` maps their column names to ours; `source_name` names the source where a file does not say it;
    `unique_within` is `"source"` where every source promises to list a recording once, which deduplication then knows;
    without `audio` the tracks' audio files are not looked at.
    """

    columns: dict[str, str] = field(default_factory=dict)
    source_name: str | None = None
    unique_within: str | None = None
    audio: bool = True


@dataclass(frozen=True)
class AnalyzeOptions:
    """How audio is embedded: the model folder (by default the released one), seconds read of a file and spent on it."""

    model: Path | None = None
    max_seconds: float = 10_800.0
    timeout_s: float = 600.0

    def __post_init__(self) -> None:
        """Raises UsageError where a limit is no number of seconds."""
        for name in ("max_seconds", "timeout_s"):
            if not isfinite(getattr(self, name)):
                raise UsageError(f"{name} is {getattr(self, name)}; give a number of seconds")


@dataclass(frozen=True)
class DedupOptions:
    """How duplicates are decided: the promise of a source, and the share of merged pairs that may be wrong.

    Without `artists`, credits are not resolved to artists. `labels`: a file of labelled pairs, used beside reviewers'
    decisions. `truth`: right answers, of which the recall of the candidates is counted; they decide nothing.
    """

    unique_within: str | None = None
    false_merge_rate: float = 1e-3
    artists: bool = True
    labels: Path | None = None
    truth: Path | None = None


@dataclass(frozen=True)
class IndexOptions:
    """What the search index must reach: recall at 10 against exact search, and the memory that its codes may take."""

    recall: float = 0.95
    memory: str = "2GB"

    def __post_init__(self) -> None:
        """Raises UsageError where it cannot be meant: now, and not when all stages before the index are done."""
        if not 0 < self.recall <= 1:
            raise UsageError(f"recall is {self.recall}; it must be above 0 and at most 1")
        bytes_of(self.memory)


Options = SparkOptions | IngestOptions | AnalyzeOptions | DedupOptions | IndexOptions


def recorded(sources: Sequence[Path], *options: Options) -> dict[str, Any]:
    """What a run's record says of its options, by name; the index's begin with `index_`, as two may have one name."""
    found: dict[str, Any] = {"sources": [str(path) for path in sources]} if sources else {}
    for given in options:
        of_index = "index_" if isinstance(given, IndexOptions) else ""
        found |= {of_index + name: value for name, value in asdict(given).items()}
    return found


def bytes_of(text: str) -> int:
    """A size such as `512MB`, `4g` or `2GiB` in bytes, by powers of 1024. Raises UsageError where it is none."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", text, re.IGNORECASE)
    size = int(float(match[1]) * _UNITS[match[2].lower()]) if match else 0
    if not size:
        raise UsageError(f"{text!r} is no size of memory; give one such as 512MB or 4GB")
    return size
