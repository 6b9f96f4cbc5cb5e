"""Which of the 8-bit encodings of the Latin script a sample of words is in, by the letters that languages have.

All of them agree on ASCII and disagree on the rest: the byte of "ř" in Windows-1250 is "ø" in Windows-1252. Decoded as
it was written, a text has hardly any letters but those of one language; decoded otherwise it has letters of several,
symbols, and capitals inside words. Western languages are taken together, as they stand together in one table.
"""

from collections.abc import Sequence

_WESTERN = "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿßœ"
_LETTERS: tuple[tuple[str, str], ...] = (
    ("cp1252", _WESTERN),
    ("cp1252", "áðéíóúýþæö"),  # Icelandic
    ("cp1250", "ąćęłńóśźż"),  # Polish
    ("cp1250", "áäčďéěíĺľňóôŕřšťúůýž"),  # Czech, Slovak
    ("cp1250", "čćđšž"),  # Croatian, Slovene
    ("cp1250", "ăâîşţ"),  # Romanian
    ("iso8859-2", "ąćęłńóśźż"),
    ("iso8859-2", "áäčďéěíĺľňóôŕřšťúůýž"),
    ("cp1254", "çğıöşüâîû"),  # Turkish
    ("cp1257", "ąčęėįšųūž"),  # Lithuanian
    ("cp1257", "āčēģīķļņšūž"),  # Latvian
    ("mac_roman", _WESTERN),
    ("cp850", _WESTERN),
)
_MARKS = frozenset("‘’‚“”„–—…•™«»´·°©®¡¿\u00a0")
"""Signs that stand beside words in any language."""

MARGIN = 0.04
"""Share of letters by which another encoding must explain more than Windows-1252 does."""

LEAST = 3
"""Letters outside ASCII that a sample needs for more than Windows-1252."""


def latin_encoding(words: Sequence[bytes]) -> str | None:
    """The encoding of words of mostly ASCII letters; None where no language's letters are what they have."""
    text = b" ".join(words)
    shares = [_share(text.decode(codec, "replace"), letters) for codec, letters in _LETTERS]
    best = max(range(len(shares)), key=lambda place: (shares[place], -place))
    western = max(share for share, (codec, _) in zip(shares, _LETTERS, strict=True) if codec == "cp1252")
    if sum(byte >= 0x80 for byte in text) < LEAST or shares[best] < western + MARGIN:
        return "cp1252" if western >= 1 - MARGIN else None
    return _LETTERS[best][0] if shares[best] >= 1 - 2 * MARGIN else None


def _share(text: str, letters: str) -> float:
    """Share of the letters and symbols outside ASCII that are a language's, no capital behind a small letter."""
    known = frozenset(letters + letters.upper() + ("İ" if "ı" in letters else ""))
    counted = [place for place, char in enumerate(text) if char > "\x7f" and char not in _MARKS]
    good = sum(
        text[place] in known and not (text[place].isupper() and text[place - 1 : place].islower()) for place in counted
    )
    return good / len(counted) if counted else 1.0
