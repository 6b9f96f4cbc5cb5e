"""What a sealed snapshot says about itself: rows, schema, inputs, parameters and the checksum of every file.

A manifest is written once, when the snapshot is sealed, and never changed. Equal inputs and parameters mean that the
work need not be done again; a differing checksum means that the disk, or somebody, changed a file.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog.atomic import flush, write_json
from catalog.errors import CatalogError

NAME = "manifest.json"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class FileEntry:
    """One file of a snapshot; `path` is relative to the snapshot's folder, with '/'."""

    path: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`rows` and `schema` are 0 and empty for an index snapshot; `created` is ISO 8601 in UTC."""

    name: str  # the table, or "index"
    snapshot: str
    created: str
    rows: int
    schema: str
    inputs: dict[str, Any]
    parameters: dict[str, Any]
    files: tuple[FileEntry, ...]

    def made_from(self, *, inputs: dict[str, Any], parameters: dict[str, Any]) -> bool:
        """Whether the snapshot was made from exactly these inputs and parameters."""
        return (self.inputs, self.parameters) == (as_json(inputs), as_json(parameters))

    def write(self, folder: Path) -> None:
        """Write `manifest.json` into the snapshot's folder."""
        write_json(folder / NAME, asdict(self))


def as_json(value: dict[str, Any]) -> dict[str, Any]:
    """`value` as it comes back from JSON: tuples as lists, paths and dates as text, keys as text."""
    plain: dict[str, Any] = json.loads(json.dumps(value, default=str))
    return plain


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a sealed snapshot; raises CatalogError where it is missing or damaged."""
    try:
        value = json.loads((folder / NAME).read_text(encoding="utf-8"))
        value["files"] = tuple(FileEntry(**entry) for entry in value["files"])
        return Manifest(**value)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CatalogError(f"{folder / NAME}: not a readable manifest ({error}); run the stage again") from error


def data_files(folder: Path) -> list[Path]:
    """The files that hold data, sorted: all but the manifest and what Spark and Hadoop leave (`_*`, `.*`)."""
    names = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [folder / name for name in names if str(name) != NAME and not any(p[0] in "._" for p in name.parts)]


def describe(
    folder: Path,
    *,
    name: str,
    snapshot: str,
    inputs: dict[str, Any],
    parameters: dict[str, Any],
    rows: int = 0,
    schema: str = "",
) -> Manifest:
    """The manifest of a folder that is about to be sealed; forces its files out to the disk and reads them once."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    files = tuple(_entry(folder, path) for path in data_files(folder))
    return Manifest(name, snapshot, created, rows, schema, as_json(inputs), as_json(parameters), files)


def damage(folder: Path) -> Iterator[str]:
    """Every way in which the snapshot in `folder` differs from its manifest, as one sentence each."""
    try:
        manifest = read_manifest(folder)
    except CatalogError as error:
        yield str(error)
        return
    for entry in manifest.files:
        path = folder / entry.path
        if not path.is_file():
            yield f"{path}: the file is missing"
        elif path.stat().st_size != entry.size:
            yield f"{path}: {path.stat().st_size} bytes instead of {entry.size}"
        elif _sha256(path) != entry.sha256:
            yield f"{path}: the content changed since it was written (SHA-256 differs)"
    listed = {folder / entry.path for entry in manifest.files}
    yield from (f"{path}: not part of the snapshot" for path in data_files(folder) if path not in listed)


def _entry(folder: Path, path: Path) -> FileEntry:
    flush(path)
    return FileEntry(path.relative_to(folder).as_posix(), path.stat().st_size, _sha256(path))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
