"""The text of tags that are marked as Latin-1 and are in another encoding, as older programs wrote ID3.

Such a program put the bytes of its own code page where the format knows Latin-1 only: "Кино" in Windows-1251 reads
"Êèíî". Bytes that are UTF-8 are plainly so (`catalog.text.undoubled`); what has hardly any ASCII letters is no language
in Latin-1, and its encoding is guessed from all the tags of a file together.
"""

import re
from collections.abc import Iterable

from catalog.encoding import legacy_encoding

_ENOUGH = 8
"""Bytes outside ASCII from which a guess among all encodings holds."""

_HIGH_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff]{2}[A-Za-z\x80-\xff]*")
_CYRILLIC = re.compile(r"(?:[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+)")
_WORD = re.compile(r"[^\W\d_]+")


def foreign_encoding(texts: Iterable[str]) -> str | None:
    """The encoding of texts of one file that were read as Latin-1; None where they are that."""
    latin = [text for text in texts if text and not text.isascii() and max(text) <= "\xff"]
    sample = "\n".join(latin).encode("latin-1")
    words = _HIGH_WORD.findall(sample)
    high = sum(byte >= 0x80 for word in words for byte in word)
    if 4 * high <= 3 * sum(map(len, words)) or high < 4:
        return None
    if high >= _ENOUGH:
        found = legacy_encoding(sample)
        return None if found == "cp1252" else found
    letters = _WORD.findall(sample.decode("cp1251", "replace"))
    plain = all(_CYRILLIC.fullmatch(word) or word.isascii() for word in letters)
    return "cp1251" if plain and not sample.decode("latin-1").isupper() else None


def read_as(text: str, encoding: str) -> str:
    """The text that was read as Latin-1, in its own encoding; as it is where that does not fit."""
    try:
        return text.encode("latin-1").decode(encoding)
    except UnicodeError:
        return text
