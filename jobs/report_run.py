"""How the catalogue came to be: the newest run of every command, and the snapshots that are published."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.store import Catalogue
from jobs.matches import POLICY_FILE

SHOWN = 4
_PARAMETERS = 40


@dataclass(frozen=True)
class RunShown:
    """One run as recorded; `stages` are its records, `parameters` flat (dotted name, value)."""

    command: str
    status: str
    started: str
    seconds: float
    error: str
    stages: tuple[dict[str, Any], ...]
    parameters: tuple[tuple[str, str], ...]
    environment: dict[str, Any]


@dataclass(frozen=True)
class SnapshotShown:
    """One published table: its snapshot, when it was made, how many rows."""

    table: str
    snapshot: str
    created: str
    rows: int


def snapshots(catalogue: Catalogue) -> list[SnapshotShown]:
    """Name the published snapshots, in the order in which tables are made."""
    manifests = [catalogue.manifest(table) for table in catalogue.state.tables]
    ordered = sorted(manifests, key=lambda manifest: manifest.created)
    return [SnapshotShown(m.name, m.snapshot, m.created, m.rows) for m in ordered]


def latest_runs(catalogue: Catalogue) -> list[RunShown]:
    """Read the newest run of every command, the newest command first. A damaged record is passed over."""
    records = [record for path in (catalogue.root / "runs").glob("*.json") if (record := _record(path))]
    newest: dict[str, dict[str, Any]] = {}
    for record in sorted(records, key=lambda record: str(record.get("started", "")), reverse=True):
        newest.setdefault(str(record.get("command", "")), record)
    return [_shown(record) for record in list(newest.values())[:SHOWN]]


def merge_threshold(catalogue: Catalogue) -> float | None:
    """Least match weight of a merge, in bits, by which the published matches were decided; None where none merges.

    The newest run may have found nothing to do, or may have been killed before it published what it chose.
    """
    path = catalogue.path("matches") / POLICY_FILE
    merge = json.loads(path.read_text(encoding="utf-8"))["merge"] if path.exists() else None
    return None if merge is None else float(merge)


def _record(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _shown(record: dict[str, Any]) -> RunShown:
    return RunShown(
        command=str(record.get("command", "")),
        status=str(record.get("status", "")),
        started=str(record.get("started", "")),
        seconds=float(record.get("seconds") or 0.0),
        error=str(record.get("error") or ""),
        stages=tuple(stage for stage in record.get("stages") or () if isinstance(stage, dict)),
        parameters=tuple(_flat(record.get("parameters") or {}))[:_PARAMETERS],
        environment=record.get("environment") or {},
    )


def _flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Nested parameters as dotted names."""
    pairs: list[tuple[str, str]] = []
    for key, entry in value.items():
        if isinstance(entry, dict):
            pairs += _flat(entry, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)))
    return pairs
