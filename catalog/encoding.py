"""The encoding of a text file, from a bounded sample of its bytes.

A byte order mark or valid UTF-8 decides. UTF-16 without a mark shows in its zero bytes. All else is a guess, and said
to be one: where the words are mostly ASCII with single accented letters, it is the encoding in which these are letters
of a language (`catalog.latin`), else Windows-1252 (of which Latin-1 is the printable part) unless that puts symbols
inside words; otherwise charset-normalizer chooses among the encodings that tables are found in. On samples as short as
a table of titles its unrestricted answer is worse than this.
"""

import codecs
import re
from dataclasses import dataclass

from catalog.latin import latin_encoding

SAMPLE_BYTES = 1 << 20
_GUESS_BYTES = 1 << 16
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LATIN = ("cp1250", "cp1254", "cp1252")
_OTHERS = ("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp932", "euc_jp", "gb18030", "big5", "euc_kr")
_HIGH_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_PAIR = re.compile(rb"[\x80-\xff]{2}")  # as any other script has, and a degree sign has not
_SYMBOL_IN_WORD = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f\u2018\u2019\u00b4](?=[^\W\d_])")


@dataclass(frozen=True)
class Encoding:
    """A codec's name, and whether it is a guess."""

    name: str
    guessed: bool = False


def detect(sample: bytes) -> Encoding:
    """The encoding of a file that starts with `sample`."""
    for mark, name in _MARKS.items():  # UTF-32's mark starts with UTF-16's, and stands first
        if sample.startswith(mark):
            return Encoding(name)
    if wide := _utf16(sample[:_GUESS_BYTES]):
        return Encoding(wide, guessed=True)
    lines = [line for line in sample.splitlines()[: -1 if len(sample) >= SAMPLE_BYTES else None] if not line.isascii()]
    if 2 * sum(_is_utf8(line) for line in lines) >= len(lines):
        return Encoding("utf-8")
    return Encoding(legacy_encoding(b"\n".join(lines)[:_GUESS_BYTES]), guessed=True)


def is_binary(sample: bytes) -> bool:
    """Whether bytes in an 8-bit encoding hold more control characters than any text does (over 1 in 20)."""
    control = sum(sample.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1a")
    return 20 * control > len(sample)


def _utf16(sample: bytes) -> str | None:
    half = len(sample) // 2
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if max(even, odd) < 0.3 * half or min(even, odd) > 0.05 * half:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def legacy_encoding(sample: bytes) -> str:
    """The likeliest encoding of bytes that are no Unicode."""
    words = _HIGH_WORD.findall(sample)
    high = sum(byte >= 0x80 for word in words for byte in word)
    if 2 * high > sum(map(len, words)) and _PAIR.search(sample):
        return _best(sample, _OTHERS) or "cp1252"
    if found := latin_encoding(words):
        return found
    western = sample.decode("cp1252", "replace")
    if 20 * len(_SYMBOL_IN_WORD.findall(western)) <= high:
        return "cp1252"
    return _best(sample, _LATIN) or "cp1252"


def _best(sample: bytes, among: tuple[str, ...]) -> str | None:
    from charset_normalizer import from_bytes  # takes a tenth of a second to import, and is rarely needed

    match = from_bytes(sample, cp_isolation=list(among)).best()
    return match.encoding if match else None
