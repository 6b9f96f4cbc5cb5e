"""Titles that name nothing: what rippers and players write where nobody knew the title ("Track 05", "Untitled").

All untagged discs have the same twelve titles, so that two tracks agree on one says at most what their place says. A
track may still be called so; then its artist, album, length and place tell it, as they do where a title is missing.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.text import fold

Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]

TRACKS = (
    "Track", "Audio Track", "AudioTrack", "CD Track", "Titel", "Spur", "Piste", "Plage", "Pista", "Traccia", "Faixa",
    "Nummer", "Spår", "Spor", "Raita", "Utwór", "Ścieżka", "Skladba", "Stopa", "Sáv", "Parça", "Κομμάτι", "Трек",
    "Дорожка", "Доріжка", "トラック", "曲目", "音轨", "音軌", "트랙",
)  # fmt: skip
"""Words before a track's number."""

UNKNOWN = (
    "Untitled", "Untitled Track", "No Title", "Unknown Title", "Unknown Track", "Unknown Song", "Ohne Titel",
    "Unbekannter Titel", "Sans titre", "Titre inconnu", "Sin título", "Título desconocido", "Sem título",
    "Título desconhecido", "Senza titolo", "Titolo sconosciuto", "Zonder titel", "Onbekende titel", "Bez tytułu",
    "Nieznany tytuł", "Без названия", "無題", "无标题", "제목 없음",
)  # fmt: skip
"""What stands for a title that nobody knew, with or without a number."""

UNSAID = (
    "Unknown", "Unbekannt", "Inconnu", "Desconocido", "Desconhecido", "Sconosciuto", "Onbekend", "Nieznany",
    "Неизвестно", "Невідомо", "未知", "不明",
)  # fmt: skip
"""The same, where nobody is known to have made it: an artist may call a song so."""


def _any(words: tuple[str, ...]) -> str:
    return "(?:" + "|".join(sorted({re.escape(fold(word)) for word in words})) + ")"


NAMELESS = rf"^(?:\d{{1,3}} )?(?:{_any(TRACKS)} ?(?:(?:no|nr|n) )?\d{{1,3}}|{_any(UNKNOWN)}(?: \d{{1,3}})?)$"
"""A folded title that names nothing, whoever made it."""

ANONYMOUS = rf"^{_any(UNSAID)}(?: \d{{1,3}})?$"

EXAMPLES = ("track 05", "track05", "01 track 01", "titel 5", "dorozhka 5", "untitled", "untitled 3", "sans titre")
COUNTEREXAMPLES = (
    "track", "track of my tears", "tracks 5", "soundtrack 5", "track 5 blues", "song 2", "untitled love", "1999",
    "the unknown", "opus 5", "nummer eins", "track 2 heaven",
)  # fmt: skip


def nameless(title: pa.Array, credited: Bools) -> Bools:
    """Which folded titles, `[n]`, name nothing. credited: where the artist is known."""
    unsaid = np.asarray(pc.match_substring_regex(title, ANONYMOUS)) & ~credited
    return np.asarray(pc.match_substring_regex(title, NAMELESS)) | unsaid


def numbered(left: pa.Array, right: pa.Array, places: tuple[Numbers, Numbers], where: Bools) -> Bools:
    """Among pairs in `where`: is a side's title nothing but its place, by the other's? Then it names nothing.

    left, right: folded titles `[n]`; places: the track numbers of both sides, NaN where unknown.
    """
    found = np.zeros(len(where), bool)
    for title, own, other in ((left, *places), (right, *places[::-1])):
        at = np.flatnonzero(where & np.asarray(pc.ascii_is_decimal(title)) & (np.isnan(own) | (own == other)))
        found[at] |= np.array(title.take(pa.array(at)).to_pylist(), dtype=object).astype(np.float64) == other[at]
    return found
