"""Who performs classical music: many record one work, and each credit names some of those who took part.

"Mutter, Berliner Philharmoniker & Karajan" is elsewhere "Anne-Sophie Mutter". So two credits contradict each other only
where either names a performer whom the other does not, and composers, who stand in titles and albums, perform nothing.
"""

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.credits import ORCHESTRAS
from catalog.text import CACHED_TEXTS, fold_name
from dedup.players import any_alike
from dedup.records import SEPARATOR
from dedup.texts import column

_PLAYED = r"(?m)^(?:orchestra|conductor):"
_WORK = r"(?m)^(?:opus|catalogue):"
"""Among players, and among version tags: what tells a track of classical music."""

_ENSEMBLE = re.compile(rf"{ORCHESTRAS.pattern}|\b(?:trio|duo)\b")


def performers(names: pa.ListArray, versions: pa.Array, players: pa.Array) -> pa.Array:
    """Every name that a track of classical music credits, folded and joined by SEPARATOR; "" for other tracks.

    names: its credits (`catalog.schema.CREDIT`); versions: its tags, joined by SEPARATOR; players: what
    `dedup.players` says of it.
    """
    found = np.full(len(names), "", object)
    at = np.flatnonzero(pc.or_(pc.match_substring_regex(players, _PLAYED), pc.match_substring_regex(versions, _WORK)))
    credited = (credits or [] for credits in names.take(pa.array(at)).to_pylist())
    found[at] = [SEPARATOR.join(dict.fromkeys(fold_name(credit["name"]) for credit in one)) for one in credited]
    return pa.array(found, pa.string())


def other_performers(pairs: pa.Table, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Among pairs in `where`: are both of classical music, and does either side name a performer the other does not?

    pairs: with the columns of both sides, suffixed `_a` and `_b`.
    """
    sides = [column(pairs, f"performers_{side}") for side in "ab"]
    found = where & np.asarray(pc.and_(*(pc.not_equal(side, "") for side in sides)))
    mask = pa.array(found)
    texts = [column(pairs, f"{name}_{side}") for side in "ab" for name in ("title_core", "album_core")]
    rows = zip(*(side.filter(mask).to_pylist() for side in (*sides, *texts)), strict=True)
    found[found] = [_others(a, b, f" {' '.join(said)} ") for a, b, *said in rows]
    return np.asarray(found)


def _others(a: str, b: str, said: str) -> bool:
    ours, theirs = _names(a), _names(b)
    return _one_more(ours, theirs, said) and _one_more(theirs, ours, said)


def _one_more(names: tuple[str, ...], others: tuple[str, ...], said: str) -> bool:
    """Whether a name is none of the others, and none that either side's title or album says, as a composer's."""
    return any(not _composed(name, said) and not any_alike([name], others) for name in names)


def _composed(name: str, said: str) -> bool:
    """Whether the titles and albums have a person's surname; a "String Quartet" there is no quartet's."""
    return f" {name.rpartition(' ')[2]} " in said and not _ENSEMBLE.search(name)


@lru_cache(CACHED_TEXTS)
def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(SEPARATOR))
