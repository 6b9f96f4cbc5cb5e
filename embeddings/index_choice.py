"""Which structure an index of tracks gets: from how many there are, the memory it may take and the recall it must have.

Exact search of 32-bit numbers up to `exact_up_to` tracks. Above that inverted lists (Jegou et al. 2011) over the finest
codes that fit the memory: a byte or half a byte a number, or product quantisation to a quarter or an eighth of a byte.
Any of them only proposes: the best `REFINED` are ranked again by the vectors themselves, which lie on disk in 16 bits
a number and of which a query touches that many. How many lists are searched is not set but measured: as many as the
recall asks for.

Graphs (HNSW, Malkov and Yashunin 2018) answer about as fast, but take their links on top of the codes, about 270 bytes
a track, and are slow to build; here one finds the nearest lists where there are many.
"""

from dataclasses import dataclass

import numpy as np

from catalog.errors import UsageError

REFINED = 200
ID_BYTES = 8
GRAPH_FROM = 4096
"""Lists from which on the nearest ones are found by a graph and not one by one."""


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
    """`factory` in faiss's words, empty for exact search; bytes a track of what is held in memory."""

    factory: str
    lists: int
    bytes_per_track: float


def plan(n: int, d: int, goal: Goal) -> Plan:
    """The structure for `n` vectors of `d` numbers. Raises UsageError where even the coarsest codes do not fit."""
    if n <= goal.exact_up_to and 4 * d * n <= goal.memory:
        return Plan("", 0, 4 * d)
    lists = list_count(n)
    graph = "_HNSW32" if lists >= GRAPH_FROM else ""
    codes = [("SQ8", d), ("SQ4", d // 2), *((f"PQ{d // part}x8", d // part) for part in (4, 8))]
    for name, size in codes:
        held = size + ID_BYTES + 4 * d * lists / max(n, 1)
        if held * n <= goal.memory:
            return Plan(f"IVF{lists}{graph},{name}", lists, held)
    raise UsageError(f"an index of {n:,} tracks needs {held * n / 2**20:,.0f} MiB; give it more with --memory")


def list_count(n: int) -> int:
    """A power of two near 4 sqrt(n), with 39 entries a list to train it on, as faiss asks."""
    return int(2 ** np.floor(np.log2(np.clip(4 * np.sqrt(n), 1, max(1, min(65_536, n / 39))))))
