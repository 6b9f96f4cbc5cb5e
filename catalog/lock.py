"""One writer at a time, by an advisory lock on a file.

The operating system holds the lock for the open file (`flock`), so it goes with the process however that ends: there is
no stale lock to remove by hand. The file's text, the holder's process id, only serves the message to whoever is
refused. Readers never take it. The file itself stays: removing it would let two writers lock two files of one name.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.errors import CatalogError


@contextmanager
def exclusive(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock on `path` while the body runs.

    With `wait`, queue behind the holder; without, raise CatalogError naming the holder's process id.
    """
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CatalogError(_refusal(path)) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _refusal(path: Path) -> str:
    holder = path.read_text(encoding="utf-8").strip()
    who = f"process {holder}" if holder else "another process"
    return f"{path.parent}: {who} is writing to this catalogue; wait until it is done, or stop it, and start again"
