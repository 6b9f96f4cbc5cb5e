"""Forms of a name key in which spellings meet that no plain comparison joins.

`spelt_out`: digits drawn as letters ("deadmau5", "deadmaus"); `without_ensemble`: the leader alone ("Glenn Miller and
his orchestra"); `skeleton`: one for the usual romanisations of a sound, so that a name in its own script,
transliterated letter by letter, meets the spelling that became known ("chaykovskiy", "tchaikovsky"); `undoubled`: a
letter doubled or not ("metalica"). Each works on one key, and on a column of them by the same patterns. `both_names`
are the keys of a name that is printed in two scripts, "BTS (방탄소년단)".
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from dedup.artist_names import name_key

ENSEMBLES = frozenset(
    {"trio", "quartet", "quintet", "sextet", "septet", "octet", "orchestra", "ensemble", "band", "group", "combo"}
)
ENSEMBLE = (
    r"\s(?:(?:and|und|et|y|e)\s)?(?:(?:his|her|their|su|son|sein|the)\s)?(?:" + "|".join(sorted(ENSEMBLES)) + ")$"
)
LETTERS = (("0", "o"), ("1", "i"), ("3", "e"), ("4", "a"), ("5", "s"), ("7", "t"))  # digits drawn for letters
ROMAN = (
    (r"shch|tsch|tch|ch|kh", "h"),
    (r"sch|sh|zh|ts|tz|z", "s"),
    (r"ph|ff|w|f", "v"),
    (r"th", "t"),
    (r"x", "ks"),
    (r"ck|q|c", "k"),
    (r"[yij]+o", "e"),
    (r"[yij]+([aeu])", r"\1"),
    (r"[yij]+", "i"),
    (r"ou", "u"),
    (r"\s", ""),
)
DOUBLED = "bdghklmnprstv"
FOREIGN = (
    r"[\p{Cyrillic}\p{Greek}\p{Hebrew}\p{Arabic}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Armenian}\p{Georgian}"
    r"\p{Thai}\p{Devanagari}]"
)
_ENSEMBLE = re.compile(ENSEMBLE)
_DOUBLED = re.compile(r"([a-z])\1+")
_TWO_NAMES = re.compile(r"(?P<name>[^()\[\]]*[^()\[\]\s])\s*[(\[](?P<other>[^()\[\]]+)[)\]]")
_ROMAN = [(re.compile(pattern), put) for pattern, put in ROMAN]
_DRAWN = re.compile(r"\S*(?:[a-z]\d|\d[a-z])\S*")
_AS_LETTERS = str.maketrans(dict(LETTERS))


def spelt_out(key: str) -> str:
    """The key with the digits inside its words as letters; a word of digits alone stays."""
    return _DRAWN.sub(lambda word: word[0].translate(_AS_LETTERS), key)


def spelt_out_column(keys: pa.Array) -> pa.Array:
    """`spelt_out` of keys with digits inside a word, "" for all others."""
    drawn = pc.match_substring_regex(keys, r"[a-z]\d|\d[a-z]")
    found = iter([spelt_out(key) for key in keys.filter(drawn).to_pylist()])
    return pa.array([next(found) if one else "" for one in drawn.to_pylist()], pa.string())


def without_ensemble(key: str) -> str:
    """The key without the ensemble at its end."""
    return _ENSEMBLE.sub("", key)


def without_ensemble_column(keys: pa.Array) -> pa.Array:
    """`without_ensemble` of keys that have one, "" for all others."""
    bare = pc.replace_substring_regex(keys, ENSEMBLE, "")
    return pc.if_else(pc.equal(bare, keys), "", bare)


def undoubled(key: str) -> str:
    """The key with every doubled letter once, without spaces."""
    return _DOUBLED.sub(r"\1", key.replace(" ", ""))


def both_names(printed: str) -> frozenset[str]:
    """The keys of a name that stands beside itself in another script; none for any other name."""
    return frozenset(named_and_glossed(printed) or ())


def named_and_glossed(printed: str) -> tuple[str, str] | None:
    """The key of a name, and of what stands in brackets behind it in another script."""
    found = None if printed.isascii() or printed[-1:] not in (")", "]") else _TWO_NAMES.fullmatch(printed)
    if not found or is_foreign(found["name"]) == is_foreign(found["other"]):
        return None
    return name_key(found["name"]), name_key(found["other"])


def skeleton(key: str) -> str:
    """What the usual romanisations of a name have in common: its consonants by class, and its plain vowels."""
    for pattern, put in _ROMAN:
        key = pattern.sub(put, key)
    for letter in DOUBLED:
        key = key.replace(2 * letter, letter)
    return key


def skeleton_column(keys: pa.Array) -> pa.Array:
    """`skeleton` of every key."""
    for pattern, put in ROMAN:
        keys = pc.replace_substring_regex(keys, pattern, put)
    for letter in DOUBLED:
        keys = pc.replace_substring(keys, 2 * letter, letter)
    return keys


def is_foreign(printed: str) -> bool:
    """Whether a name is printed in another script than the Latin one."""
    return not printed.isascii() and bool(pc.match_substring_regex(pa.array([printed]), FOREIGN)[0].as_py())


def foreign_column(printed: pa.Array) -> pa.Array:
    """`is_foreign` of a column."""
    return pc.match_substring_regex(printed, FOREIGN)
