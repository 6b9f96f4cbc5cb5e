"""Whether what a table was made from has changed: the source, and the rules by which it is read.

A source is told from names, sizes, times of change and permissions: no content is read. Rules are told from the text of
their modules, so that an upgrade whose rules are others makes tables anew, and one whose rules are the same does not.
"""

import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from stat import S_ISREG
from typing import Any

from catalog.errors import SourceError
from catalog.folder import is_utf8, shown


def fingerprint(path: Path) -> dict[str, Any]:
    """`{"path", "files", "bytes", "digest"}` of a file, or of all below a folder. Raises SourceError if missing."""
    if not is_utf8(path.absolute()):
        raise SourceError(f"{shown(path.absolute())}: the path is not UTF-8; rename the file or the folder")
    try:
        found = path.exists()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}); check its permissions") from error
    if not found:
        raise SourceError(f"{path}: there is no such file or folder; check the path")
    digest, files, size = hashlib.sha256(), 0, 0
    for file, stat in _files(path):
        closed = "" if os.access(file, os.R_OK) else "\0closed"  # which to open changes neither size nor time
        stamp = f"{file.relative_to(path)}\0{stat.st_size}\0{stat.st_mtime_ns}{closed}\n"
        digest.update(stamp.encode("utf-8", "surrogateescape"))
        files, size = files + 1, size + stat.st_size
    return {"path": str(path.absolute()), "files": files, "bytes": size, "digest": digest.hexdigest()}


@cache
def rules(*packages: str) -> str:
    """A digest of the modules of some of Unisono's packages."""
    digest = hashlib.sha256()
    for package in packages:
        for module in sorted((Path(__file__).parents[1] / package).rglob("*.py")):
            digest.update(module.name.encode() + b"\0" + module.read_bytes())
    return digest.hexdigest()[:16]


def _files(path: Path) -> list[tuple[Path, os.stat_result]]:
    """The files that can be looked at; one that goes meanwhile is not there."""
    if path.is_file():
        return [(path, path.stat())]
    stats = []
    for folder, _, names in os.walk(path):
        for file in (Path(folder) / name for name in names):
            with suppress(OSError):
                stats.append((file, file.stat()))
    return sorted((file, stat) for file, stat in stats if S_ISREG(stat.st_mode))
