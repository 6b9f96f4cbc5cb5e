"""The catalogue directory: immutable snapshots of tables, published by one atomic replacement of `catalog.json`.

    CATALOG/catalog.json                  what is published (catalog.state)
    CATALOG/tables/<table>/<snapshot>/    Parquet and manifest.json (catalog.snapshots, catalog.manifest)
    CATALOG/index/<snapshot>/             the search index, sealed the same way
    CATALOG/runs/<run>.json               what each run did (catalog.runs)
    CATALOG/work/<stage>/<key>/           scratch of resumable stages

A writer stages, seals, then publishes. Only published snapshots can be read (`catalog.published`). A crash at any point
leaves the published state as it was; what it left staged or sealed is removed by `prune`.
"""

import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.errors import CatalogError
from catalog.folder import is_utf8, shown
from catalog.lock import exclusive
from catalog.manifest import NAME as MANIFEST
from catalog.manifest import Manifest, data_files, describe, read_manifest
from catalog.parquet import measure
from catalog.published import INDEX, Published
from catalog.runs import Run, read_runs
from catalog.schema import TABLES
from catalog.snapshots import Snapshots, new_id
from catalog.state import NAME as STATE
from catalog.state import State, read_state

log = logging.getLogger(__name__)

_WRITER, _PUBLISHER = ".lock", ".publish.lock"


class Catalogue(Published):
    """One catalogue directory, for reading and writing. Get one by `create` or `open`."""

    def __init__(self, root: Path, state: State) -> None:
        super().__init__(root, state)
        self._locked_since: str | None = None
        self._found = state  # when the lock was taken

    @classmethod
    def create(cls, path: str | Path) -> "Catalogue":
        """Open the catalogue at `path`, first making an empty one where there is nothing."""
        root = Path(path).absolute()
        if not is_utf8(root):
            raise CatalogError(f"{shown(root)}: the path is not UTF-8; name another folder for the catalogue")
        if not (root / STATE).exists():
            _refuse_foreign(root)
            _make(root)
            with exclusive(root / _PUBLISHER, wait=True):
                if not (root / STATE).exists():
                    State().write(root)
        return cls.open(root)

    @classmethod
    def open(cls, path: str | Path) -> "Catalogue":
        """Open the catalogue at `path`, which must exist."""
        root = Path(path).absolute()
        return cls(root, read_state(root))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only writer while the body runs; may be nested. Raises at once where another process writes."""
        if self._locked_since is not None:
            yield
            return
        with exclusive(self.root / _WRITER, wait=False):
            self.state = self._there(read_state(self.root), warn=True)
            self._locked_since, self._found = new_id(), self.state
            try:
                yield
            finally:
                self._locked_since = None

    def stage(self, table: str) -> Path:
        """A new, empty folder for a snapshot of `table`. Spark writes into it with mode "overwrite"."""
        return self._tables(table).stage()

    def stage_index(self) -> Path:
        """A new, empty folder for a search index."""
        return self._indexes().stage()

    def seal(self, table: str, staging: Path, *, inputs: dict[str, Any], parameters: dict[str, Any]) -> str:
        """Check the staged Parquet files, write their manifest, make the snapshot final. Returns its id.

        Other files beside them (a model that belongs to the table) are kept and checksummed too.
        `inputs` and `parameters` are JSON values; a stage that finds them unchanged is skipped (`is_current`).
        """
        snapshots = self._tables(table)
        identifier = snapshots.check(staging)
        files = [path for path in data_files(staging) if path.suffix == ".parquet"]
        if not files:
            raise CatalogError(f"{staging}: holds no Parquet file; write an empty table where there are no rows")
        rows, schema = measure(files, TABLES[table])
        text = schema.to_string(show_schema_metadata=False)
        manifest = describe(
            staging, name=table, snapshot=identifier, rows=rows, schema=text, inputs=inputs, parameters=parameters
        )
        return snapshots.seal(staging, manifest)

    def seal_index(self, staging: Path, *, inputs: dict[str, Any], parameters: dict[str, Any]) -> str:
        """Write the manifest of a staged index and make it final. Returns its id."""
        snapshots = self._indexes()
        identifier = snapshots.check(staging)
        manifest = describe(staging, name=INDEX, snapshot=identifier, inputs=inputs, parameters=parameters)
        return snapshots.seal(staging, manifest)

    def sealed(self, table: str, snapshot: str) -> Manifest:
        """The manifest of a sealed snapshot, published or not."""
        return read_manifest(self._tables(table).folder / snapshot)

    def publish(
        self, tables: Mapping[str, str] | None = None, *, model: str | None = None, index: str | None = None
    ) -> None:
        """Make sealed snapshots the published ones, all at once; tables, model and index not named stay as they are."""
        named = dict(tables or {})
        targets = [self._tables(table).folder / snapshot for table, snapshot in named.items()]
        targets += [self._indexes().folder / index] if index else []
        for folder in targets:
            read_manifest(folder)
        with exclusive(self.root / _PUBLISHER, wait=True):
            state = read_state(self.root).with_published(named, model=model, index=index)
            state.write(self.root)
        self.state = self._there(state)

    def withdraw_index(self) -> None:
        """Publish that there is no search index any more; its files stay until pruned."""
        with exclusive(self.root / _PUBLISHER, wait=True):
            state = replace(read_state(self.root), index=None)
            state.write(self.root)
        self.state = self._there(state)

    def _there(self, state: State, *, warn: bool = False) -> State:
        """The state but for snapshots that somebody removed, as is done with damaged ones: they are made again."""
        folders = {name: Snapshots(self.root / "tables" / name).folder / id_ for name, id_ in state.tables.items()}
        gone = {name for name, folder in folders.items() if not (folder / MANIFEST).is_file()}
        index = state.index if state.index and (self._indexes().folder / state.index / MANIFEST).is_file() else None
        if warn and (gone or index != state.index):
            names = ", ".join([*sorted(gone), *([INDEX] if index != state.index else [])])
            log.warning("%s: what was published of %s is gone, and is made as for the first time", self.root, names)
        there = {name: id_ for name, id_ in state.tables.items() if name not in gone}
        return replace(state, tables=there, index=index)

    def prune(self, *, keep: int = 2) -> list[Path]:
        """Remove all but the newest `keep` snapshots per table, never a published one, and abandoned staging folders.

        Returns what was removed. What was published when the lock now held was taken, which others may still read, is
        spared, and so are staging folders begun since.
        """
        with self.lock():
            before = self._locked_since or ""
            groups = [(self._tables(table), self._needed(table)) for table in TABLES]
            groups.append((self._indexes(), {self.state.index, self._found.index}))
            removed: list[Path] = []
            for snapshots, needed in groups:
                removed += snapshots.prune(needed=needed, keep=keep, before=before)
            return removed

    def _needed(self, table: str) -> set[str | None]:
        """Snapshots that must stay: the published ones, and the one whose rows the published index names."""
        indexed = self.manifest(INDEX).inputs.get(table) if self.state.index else None
        return {self.state.tables.get(table), self._found.tables.get(table), indexed}

    def work(self, stage: str, key: str) -> Path:
        """Scratch folder that outlives a crash, for a stage that resumes; `key` names the inputs and parameters."""
        folder = self.root / "work" / _name(stage) / _name(key)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def clear_work(self, stage: str, key: str | None = None) -> None:
        """Remove the scratch of one key, or of the whole stage."""
        folder = self.root / "work" / _name(stage)
        target = folder if key is None else folder / _name(key)
        if target.exists():
            shutil.rmtree(target)

    def run(self, command: str, parameters: dict[str, Any]) -> Run:
        """A record of what one command does, kept in `runs/`; use it as a context manager."""
        return Run.start(self.root / "runs", command, parameters)

    def runs(self) -> list[dict[str, Any]]:
        """The records of all runs, oldest first."""
        return read_runs(self.root / "runs")


def _name(text: str) -> str:
    if not re.fullmatch(r"\w[\w.=-]*", text):
        raise CatalogError(f"{text!r} cannot name a work folder; use letters, digits, '.', '=', '_' and '-'")
    return text


def _make(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogError(f"{root}: cannot be made ({error.strerror}); name a folder that you may write to") from error


def _refuse_foreign(root: Path) -> None:
    if root.exists() and not root.is_dir():
        raise CatalogError(f"{root}: is a file; name a new or empty folder for the catalogue")
    foreign = root.is_dir() and any(not path.name.startswith(".") for path in root.iterdir())
    if foreign and not (root / STATE).exists():  # which another process may have made meanwhile
        raise CatalogError(f"{root}: holds other files and no catalogue; name a new or empty folder")
