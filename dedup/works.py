"""Works that numbers tell, in whatever language: "Sonata, Op. 27 No. 2: I. Adagio" and "Sonate op. 27 Nr. 2: 1. Satz".

A catalogue's number, or that of the opus with the pieces counted in it, names the work and the movement's number its
place in it. Without a movement they name a collection at most: a suite's dances and an opera's arias share them.
"""

from collections import defaultdict
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.text import CACHED_TEXTS
from dedup.contrasts import other_number
from dedup.keys import other_key
from dedup.records import SEPARATOR
from dedup.texts import column

LEAST_LETTERS = 4
"""Letters of a word that two titles of one opus must share: composers count their works alike."""


def same_movements(pairs: pa.Table, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Among pairs in `where`: do both titles number one movement of one work, and nothing in them contradicts?

    pairs: `[n]` with the folded titles and tags of both sides, suffixed `_a` and `_b`.
    """
    tags = [column(pairs, f"versions_{side}") for side in "ab"]
    numbered = [np.asarray(pc.match_substring(side, "movement:")) for side in tags]
    found = where & numbered[0] & numbered[1]
    mask = pa.array(found)
    titles = [column(pairs, f"title_core_{side}") for side in "ab"]
    told = [side.filter(mask).to_pylist() for side in (*tags, *titles)]
    found[found] = [
        _one_movement(_numbers(a), _numbers(b), left, right)
        and not other_key(left, right)
        and not other_number(left, right)
        for a, b, left, right in zip(*told, strict=True)
    ]
    return np.asarray(found)


def _one_movement(a: dict[str, frozenset[str]], b: dict[str, frozenset[str]], left: str, right: str) -> bool:
    if any(a[kind] != b[kind] for kind in a.keys() & b.keys() - {"number"}):
        return False
    if a.get("catalogue") and a.get("catalogue") == b.get("catalogue"):
        return True
    words = {word for word in left.split() if len(word) >= LEAST_LETTERS} & set(right.split())
    return bool(words) and "opus" in a.keys() & b.keys() and a.get("number") == b.get("number")


@lru_cache(CACHED_TEXTS)
def _numbers(tags: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for kind, _, number in (tag.partition(":") for tag in tags.split(SEPARATOR)):
        found[kind].add(number)
    return {
        kind: frozenset(found[kind])
        for kind in ("catalogue", "opus", "number", "movement", "act", "part")
        if kind in found
    }
