"""The comparison form of a whole artist credit: its main names folded, in printed order.

"Beatles, The", "The Beatles" and "Beatles" compare equal, and Discogs' marks for namesakes ("Bantu (2)") and name
variations ("Peter Tosh*") are left out. A placeholder such as "Various Artists" names nobody and has no such form.
"""

import re
from functools import lru_cache
from itertools import compress
from typing import NamedTuple

from catalog.credits import ORCHESTRAS, Credit, parse_credit
from catalog.text import CACHED_TEXTS, fold, fold_name

_SEVERAL = (
    *(
        "Various Artist",
        "Various Performers",
        "Various Composers",
        "VVAA",
        "Verschiedene Künstler",
        "Diverse Interpreten",
    ),
    *("Diverse Künstler", "Artistes Divers", "Interprètes Divers", "Multi-interprètes", "Varios Intérpretes"),
    *("Vários Artistas", "Vários Intérpretes", "Diversos Artistas", "Diversos Intérpretes", "Interpreti Vari"),
    *("Diverse Artiesten", "Diverse Artister", "Diverse Kunstnere", "Blandade Artister", "Eri Esittäjiä"),
    *("Różni Wykonawcy", "Różni Artyści", "Různí interpreti", "Rôzni interpreti", "Különböző előadók"),
    *("Çeşitli Sanatçılar", "Diverși Artiști", "Διάφοροι Καλλιτέχνες", "Διάφοροι", "Разные артисты", "Різні виконавці"),
    *("ヴァリアス・アーティスト", "オムニバス", "여러 아티스트", "合輯", "合辑", "فنانون متنوعون", "אמנים שונים"),
)
_NOBODY = (
    *("Artist Unknown", "Unbekannter Künstler", "Unbekannter Interpret", "Artiste inconnu", "Artista desconocido"),
    *("Artista desconhecido", "Artista sconosciuto", "Onbekende artiest", "Okänd artist", "Ukjent artist"),
    *("Ukendt kunstner", "Tuntematon esittäjä", "Nieznany wykonawca", "Nieznany artysta", "Neznámý interpret"),
    *(
        "Ismeretlen előadó",
        "Bilinmeyen Sanatçı",
        "Άγνωστος καλλιτέχνης",
        "Неизвестный исполнитель",
        "Невідомий виконавець",
    ),
    *(
        "未知艺术家",
        "未知藝術家",
        "アーティスト不明",
        "不明なアーティスト",
        "알 수 없는 아티스트",
        "فنان غير معروف",
        "אמן לא ידוע",
    ),
)
"""What players and distributors write for several artists, and for none, in the languages of the larger markets."""

PLACEHOLDERS = frozenset(
    fold(name)
    for name in (
        *(
            "Various Artists",
            "Various",
            "V.A.",
            "VA",
            "V/A",
            "Unknown Artist",
            "Unknown Artists",
            "Unknown",
            "No Artist",
            "Anonymous",
        ),
        *(
            "Verschiedene Interpreten",
            "Verschiedene",
            "Diverse",
            "Artistes Variés",
            "Varios Artistas",
            "Vários",
            "Varios",
        ),
        *(
            "Artisti Vari",
            "AA.VV.",
            "VV.AA.",
            "Разные исполнители",
            "群星",
            "Multiple Artists",
            "Soundtrack",
            "Original Soundtrack",
        ),
        *_SEVERAL,
        *_NOBODY,
    )
)
"""Folded credits that name nobody in particular."""

_MARK = re.compile(r"(?:\(\d{1,3}\)|\*)$")
_MARK_LENGTH = 5
_INVERTED = re.compile(r"(?P<last>[^,]+),\s*(?P<first>[^,]+)")
BETWEEN_INVERTED = re.compile(r"\s*;\s*|\s+/\s+")
"""What stands between inverted names."""

_NO_PERSON = re.compile(rf"{ORCHESTRAS.pattern}|&|\b(?i:and|und|et)\b|,\s*(?i:the)\s")
"""In a name whose comma parts no forename: "Earth, Wind & Fire", "Tyler, The Creator"."""

_ARTICLE_OR_INITIALS = re.compile(r"(?i:the|les|los|las|die|le|la|el|a|an)|(?:[A-Z]\.?\s?){1,3}")


class ArtistForm(NamedTuple):
    """Names of a credit, and its comparison form, None where it names nobody."""

    names: tuple[Credit, ...]
    core: str | None


@lru_cache(CACHED_TEXTS)
def read_artist(text: str, *, inverted: bool = False, known: frozenset[str] = frozenset()) -> ArtistForm:
    """Names and comparison form of a cleaned credit; `inverted`: the source writes "Presley, Elvis".

    `known` names (`catalog.learned_names`) are not cut; the comparison form is the same with and without them.
    """
    if not text:
        return ArtistForm((), None)
    if inverted and (turned := _turned(text)):
        mains = (name_core(credit.name, inverted=True) for credit in turned if credit.role == "main")
        return ArtistForm(turned, " ".join(mains) or None)
    names, folded = parse_credit(text), fold(text)
    if folded in PLACEHOLDERS:
        return ArtistForm(names, None)
    if text.replace(" ", "").isalpha() and len(names) == 1 and folded:
        return ArtistForm(names, _without_article(text, folded))
    core = " ".join([name_core(credit.name) for credit in names if credit.role == "main"]) or None
    return ArtistForm(parse_credit(text, known) if known and len(names) > 1 else names, core)


def _turned(text: str) -> tuple[Credit, ...]:
    """The credits of "Karajan, Herbert von; Berliner Philharmoniker"; none where a name is not inverted but a list."""
    joins = [match[0] for match in BETWEEN_INVERTED.finditer(text)]
    pieces = BETWEEN_INVERTED.split(text)
    inverted = ["," in piece for piece in pieces]
    if not any(inverted) or not all(map(_is_inverted, compress(pieces, inverted))):
        return ()
    credits: list[Credit] = []
    for piece, turned, join in zip(pieces, inverted, [*joins, ""], strict=True):
        own = [Credit(piece, "main", "")] if turned else [*parse_credit(piece)]
        if not own:
            return ()
        if credits and own[0].role == "main" and ORCHESTRAS.search(own[0].name):
            own[0] = own[0]._replace(role="orchestra")
        own[-1] = own[-1]._replace(join=own[-1].join + join)
        credits += own
    return tuple(credits)


def _is_inverted(name: str) -> bool:
    return bool(_INVERTED.fullmatch(name)) and not _NO_PERSON.search(name)


def name_core(name: str, *, inverted: bool = False) -> str:
    """The comparison form of one name, without marks and leading article; turned round where it is inverted."""
    bare = _without_marks(name) or name
    match = _INVERTED.fullmatch(bare) if "," in bare else None
    if match and (inverted or _ARTICLE_OR_INITIALS.fullmatch(match["first"].strip())):
        bare = f"{match['first']} {match['last']}"
    return _without_article(bare, fold_name(bare))


def _without_marks(name: str) -> str:
    """The name without the marks at its end, looked at one by one: a name may be very long."""
    stop = len(name)
    while match := _MARK.search(name, max(0, stop - _MARK_LENGTH), stop):
        stop = match.start()
    return name if stop == len(name) else name[:stop].rstrip()


def _without_article(name: str, folded: str) -> str:
    return folded.removeprefix("the ") if name[:1] in "Tt" else folded
