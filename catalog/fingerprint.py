"""Whether a source has changed, told from names, sizes and times of change: no content is read."""

import hashlib
import os
from pathlib import Path
from typing import Any

from catalog.errors import SourceError


def fingerprint(path: Path) -> dict[str, Any]:
    """`{"path", "files", "bytes", "digest"}` of a file, or of all below a folder. Raises SourceError if missing."""
    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder; check the path")
    digest, files, size = hashlib.sha256(), 0, 0
    for file in _files(path):
        stat = file.stat()
        stamp = f"{file.relative_to(path)}\0{stat.st_size}\0{stat.st_mtime_ns}\n"
        digest.update(stamp.encode("utf-8", "surrogateescape"))
        files, size = files + 1, size + stat.st_size
    return {"path": str(path.absolute()), "files": files, "bytes": size, "digest": digest.hexdigest()}


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = (Path(folder) / name for folder, _, names in os.walk(path) for name in names)
    return sorted(file for file in found if file.is_file())
