"""Names of one key whose print says that they are two people's: other Chinese characters, or other years of life.

A key is blind to what is lost when Chinese is read aloud without its tones: 张磊, 张蕾 and 章雷 are all "zhanglei". Two
characters that both stand in GB 2312, the national set of simplified characters, are two characters; where one of them
does not, they may be its traditional and its simplified form (張, 张), which says nothing. Years behind a name are
dropped from its key, for most sources print none; where two are printed, they tell "Johann Strauss (1804-1849)" from
"Johann Strauss (1825-1899)".
"""

import re
from collections import defaultdict
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.artist_names import LIFE
from dedup.artist_values import Ints

HAN = re.compile(r"[\u3400-\u9fff]")
YEAR = re.compile(r"\d{4}")
SHORTEST_LIFE = 15  # years; of a shorter span, "(1962-1966)", it is a time that an act or its tracks are from
TELLING = r"\p{Han}|\d{4}[^)\]]*[)\]]$"
MOST_PRINTS = 100  # of one key; what comes after says nothing


def prints(key: Ints, names: pa.ChunkedArray) -> Ints:
    """Who is meant by each printed name `[n]`: two numbers above 0 under one key are two people; 0: it does not say."""
    found = np.zeros(len(names), dtype=np.int64)
    encoded = names.combine_chunks().dictionary_encode()
    telling = pc.match_substring_regex(encoded.dictionary, TELLING).fill_null(False).to_numpy(zero_copy_only=False)
    name = encoded.indices.to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(telling[name]) if telling.any() else found[:0]
    different, row = np.unique(key[rows] * len(telling) + name[rows], return_inverse=True)
    keys, printed = np.divmod(different, max(len(telling), 1))
    of_key: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(keys.tolist()):
        of_key[one].append(place)
    numbers = np.zeros(len(different), dtype=np.int64)
    for places in of_key.values():
        if len(places) > 1:
            texts = encoded.dictionary.take(pa.array(printed[places[:MOST_PRINTS]])).to_pylist()
            numbers[places[:MOST_PRINTS]] = _people(texts)
    found[rows] = numbers[row]
    return found


def two_people(a: str, b: str) -> bool:
    """Whether the print of two names of one key tells that they are two people's."""
    return _other_characters(_han(a), _han(b)) or _other_life(_life(a), _life(b))


def _people(names: list[str]) -> list[int]:
    """A number from 1 on for each name that tells, the same for names that may be one person's."""
    found = [0] * len(names)
    told = [i for i, name in enumerate(names) if _han(name) or _life(name)]
    for number, i in enumerate(told, 1):
        alike = {found[j] for j in told if found[j] and not two_people(names[i], names[j])}
        found = [number if each in alike else each for each in found]
        found[i] = number
    return found


@lru_cache(1 << 12)
def _han(name: str) -> str:
    return "".join(HAN.findall(name))


def _other_characters(a: str, b: str) -> bool:
    return len(a) == len(b) and any(x != y and _simplified(x) and _simplified(y) for x, y in zip(a, b, strict=True))


@lru_cache(1 << 14)
def _simplified(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


@lru_cache(1 << 12)
def _life(name: str) -> tuple[int, ...]:
    """The years of birth and death as far as they are printed."""
    found = LIFE.search(name) if name[-1:] in (")", "]") else None
    years = tuple(map(int, YEAR.findall(found[0]))) if found else ()
    return years if len(years) < 2 or years[1] - years[0] >= SHORTEST_LIFE else ()


def _other_life(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Another birth, unless both died in one year: a birth is told in several ways."""
    return bool(a and b) and a[0] != b[0] and not (len(a) == len(b) == 2 and a[1] == b[1])
