"""The comparison form of names and titles.

Sources spell one name in many ways: another script, another case, curly quotes, an HTML entity, invisible joiners,
"&" for "and", "Ke$ha" for "Kesha". `clean` repairs what should never have been in the text (UTF-8 read as Windows-1252
too) and keeps it printable; `fold` goes on to the form that two names are compared in: lower-case ASCII letters and
digits, single spaces.

Unicode NFKC (UAX 15) joins compatibility forms; anyascii transliterates every script. Deviations from plain
transliteration: elided apostrophes and dotted initials are closed up ("don't" dont, "R.E.M." rem, "J. S." js), a
letter drawn as a symbol inside a word is read as that letter, and tokenised text ("do n't", "I 'll") is joined again.
"""

import html
import re
import unicodedata

from anyascii import anyascii

CACHED_TEXTS = 1 << 15
"""Texts that each parser remembers: artists, albums and version phrases repeat, and their rows stand together."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31}\d{0,2});")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_LATER = "[\x80-\xbf" + "".join(bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)) + "]"
_DOUBLED = re.compile(rf"[\x00-\x7f]*(?:(?:[\xc2-\xc5\xd0\xd1]{_LATER}|[\xe2-\xed]{_LATER}{{2}})[\x00-\x7f]*)+")
"""Text whose characters outside ASCII are all bytes of UTF-8, each read as a character of Windows-1252."""

_WORDS = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256))
_N = re.compile(r"[ '`][nN]")
_ROCK_N_ROLL = re.compile(r"(?<=\w)(?: ?['`]n['`] ?| ['`]n | n['`] )(?=\w)", re.IGNORECASE)
_CONTRACTION = re.compile(r" (?=n['`]t\b)| (?=['`](?:s|ll|re|ve|d|m|t|em)\b)", re.IGNORECASE)
_ELISION = re.compile(r"(?<=\w)['`](?=\w)|(?<=\.)['`](?=s\b)")
_AND = re.compile(r"&+")
_PLUS = re.compile(r"(?<=[\w ])\+(?=[\w ])")
_DOTTED = re.compile(r"\b[a-z](?:\. ?[a-z])+\b\.?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_SHARP = re.compile(r"(?<!\w)(?P<note>[A-Ga-g])[#♯](?!\w)")
_SPELLED = re.compile(r"[$!'`&+.,]")
"""What may be a letter or a word, or stand inside one; all other marks separate words."""

_DOLLAR = re.compile(r"(?<=[A-Za-z])\$(?=[A-Za-z])|(?<=[A-Za-z]) \$ (?=[A-Za-z])|(?<![\w$])\$(?=[A-Za-z])")
_BANG = re.compile(r"(?<=[A-Z])!(?=[A-Za-z])|(?<=[a-z])!(?=[a-z])")


def clean(text: str) -> str:
    """The text as it should have been printed: entities decoded, NFKC, nothing invisible, single spaces."""
    if text.isascii() and text.isprintable() and ("&" not in text or ";" not in text):
        return " ".join(text.split()) if "  " in text or text[:1] == " " or text[-1:] == " " else text
    if "&" in text and ";" in text:
        text = _decode_entities(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", undoubled(text)))
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def undoubled(text: str) -> str:
    """The text that was UTF-8, read as Windows-1252 and saved so: "CafÃ©" is "Café". Any other text as it is."""
    if not _DOUBLED.fullmatch(text):
        return text
    try:
        return b"".join(bytes([ord(char)]) if char < "\u0100" else char.encode("cp1252") for char in text).decode(
            "utf-8"
        )
    except UnicodeDecodeError:
        return text


def _decode_entities(text: str) -> str:
    """Decode entities that end in a semicolon, also when they were escaped twice ("&amp;amp;")."""
    for _ in range(2):
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return text


class _Transliterated(dict[int, str]):
    """Character -> its ASCII, for `str.translate`; a character is looked up when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = text = anyascii(chr(code))
        return text


_ASCII = _Transliterated()


def fold(text: str) -> str:
    """The comparison form: lower-case ASCII words of letters and digits, single spaces; empty where nothing remains."""
    if text.isascii() and text.replace(" ", "").isalnum():
        return " ".join(text.lower().split())
    text = clean(text)
    if "#" in text or "♯" in text:
        text = _SHARP.sub(r"\g<note> sharp", text)
    if not text.isascii():
        text = text.translate(_ASCII)
    if _SPELLED.search(text):
        text = _close_up(_read_symbols(text).lower())
    return b" ".join(text.encode("ascii", "replace").translate(_WORDS).split()).decode()


def _read_symbols(text: str) -> str:
    """Symbols that stand for letters or words: "Ke$ha", "P!nk", "A & B"."""
    if "$" in text:
        text = _DOLLAR.sub("s", text)
    if "!" in text:
        text = _BANG.sub("i", text)
    if "'" in text or "`" in text:
        text = _ROCK_N_ROLL.sub(" and ", text) if _N.search(text) else text
    if "+" in text:  # first, for it joins nothing beside "&"
        text = _PLUS.sub(" and ", text)
    if "&" in text:
        text = _AND.sub(" and ", text)
    return text


def _close_up(text: str) -> str:
    """Join what punctuation splits though it is one word: contractions, dotted initials, thousands."""
    if "'" in text or "`" in text:
        text = _ELISION.sub("", _CONTRACTION.sub("", text))
    if "." in text:
        text = _DOTTED.sub(lambda match: match[0].replace(".", "").replace(" ", "") + " ", text)
    return _THOUSANDS.sub("", text) if "," in text else text


def fold_name(text: str) -> str:
    """`fold`, except that a name of nothing but punctuation ("!!!", "+/-") stays itself, without spaces."""
    return fold(text) or clean(text).replace(" ", "").casefold()
