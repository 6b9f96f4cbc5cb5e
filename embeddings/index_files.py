"""What the indexes have in common on disk: facts, memory-mapped arrays, faiss files, and the check that all are whole.

An index is a few files beside a JSON file of facts, which states the size of each and a digest of parts of it: its
beginning, its end and pages spread between. Opening compares both, so that a cut or altered file is told apart in
milliseconds whatever its size; every byte is checked by `Catalogue.verify`, against the snapshot's manifest.
"""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.errors import CatalogError
from catalog.mapped import mapped

FORMAT = 2
"""1 had no digests, no vectors to look up and no density; it still opens."""

PAGE, PAGES = 4096, 64
SAMPLE = 256
"""Queries of the measurement of recall."""

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class IndexFacts:
    """What was built.

    `kind` exact or compressed, `structure` faiss's name of it, `entries` it was built from, recall against exact search
    on `sample` queries, `lists` of which `probed` are searched, proposals `refined` by the vectors, tracks `removed`
    and `added` since, `files` their sizes and digests.
    """

    kind: str
    entries: int
    recall_at_10: float
    sample: int
    lists: int = 0
    probed: int = 0
    recall_at_1: float = 1.0
    structure: str = ""
    dimension: int = 0
    removed: int = 0
    added: int = 0
    format: int = 1
    hop_s: float | None = None
    refined: int = 0
    files: dict[str, tuple[int, str]] = field(default_factory=dict)


def store(folder: Path, name: str, facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    """Write the arrays, then `name.json` with the facts and what the files of that name are now."""
    for key, array in arrays.items():
        np.save(folder / f"{name}.{key}.npy", array)
    files = {path.name: seal(path) for path in sorted(folder.glob(f"{name}.*")) if path.suffix != ".json"}
    facts = facts | {"format": FORMAT, "files": files}
    (folder / f"{name}.json").write_text(json.dumps(facts | {"digest": _digest(facts)}, indent=2))


def load(folder: Path, name: str, *keys: str) -> tuple[IndexFacts, dict[str, NDArray[Any]]]:
    """Facts and memory-mapped arrays. Raises CatalogError where there is no index, or it is damaged or too new."""
    try:
        told = json.loads((folder / f"{name}.json").read_text())
        if told.get("format", 1) > FORMAT:
            raise CatalogError(f"the index of {name} in {folder} was built by a newer Unisono; build it here again")
        if told.pop("digest", "") != (_digest(told) if "format" in told else ""):
            raise CatalogError(f"{folder / name}.json was altered; build the index again with `unisono index`")
        facts = IndexFacts(**told)
        for file, (size, digest) in facts.files.items():
            if seal(folder / file) != (size, digest):
                raise CatalogError(f"{folder / file} was cut or altered; build the index again with `unisono index`")
        return facts, {key: mapped(folder / f"{name}.{key}.npy") for key in keys}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CatalogError(f"no usable index of {name} in {folder}: {error}; build it with `unisono index`") from error


def seal(path: Path) -> tuple[int, str]:
    """Size in bytes, and a digest of the first page, the last and `PAGES` between."""
    size = path.stat().st_size
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        for place in sorted({0, max(0, size - PAGE), *range(0, size, max(PAGE, size // PAGES))}):
            file.seek(place)
            digest.update(file.read(PAGE))
    return size, digest.hexdigest()


def _digest(facts: dict[str, Any]) -> str:
    text = json.dumps({key: value for key, value in facts.items() if key != "digest"}, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def drawn(n: int, size: int = SAMPLE, seed: int = 0) -> Rows:
    """Positions drawn at random, ascending."""
    return np.sort(np.random.default_rng(seed).choice(n, min(n, size), replace=False)) if n else np.zeros(0, np.int64)


def renumbered(numbers: Rows, renumber: Rows | None) -> Rows:
    """`numbers` under their new names; those without one stay."""
    if renumber is None or not len(renumber):
        return numbers
    old, new = renumber[np.argsort(renumber[:, 0])].T
    place = np.minimum(np.searchsorted(old, numbers), len(old) - 1)
    return np.where(old[place] == numbers, new[place], numbers)


def share(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def pick(values: NDArray[Any], positions: Rows, filler: int) -> NDArray[Any]:
    """`values` at the positions; `filler` where a position is negative, faiss's word for none."""
    found = values[np.maximum(positions, 0)] if len(values) else np.zeros_like(positions)
    return np.where(positions >= 0, found, filler)


def widen(found: NDArray[Any], k: int, filler: float) -> NDArray[Any]:
    """The first `k` columns; `filler` in those that are missing."""
    missing = k - found.shape[1]
    return np.pad(found, ((0, 0), (0, missing)), constant_values=filler) if missing > 0 else found[:, :k]


def floats(vectors: NDArray[Any]) -> Vectors:
    """As faiss takes them."""
    return np.ascontiguousarray(vectors, np.float32)


def plain(facts: IndexFacts) -> dict[str, Any]:
    """The facts as JSON values."""
    return asdict(facts)
