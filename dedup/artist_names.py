"""The key under which the credits of one artist name meet.

`name_key` is the folded text without a leading article, with "&" and "and" alike and common abbreviations written
out. Credits of one key are taken for one artist's until their tracks say otherwise (`artist_split`); different keys
that may be one artist are the business of `artist_relations` and `artist_merge`.

Discogs tells namesakes apart by a number, "Solitaire (2)"; it stays in the key, and two numbers never meet.
"""

import re
import unicodedata
from functools import lru_cache

from catalog.artist_cores import PLACEHOLDERS as UNCREDITED
from catalog.text import fold

DISCOGS_NUMBER = re.compile(r"^(?P<name>.*\S)\s*\((?P<number>[1-9]\d{0,2})\)\*?$")
LIFE = re.compile(r"\s*[(\[](?:\d{4}\s*[-–—]\s*(?:\d{4})?|(?:\*|b\.|born)\s*\d{4})[)\]]$")  # "(1770-1827)", "(b. 1936)"
ABBREVIATIONS = {
    "bros": "brothers",
    "dr": "doctor",
    "ens": "ensemble",
    "mr": "mister",
    "orch": "orchestra",
    "orq": "orquesta",
    "st": "saint",
    "symph": "symphony",
}
DOTTED_ABBREVIATIONS = {"co": "company", "phil": "philharmonic"}  # only where a dot is printed

# Keys that stand for nobody in particular: one artist each, never split and never merged with a person.
PLACEHOLDERS = frozenset(
    {
        "?", "anon", "anonimo", "anonyme", "anonymous", "artist", "artistes divers", "artisti vari", "data",
        "dialogue", "divers", "diverse", "interpreti vari", "n a", "narodnaya", "no artist", "none", "not available",
        "original cast", "sound effects", "trad", "tradicional", "traditional", "traditionell", "traditionnel",
        "tradizionale", "unknown", "unknown artist", "unknown artists", "va", "varios", "varios artistas", "various",
        "various artists", "verschiedene", "verschiedene interpreten",
    }
) | UNCREDITED  # fmt: skip


@lru_cache(maxsize=1 << 16)
def name_key(name: str) -> str:
    """The key under which credits of `name` meet: blind to case, accents, punctuation and articles; never empty.

    A name without letters or digits ("!!!") keys by its own characters, so that such names stay apart.
    """
    bare, number = split_number(LIFE.sub("", name) if name[-1:] in (")", "]") else name)
    key = " ".join(_without_article(_words(bare))) or unicodedata.normalize("NFKC", bare).casefold().strip() or "?"
    return f"{key} ({number})" if number else key


def split_number(name: str) -> tuple[str, str]:
    """The name and Discogs' number for it: `"Solitaire (2)"` is `("Solitaire", "2")`; "" where there is none."""
    found = DISCOGS_NUMBER.match(name.strip()) if "(" in name else None
    return (found["name"], found["number"]) if found else (name, "")


def _words(bare: str) -> list[str]:
    dotted = {fold(word) for word in bare.split() if word.rstrip(",;").endswith(".")} if "." in bare else set()
    return [
        DOTTED_ABBREVIATIONS[word] if word in dotted and word in DOTTED_ABBREVIATIONS else ABBREVIATIONS.get(word, word)
        for word in fold(bare).split()
    ]


def _without_article(words: list[str]) -> list[str]:
    bare = words[1:] if words[:1] == ["the"] else words[:-1] if words[-1:] == ["the"] else words  # or "Beatles, The"
    return bare if set(bare) - {"the"} else words  # "The The"
