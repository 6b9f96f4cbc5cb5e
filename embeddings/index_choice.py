"""Which structure an index of tracks gets: from how many there are, the memory it may take and the recall it must have.

Exact search of 32-bit numbers up to `exact_up_to` tracks. Above that inverted lists (Jegou et al. 2011) over the finest
codes that fit the memory and are of use. `CODES` names them: a byte a number, the same for the half or the quarter of
the numbers that a projection on the vectors' principal axes leaves, then half a byte. Similarity vectors stretch over
few axes, so that a quarter of the numbers proposes as well as product quantisation of twice the size, and trains in
seconds.

Any code only proposes: the best `REFINED` are ranked again by the vectors themselves, which lie on disk in 16 bits a
number and of which a query touches that many. How many lists are searched is not set but measured, as many as the
recall asks for; where no number of lists reaches it, four times as many proposals are ranked again.

Graphs (HNSW, Malkov and Yashunin 2018) answer about as fast, but take their links on top of the codes, about 270 bytes
a track, and are slow to build; here one finds the nearest lists where there are many.
"""

from dataclasses import dataclass

import numpy as np

from catalog.errors import UsageError

REFINED = 200
ID_BYTES = 8
CODES = ((1, "SQ8", 1.0), (2, "SQ8", 1.0), (4, "SQ8", 1.0), (4, "SQ4", 0.5))
"""Finest first: one of how many numbers is kept, faiss's name of its code, and its bytes."""

ENERGY = 0.995
"""Numbers that hold this share of the vectors' squares are enough: they propose the same, in half the bytes."""

GRAPH_FROM = 4096
"""Lists from which on the nearest ones are found by a graph and not one by one."""

GRAPH_BYTES = 270
"""What the graph takes a list."""


@dataclass(frozen=True)
class Goal:
    """What an index must reach: recall at 10, and the bytes of memory that its codes may take."""

    recall: float = 0.95
    memory: int = 2 << 30
    exact_up_to: int = 200_000  # 100 MB of vectors, about 5 ms a query

    def __post_init__(self) -> None:
        """Raises UsageError where it cannot be meant."""
        if not 0 < self.recall <= 1:
            raise UsageError(f"recall is {self.recall}; it must be above 0 and at most 1")
        if self.memory <= 0:
            raise UsageError(f"memory is {self.memory} bytes; it must be above 0")


@dataclass(frozen=True)
class Plan:
    """`factory` in faiss's words, empty for exact search; how many numbers are coded; bytes a track in memory."""

    factory: str
    lists: int
    bytes_per_track: float
    numbers: int

    @property
    def structure(self) -> str:
        """What it is, for people: `P64,IVF2048,SQ8` codes 64 numbers."""
        return f"P{self.numbers},{self.factory}"


def plan(n: int, d: int, goal: Goal, *, axes: int | None = None) -> Plan:
    """The structure for `n` vectors of `d` numbers, of which `axes` hold nearly all (`ENERGY`).

    Raises UsageError where even the coarsest codes do not fit.
    """
    if n <= goal.exact_up_to and 4 * d * n <= goal.memory:
        return Plan("", 0, 4 * d, d)
    lists = list_count(n)
    graph = "_HNSW32" if lists >= GRAPH_FROM else ""
    for part, name, size in CODES:
        numbers = max(1, d // part)
        held = size * numbers + ID_BYTES + (4 * numbers + (GRAPH_BYTES if graph else 0)) * lists / max(n, 1)
        finer_than_needed = d // (2 * part) >= (axes or d) and name == "SQ8" and part < CODES[-1][0]
        if held * n <= goal.memory and not finer_than_needed:
            return Plan(f"IVF{lists}{graph},{name}", lists, held, numbers)
    raise UsageError(f"an index of {n:,} tracks needs {held * n / 2**20:,.0f} MiB; give it more with --memory")


def list_count(n: int) -> int:
    """A power of two near 4 sqrt(n), with 39 entries a list to train it on, as faiss asks."""
    return int(2 ** np.floor(np.log2(np.clip(4 * np.sqrt(n), 1, max(1, min(65_536, n / 39))))))
