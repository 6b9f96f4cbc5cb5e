"""Whether a source has changed, told from names, sizes, times of change and permissions: no content is read."""

import hashlib
import os
from contextlib import suppress
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
