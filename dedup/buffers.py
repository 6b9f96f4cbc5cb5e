"""Arrow text as NumPy sees it: the offsets and the bytes, without copying."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def text_buffers(values: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Offsets `[n + 1]` from 0 and bytes of a text or binary array without nulls, without copying."""
    width = np.int64 if pa.types.is_large_string(values.type) or pa.types.is_large_binary(values.type) else np.int32
    if not len(values):
        return np.zeros(1, width), np.empty(0, np.uint8)
    _, offsets, data = values.buffers()
    place = np.frombuffer(offsets, width)[values.offset : values.offset + len(values) + 1]
    letters = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    return place - place[0], letters[place[0] : place[-1]]


def filled(column: pa.Array, missing: str | bytes | float = "") -> pa.Array:
    """A column whose nulls are what stands for missing values."""
    return pc.fill_null(column, missing) if column.null_count else column
