"""Immutable snapshots of one table in one folder: staged under `<id>.part`, sealed by a rename, later pruned.

An id is the UTC time of its staging and a random tail, so ids sort by age and two never collide:
`20260131-134502-123456-9f3a`. Nothing here knows which snapshot is published; `catalog.store` does.
"""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from catalog.atomic import flush
from catalog.errors import CatalogError
from catalog.manifest import Manifest

PART = ".part"
ID = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{4}")


def new_id() -> str:
    """An id for a snapshot begun now."""
    import secrets  # readers never need it

    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}"


class Snapshots:
    """The snapshots in `folder`, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def stage(self) -> Path:
        """A new, empty folder to write into; invisible to readers until sealed and published."""
        staging = self.folder / f"{new_id()}{PART}"
        staging.mkdir(parents=True)
        return staging

    def check(self, staging: Path) -> str:
        """The id that `staging` will have once sealed; raises CatalogError when it is no staging folder of ours."""
        identifier = staging.name.removesuffix(PART)
        ours = staging.name.endswith(PART) and ID.fullmatch(identifier) and staging.parent == self.folder
        if not ours or not staging.is_dir():
            raise CatalogError(f"{staging}: not a staging folder of {self.folder}; take one from stage()")
        return identifier

    def seal(self, staging: Path, manifest: Manifest) -> str:
        """Write the manifest, drop what Spark left beside the data, and take the final name. Returns the id."""
        for leftover in sorted(staging.rglob("[._]*"), reverse=True):  # children before their folder
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        manifest.write(staging)
        flush(staging)
        staging.rename(self.folder / manifest.snapshot)
        flush(self.folder)
        return manifest.snapshot

    def sealed(self) -> list[str]:
        """Ids of all sealed snapshots, oldest first."""
        names = (path.name for path in self.folder.iterdir()) if self.folder.is_dir() else ()
        return sorted(name for name in names if ID.fullmatch(name))

    def prune(self, *, needed: set[str | None], keep: int, before: str) -> list[Path]:
        """Remove all but the newest `keep` and the needed snapshots, and staging folders begun before id `before`."""
        old = [name for name in self.sealed()[: -keep or None] if name not in needed]
        parts = self.folder.glob(f"*{PART}") if self.folder.is_dir() else ()
        abandoned = [path.name for path in parts if path.name < before]
        removed = [self.folder / name for name in [*old, *sorted(abandoned)]]
        for path in removed:
            shutil.rmtree(path)
        return removed
