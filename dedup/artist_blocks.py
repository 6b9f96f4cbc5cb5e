"""Pairs of artist names that share a blocking key, and how each pair is alike.

Two related names share at least one blocking key, but for typos in both halves of a name. Blocks are found for all
names at once, as codes in arrays; only the pairs that are left are looked at one by one. Work is bounded: a blocking
key held by more than `BLOCK_NAMES` names proposes nothing.
"""

import logging
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cpdist

from dedup.artist_codes import Codes, Texts, codes, combined, mixed, part_codes
from dedup.artist_forms import (
    both_names,
    foreign_column,
    skeleton_column,
    spelt_out_column,
    undoubled,
    without_ensemble_column,
)
from dedup.artist_glosses import without_groups
from dedup.artist_relations import CONJUNCTIONS, GENERATIONS, RESIDUES, STAGE_PREFIXES, TWO_TYPOS, TYPO_LETTERS, relate
from dedup.artist_values import Ints, Values, pairs_within
from dedup.artist_words import without_other_words

BLOCK_NAMES = 50
GENERATION = r"\s(?:" + "|".join(sorted(GENERATIONS)) + ")$"  # behind the surname
SHORT_NAME_WORDS = 4  # of a longer name, no single word is taken for the artist's
RELATED = pa.schema(
    [pa.field("a", pa.string()), pa.field("b", pa.string()), pa.field("relation", pa.string())]  # name keys, a < b
)
Block = tuple[Ints, Codes]  # names, and a blocking key of each

logger = logging.getLogger(__name__)


def relate_names(names: pa.Table) -> pa.Table:
    """The `RELATED` pairs among `artist_profiles.NAMES`."""
    ordered = names.sort_by("name_key")
    keys, printed = (ordered.column(name).combine_chunks() for name in ("name_key", "name"))
    a, b = candidate_pairs(keys, printed)
    sides = [column.take(pa.array(side)).to_pylist() for column in (keys, printed) for side in (a, b)]
    relations = [relate(x, y, printed_a=p, printed_b=q) for x, y, p, q in zip(*sides, strict=True)]
    table = pa.table([*sides[:2], relations], schema=RELATED)
    known = without_groups(table.filter(table.column("relation").is_valid()), keys, printed)
    return without_other_words(known, keys)


def candidate_pairs(keys: pa.Array, printed: pa.Array | None = None) -> tuple[Ints, Ints]:
    """Pairs of different name keys that share a blocking key, as places in `keys`, each once, sorted.

    printed: the names, where their script tells which may be one name in two scripts.
    """
    n, words = max(len(keys), 1), pc.utf8_split_whitespace(keys)
    found = [_numbered(a, b, n) for a, b in (_pairs(*block) for block in _blocks(keys, words))]
    alone = words.value_lengths().to_numpy() == 1
    a, b = _pairs(*_edge_words(pc.utf8_split_whitespace(pc.replace_substring_regex(keys, GENERATION, ""))))
    partial = alone[a] != alone[b]
    found += [_numbered(a[partial], b[partial], n), _numbered(*_in_two_scripts(keys, printed), n)]
    found += [_numbered(*_pairs(*_beside_themselves(keys, printed)), n)]
    whole = _once(np.concatenate(found))
    typos = _once(_numbered(*_pairs(*_halves(keys)), n))
    typos = typos[whole[np.searchsorted(whole, typos).clip(max=len(whole) - 1)] != typos] if len(whole) else typos
    pairs = np.sort(np.concatenate([whole, typos[_alike(keys, typos)]]))
    return pairs // n, pairs % n


def _in_two_scripts(keys: pa.Array, printed: pa.Array | None) -> tuple[Ints, Ints]:
    """Pairs of a name in another script and a Latin one whose skeletons agree."""
    foreign = np.zeros(len(keys), dtype=bool)
    if printed is not None:
        foreign = foreign_column(printed).to_numpy(zero_copy_only=False)
    if not foreign.any():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    bones = codes(skeleton_column(keys))
    shared = np.flatnonzero(np.isin(bones, bones[foreign]))
    a, b = _pairs(shared, bones[shared])
    mixed_pair = foreign[a] != foreign[b]
    return a[mixed_pair], b[mixed_pair]


def _beside_themselves(keys: pa.Array, printed: pa.Array | None) -> Block:
    """Every key, and for a name printed in two scripts at once the key of each."""
    names, own = np.arange(len(keys)), codes(keys)
    if printed is None:
        return names[:0], own[:0]
    bracket = np.flatnonzero(pc.match_substring_regex(printed, r"[)\]]$").to_numpy(zero_copy_only=False))
    told = [(i, key) for i in bracket.tolist() for key in sorted(both_names(printed[i].as_py()))]
    held = codes(pa.array([key for _, key in told], pa.string()))
    known = np.isin(own, held)
    places = np.array([i for i, _ in told], dtype=np.int64)
    return np.concatenate([names[known], places]), np.concatenate([own[known], held])


def _numbered(a: Ints, b: Ints, n: int) -> Ints:
    """One number a pair, whichever of its names comes first."""
    return np.minimum(a, b) * n + np.maximum(a, b)


def _once(numbers: Ints) -> Ints:
    ordered = np.sort(numbers)
    found: Ints = ordered[np.diff(ordered, prepend=-1) != 0]
    return found


def _pairs(names: Ints, blocks: Codes) -> tuple[Ints, Ints]:
    """Pairs of names that share a block, once for each."""
    known = np.flatnonzero(blocks)
    order = known[np.lexsort((names[known], blocks[known]))]
    name, start = names[order], np.ones(len(order), dtype=bool)
    start[1:] = np.diff(blocks[order]) != 0
    once = start | (np.diff(name, prepend=-1) != 0)
    name, block = name[once], np.cumsum(start)[once] - 1
    sizes = np.bincount(block)
    if crowded := int((sizes > BLOCK_NAMES).sum()):
        logger.info("%d blocking keys of artist names have more than %d names: left out", crowded, BLOCK_NAMES)
    allowed = np.flatnonzero(sizes[block] <= BLOCK_NAMES)
    a, b = pairs_within(block[allowed])
    return name[allowed[a]], name[allowed[b]]


def _blocks(keys: pa.Array, words: pa.ListArray) -> Iterator[Block]:
    """Keys of names that differ in spaces, in the order of words, in a conjunction, or in forenames cut short."""
    names = np.arange(len(keys))
    many = words.value_lengths().to_numpy() > 1
    prefixed = pa.array(many & _is_in(_word(words, 0), STAGE_PREFIXES))
    rest = pc.if_else(prefixed, pc.replace_substring_regex(keys, r"^\S+\s", ""), "")
    residue = pc.if_else(
        pa.array(many & _is_in(_word(words, -1), RESIDUES)), pc.replace_substring_regex(keys, r"\s\S+$", ""), ""
    )
    forms = (keys, rest, residue, without_ensemble_column(keys), spelt_out_column(keys))
    joined = [codes(pc.replace_substring_regex(texts, r"\s", "")) for texts in forms]
    yield np.tile(names, len(forms)), np.concatenate(joined)
    yield names, codes(pa.array(list(map(undoubled, keys.to_pylist())), pa.string()))
    yield names, _word_sets(words)
    initial = codes(pc.utf8_slice_codeunits(keys, 0, 1))
    yield names[many], combined(codes(_word(words, -1)), initial)[many]


def _edge_words(words: pa.ListArray) -> Block:
    """First and last words: a single word meets there the names that it may be a part of."""
    short = np.flatnonzero(words.value_lengths().to_numpy() <= SHORT_NAME_WORDS)
    edges = [codes(_word(words, place))[short] for place in (0, -1)]
    return np.concatenate([short, short]), np.concatenate(edges)


def _halves(keys: pa.Array) -> Block:
    """Where all wrong letters stand in one half of a name, the other half is whole; a lost letter moves the middle."""
    texts = Texts.of(keys)
    length = texts.ends - texts.starts
    long = np.flatnonzero(length >= TYPO_LETTERS)
    start, end = texts.starts[long], texts.ends[long]
    found = []
    for half in (length[long] // 2, (length[long] - 1) // 2):
        found += [part_codes(texts, start, start + half), ~part_codes(texts, end - half, end)]
    return np.tile(long, len(found)), np.concatenate(found)


def _alike(keys: pa.Array, pairs: Ints) -> NDArray[np.bool_]:
    """Which pairs are within the typos that any name is allowed."""
    n = max(len(keys), 1)
    a, b = (keys.take(pa.array(side)).to_pylist() for side in (pairs // n, pairs % n))
    distance = cpdist(a, b, scorer=DamerauLevenshtein.distance, score_cutoff=TWO_TYPOS, dtype=np.uint8)
    return distance <= TWO_TYPOS


def _word_sets(words: pa.ListArray) -> Codes:
    """The code of a name's different words but for conjunctions, whatever their order."""
    flat = words.flatten()
    told = np.where(_is_in(flat, CONJUNCTIONS), 0, codes(flat))
    names = np.repeat(np.arange(len(words)), words.value_lengths().to_numpy())
    found = Values.gather(names, told, len(words))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed(found.codes), dtype=np.uint64)])
    sets: Codes = sums[found.offsets[1:]] - sums[found.offsets[:-1]]
    return sets


def _is_in(texts: pa.Array, those: frozenset[str]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.is_in(texts, pa.array(sorted(those))).to_numpy(zero_copy_only=False)
    return found


def _word(words: pa.ListArray, place: int) -> pa.Array:
    """The first word (0) or the last (-1) of every name."""
    offsets = words.offsets.to_numpy()
    return words.values.take(pa.array(offsets[:-1] if place == 0 else offsets[1:] - 1))
