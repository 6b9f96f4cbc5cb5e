"""Progress of work that runs in other processes, told from what they have stored."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.console import progress

POLL_SECONDS = 1.0
_SHARD = re.compile(r"shard-[0-9a-f]+-(\d+)\.parquet")


def stored_files(folder: Path) -> int:
    """Files whose analysis is stored in the shards of `folder`."""
    names = (_SHARD.fullmatch(path.name) for path in folder.iterdir())
    return sum(int(found[1]) for found in names if found)


@contextmanager
def watch_shards(folder: Path, total: int) -> Iterator[None]:
    """Show how many of `total` files are analysed while the body runs."""
    ended = threading.Event()
    with progress() as display:
        task = display.add_task("analysing audio", total=total, completed=stored_files(folder))

        def poll() -> None:
            while not ended.wait(POLL_SECONDS):
                display.update(task, completed=stored_files(folder))

        thread = threading.Thread(target=poll, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            display.update(task, completed=stored_files(folder))
