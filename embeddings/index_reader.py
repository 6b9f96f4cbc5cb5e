"""Opening what faiss wrote. Apart, since a lookup among few tracks answers sooner without importing faiss."""

from pathlib import Path
from typing import Any

import faiss

from catalog.errors import CatalogError


def read_faiss(path: Path, reader: Any) -> Any:
    """A faiss file, memory-mapped where its structure allows it."""
    try:
        return reader(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise CatalogError(f"no usable index at {path}; build it with `unisono index`") from error


def probe(index: Any, lists: int) -> None:
    """Have that many lists searched, where there are lists."""
    if lists:
        inner: Any = index if isinstance(index, faiss.IndexBinary) else faiss.extract_index_ivf(index)
        inner.nprobe = lists
