"""One text field of both sides of pairs, and whether the sketches let the texts be alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedup.sketches import COLUMNS as SKETCHES
from dedup.sketches import may_share

FEW_PAIRS = 8
"""Letter pairs below which their share says nothing: a space put elsewhere in "r e m" changes most of them."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Texts:
    """One text field of both sides; `both` where both have it, `same` where they are equal, too."""

    field: str
    left: pa.Array
    right: pa.Array
    has_left: Bools
    has_right: Bools
    same: Bools
    sketches: tuple[tuple[NDArray[np.uint64], NDArray[np.uint64]], ...]

    @property
    def both(self) -> Bools:
        """Where both sides have a value."""
        return self.has_left & self.has_right

    def share(self, where: Bools, least: float) -> Bools:
        """Among pairs in `where`: do they have this share of letter pairs in common, or too few to tell?"""
        at = np.flatnonzero(where)
        found = np.zeros(len(where), bool)
        found[at] = may_share([(left[at], right[at]) for left, right in self.sketches], least, few=FEW_PAIRS)
        return found

    def at(self, where: Bools) -> tuple[pa.Array, pa.Array]:
        """Both sides of some pairs."""
        mask = pa.array(where)
        return self.left.filter(mask), self.right.filter(mask)

    def differing(self, where: Bools, differ: Callable[[str, str], object]) -> NDArray[np.int64]:
        """Places of the pairs in `where` whose texts differ in what `differ` asks."""
        sides = zip(*(side.to_pylist() for side in self.at(where)), strict=True)
        places = np.flatnonzero(where)
        return np.asarray(places[np.fromiter((bool(differ(a, b)) for a, b in sides), bool, len(places))])


def texts_of(pairs: pa.Table, name: str) -> Texts:
    """A text column of both sides of pairs, with its sketches where the pairs have them."""
    left, right = (column(pairs, f"{name}_{side}") for side in "ab")
    has_left, has_right = (np.asarray(pc.greater(pc.binary_length(side), 0)) for side in (left, right))
    same = np.asarray(pc.equal(left, right)) & has_left
    field = name.removesuffix("_core")
    return Texts(field, left, right, has_left, has_right, same, tuple(_halves(pairs, field)))


def _halves(pairs: pa.Table, field: str) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
    """Both halves of the sketches of a field, of both sides; none of a field without them."""
    for half in (f"{field}_0", f"{field}_1") if f"{field}_0" in SKETCHES else ():
        yield column(pairs, f"{half}_a").to_numpy(), column(pairs, f"{half}_b").to_numpy()


def column(pairs: pa.Table, name: str) -> pa.Array:
    """A column in one piece."""
    found = pairs.column(name)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def numbers(pairs: pa.Table, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both sides as float64 with NaN for missing (which integers write as -1)."""
    left, right = (column(pairs, f"{name}_{side}").to_numpy().astype(np.float64) for side in "ab")
    return np.where(left < 0, np.nan, left), np.where(right < 0, np.nan, right)
