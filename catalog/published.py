"""What a catalogue has published, for reading: the tables, the search index and their manifests.

A reader keeps to the state it was opened with until `reload`, so that the tables it sees always belong together, and it
takes no lock. Nothing staged, or sealed and not yet published, can be reached from here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from catalog.errors import CatalogError
from catalog.manifest import NAME as MANIFEST
from catalog.manifest import Manifest, damage, read_manifest
from catalog.parquet import open_dataset, reading
from catalog.schema import TABLES
from catalog.snapshots import Snapshots
from catalog.state import State, read_state

INDEX = "index"
MADE_BY = {"tracks": "ingest", "problems": "ingest", "segments": "analyze", "embeddings": "analyze", INDEX: "index"}
"""The command that makes a table; the others are `dedup`'s."""


class Published:
    """The published state of the catalogue at `root`. Methods raise CatalogError naming the path and the mend."""

    def __init__(self, root: Path, state: State) -> None:
        self.root = root
        self.state = state

    def reload(self) -> None:
        """Take up what other processes published since this catalogue was opened."""
        self.state = read_state(self.root)

    def has(self, table: str) -> bool:
        """Whether a snapshot of `table` is published."""
        return _known(table) in self.state.tables

    def path(self, table: str) -> Path:
        """Folder of the published snapshot of `table`."""
        if not self.has(table):
            raise self._missing(f"table {table!r}", MADE_BY.get(table, "dedup"))
        return self._existing(self._tables(table).folder / self.state.tables[table])

    def index_path(self) -> Path:
        """Folder of the published search index. Raises CatalogError where it is of another model than the catalogue."""
        folder = self._index_folder()
        model = read_manifest(folder).parameters.get("model")
        if model is not None and model != self.state.model:
            raise CatalogError(
                f"{self.root}: its search index is of the model {model}, but its audio was analysed with "
                f"{self.state.model}; run: unisono index --catalog {self.root}"
            )
        return folder

    def manifest(self, table: str) -> Manifest:
        """What the published snapshot of `table` ("index" for the index) was made of."""
        return read_manifest(self._index_folder() if table == INDEX else self.path(table))

    def is_current(self, table: str, *, inputs: dict[str, Any], parameters: dict[str, Any]) -> bool:
        """Whether `table` (or "index") is published and was made from exactly these inputs and parameters."""
        published = self.state.index is not None if table == INDEX else self.has(table)
        return published and self.manifest(table).made_from(inputs=inputs, parameters=parameters)

    def outdated(self, tables: Iterable[str]) -> list[str]:
        """A sentence for those of `tables` that one command makes anew, as their inputs were published anew."""
        late: dict[tuple[str, str], list[str]] = defaultdict(list)
        for table in tables:
            inputs = self.manifest(table).inputs
            newer = [name for name in TABLES if name in inputs and inputs[name] != self.state.tables.get(name)]
            if newer:
                late[MADE_BY.get(table, "dedup"), newer[0]].append(table)
        return [
            f"{', '.join(names)}: made before the {newer} that are published now; "
            f"run: unisono {command} --catalog {quote(str(self.root))}"
            for (command, newer), names in late.items()
        ]

    def count(self, table: str) -> int:
        """Rows of the published snapshot, from its manifest."""
        return self.manifest(table).rows

    def dataset(self, table: str) -> ds.Dataset:
        """The published snapshot as a lazy Arrow dataset with the declared schema, then any further columns."""
        return self._dataset(table, self.path(table))

    def indexed(self, table: str) -> ds.Dataset:
        """The snapshot of `table` that the published index was built from: the one whose rows the index names."""
        snapshot = self.manifest(INDEX).inputs.get(table, "")
        return self._dataset(table, self._existing(self._tables(table).folder / snapshot))

    def _dataset(self, table: str, folder: Path) -> ds.Dataset:
        files = [folder / entry.path for entry in read_manifest(folder).files if entry.path.endswith(".parquet")]
        return open_dataset(files, TABLES[table])

    def read(self, table: str, columns: list[str] | None = None, filter: ds.Expression | None = None) -> pa.Table:
        """The published rows in memory, or those columns and rows of them."""
        with reading(self.path(table)):
            return self.dataset(table).to_table(columns=columns, filter=filter)

    def batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """The published rows batch by batch, none of which is kept."""
        with reading(self.path(table)):
            yield from self.dataset(table).to_batches()

    def verify(self) -> list[str]:
        """Recompute every checksum of what is published; one sentence per damage, empty where all is well."""
        return [sentence for name in self.names() for sentence in self.damage(name)]

    def names(self) -> list[str]:
        """The published tables, and "index" where there is one."""
        return [*sorted(self.state.tables), *([INDEX] if self.state.index else [])]

    def damage(self, name: str) -> list[str]:
        """`verify` of one table, or of "index"."""
        return list(damage(self.folder(name)))

    def folder(self, name: str) -> Path:
        """Where a published table, or "index", lies, be it there or not."""
        if name == INDEX:
            return self._indexes().folder / str(self.state.index)
        return self._tables(name).folder / self.state.tables[name]

    def _tables(self, table: str) -> Snapshots:
        return Snapshots(self.root / "tables" / _known(table))

    def _indexes(self) -> Snapshots:
        return Snapshots(self.root / INDEX)

    def _index_folder(self) -> Path:
        if self.state.index is None:
            if self.has("tracks") and not self.has("embeddings"):
                raise self._missing("search index", "analyze")
            raise self._missing("search index", "index")
        return self._existing(self._indexes().folder / self.state.index)

    def _missing(self, what: str, command: str) -> CatalogError:
        """Says which command makes what is not there, unless it would find nothing to hear."""
        if command in ("analyze", "index") and self.has("tracks") and not self._any("tracks", "audio_file"):
            return CatalogError(
                f"{self.root}: has no {what}, since no track has audio; `unisono run` takes folders of audio, and "
                "tables with a column audio_path"
            )
        if command == "index" and self.has("embeddings") and not self._any("embeddings", "vector"):
            return CatalogError(
                f"{self.root}: has no {what}, since no audio could be analysed; `unisono export problems` says what "
                "was wrong with the files"
            )
        return CatalogError(f"{self.root}: has no {what} yet; run: unisono {command} --catalog {quote(str(self.root))}")

    def _any(self, table: str, column: str) -> bool:
        """Whether any row has a value there."""
        return bool(self.dataset(table).head(1, columns=[column], filter=ds.field(column).is_valid()).num_rows)

    def _existing(self, folder: Path) -> Path:
        if not (folder / MANIFEST).is_file():
            raise CatalogError(f"{folder}: the published snapshot is gone; reload the catalogue or run the stage again")
        return folder


def _known(table: str) -> str:
    if table not in TABLES:
        raise CatalogError(f"no table is called {table!r}; there are: {', '.join(TABLES)}")
    return table
