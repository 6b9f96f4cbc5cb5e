"""Files replaced whole: a reader sees the old content or the new, a crash leaves one of the two.

The new content goes to a hidden file beside the old, is flushed to the disk, and takes the name by `os.replace`, which
POSIX makes atomic within one file system. The folder is flushed as well, so that the new name survives a power cut.
"""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a hidden file beside `path`, which takes its name when the body has ended well and is removed otherwise.

    Tasks write their parts so: a task that is tried again, or runs twice, replaces a part by the same.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Replace the content of `path` (UTF-8; what is no text, a path's odd bytes, is escaped, as JSON does it).

    The folder must exist; raises OSError as the file system does.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    flush(path.parent)


def write_json(path: Path, value: Any) -> None:
    """Replace `path` by `value` as indented JSON with sorted keys, so that equal values give equal files."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n")


def flush(path: Path) -> None:
    """Force a written file, or a folder's list of names, out to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
