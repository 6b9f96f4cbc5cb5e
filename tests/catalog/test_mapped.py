"""Files opened by many threads at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from catalog.mapped import mapped


def test_many_threads_open_files(tmp_path: Path) -> None:
    for number in range(8):
        np.save(tmp_path / f"{number}.npy", np.arange(number + 1))
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda turn: int(mapped(tmp_path / f"{turn % 8}.npy").sum()), range(400))
    assert list(found) == [sum(range(turn % 8 + 1)) for turn in range(400)]
