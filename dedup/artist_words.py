"""Wrong letters that make another word: "Roberta" is no misspelt "Robert", nor "Philharmonia" a "Philharmonic".

Two names that differ in one word are no spellings of one name where both words are known from other names. A
misspelling may be known too ("Micheal"), but is then far rarer than the word that was meant.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

KNOWN_NAMES = 3  # a word is known that stands in so many names
MISSPELT = 0.02  # of the names with one word, so few or fewer may have it with this misspelling
TYPOS = pa.array(["typo", "typo in a long name"])


def without_other_words(related: pa.Table, keys: pa.Array) -> pa.Table:
    """The `artist_blocks.RELATED` pairs but for typos that make another word; keys: the name keys of the catalogue."""
    typos = np.flatnonzero(pc.is_in(related.column("relation"), TYPOS).to_numpy())
    sides = [related.column(side).take(pa.array(typos)).to_pylist() for side in ("a", "b")]
    told = [_other_word(a, b) for a, b in zip(*sides, strict=True)]
    wanted = pa.array(sorted({word for pair in told if pair for word in pair}), pa.string())
    words = pc.list_flatten(pc.utf8_split_whitespace(keys))
    counted = pc.value_counts(words.filter(pc.is_in(words, wanted)))
    counts = dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))
    kept = np.ones(len(related), dtype=bool)
    for place, pair in zip(typos.tolist(), told, strict=True):
        if pair:
            rare, common = sorted(counts[word] for word in pair)
            kept[place] = rare < KNOWN_NAMES or rare <= MISSPELT * common
    return related.filter(pa.array(kept))


def _other_word(a: str, b: str) -> tuple[str, str] | None:
    """The words in which two keys differ, where it is one of several in each."""
    mine, theirs = a.split(), b.split()
    if len(mine) != len(theirs) or len(mine) < 2:
        return None
    different = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    return different[0] if len(different) == 1 else None
