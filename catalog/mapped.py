"""NumPy files opened memory-mapped, by one thread at a time.

NumPy reads a file's header through `ast.literal_eval`, which in Python 3.11 fails now and then where two threads parse
at once (CPython issue 106905: "AST constructor recursion depth mismatch").
"""

import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_READING = threading.Lock()


def mapped(path: Path) -> NDArray[Any]:
    """The array in a file, memory-mapped. Raises OSError or ValueError where it cannot be read.

    It is a plain array over the map: `np.memmap` itself takes microseconds for every slice.
    """
    with _READING:
        array: NDArray[Any] = np.load(path, mmap_mode="r")
    return array.view(np.ndarray)
