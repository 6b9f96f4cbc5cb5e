"""What stands in brackets behind a name in another script: the name once more, or the group that the artist is of.

"방탄소년단 (BTS)" is one act, "지민 (BTS)" and "진 (BTS)" are two members of it. Nothing in one name says which,
but the other names do: a gloss that stands beside two names is neither's, and a name that has two glosses,
"지민 (BTS)" and "지민 (AOA)", may be two people's.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.artist_forms import named_and_glossed

Gloss = tuple[str, str]  # the keys of a name and of what stands in brackets behind it


def without_groups(related: pa.Table, keys: pa.Array, printed: pa.Array) -> pa.Table:
    """The `artist_blocks.RELATED` pairs but for those of a glossed name and another's gloss, or one of several."""
    glosses = dict(_glosses(keys, printed))
    ambiguous = _ambiguous(glosses)
    either_way = ambiguous | {(b, a) for a, b in ambiguous}
    pairs = pa.array(sorted("\n".join(pair) for pair in either_way), pa.string())  # keys are folded: in one line
    sides = (related.column(side).cast(pa.string()) for side in ("a", "b"))
    return related.filter(pc.invert(pc.is_in(pc.binary_join_element_wise(*sides, "\n"), pairs)))


def _glosses(keys: pa.Array, printed: pa.Array) -> Iterator[tuple[str, Gloss]]:
    bracket = np.flatnonzero(pc.match_substring_regex(printed, r"[)\]]$").to_numpy(zero_copy_only=False))
    for place in bracket.tolist():
        gloss = named_and_glossed(printed[place].as_py())
        if gloss:
            yield keys[place].as_py(), gloss


def _ambiguous(glosses: Mapping[str, Gloss]) -> set[tuple[str, str]]:
    """Pairs of a glossed name's key and of the part of it that may be somebody else."""
    beside: dict[str, set[str]] = defaultdict(set)
    behind: dict[str, set[str]] = defaultdict(set)
    for name, gloss in glosses.values():
        behind[name].add(gloss)
        beside[name].add(gloss)
        beside[gloss].add(name)
    return {
        (key, part)
        for key, (name, gloss) in glosses.items()
        for part, others in ((name, behind[name]), (gloss, beside[gloss]))
        if len(others) > 1
    }
