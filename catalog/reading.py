"""What reading one delivered value gave: the value, nothing, or the reason why it was refused.

Sources write "there is no value" as text ("unk.", "n.a.", "--"); such a marker is the same as an empty cell. Every
other text that cannot be read is refused with words that tell the person who delivered it what to write instead.
"""

from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from catalog.text import clean

T = TypeVar("T")

MARKERS = frozenset("unk unknown na nan null none nil tba tbc tbd msec missing notavailable".split())
"""Missing markers, lower-case, without spaces and punctuation ("m sec" is a template that was filled with nothing)."""

NAME_MARKERS = frozenset(
    (
        *("unk.", "n.a.", "n/a", "null", "nan", "<unknown>", "[unknown]", "(unknown)"),
        *("\\n", "(null)", "<null>", "[null]", "#n/a", "#ref!", "#value!", "#name?", "#null!", "#div/0!", "#num!"),
    )
)
"""Missing markers that no title or name is spelled like, those of databases and spreadsheets among them; "None" and
"Unknown" are titles too."""

COLLECTIVE_MARKERS = NAME_MARKERS | {
    *("unknown", "none", "unknown album", "unknown artist", "unknown title", "unbekannt"),
    *("unbekanntes album", "album inconnu", "álbum desconocido", "album desconocido", "álbum desconhecido"),
    *("album sconosciuto", "onbekend album", "okänt album", "ukjent album", "ukendt album", "tuntematon albumi"),
    *("nieznany album", "neznámé album", "ismeretlen album", "bilinmeyen albüm", "άγνωστο άλμπουμ"),
    *("неизвестный альбом", "невідомий альбом", "未知专辑", "未知專輯", "不明なアルバム", "알 수 없는 앨범"),
}
"""Missing markers of album and artist columns, where nobody is called "Unknown"."""


class Reading(NamedTuple, Generic[T]):
    """A value or None; `refused` says why a text that is there gave none, empty where the text itself says nothing."""

    value: T | None
    refused: str = ""


@lru_cache(1 << 14)
def is_missing(text: str | None) -> bool:
    """Whether a cell of numbers, dates or codes is empty, only punctuation, or a missing marker ("unk.", "nul l")."""
    if not text:
        return True
    if text[0].isdigit():
        return False
    if text.strip().lower() in NAME_MARKERS:
        return True
    letters = "".join(char for char in text if char.isalnum()).lower()
    return not letters or letters in MARKERS


def named(text: str | None, markers: frozenset[str] = NAME_MARKERS) -> str:
    """The cleaned text of a name, empty where the cell holds nothing or a missing marker."""
    if not text:
        return ""
    text = clean(text)
    return "" if text.lower() in markers else text
