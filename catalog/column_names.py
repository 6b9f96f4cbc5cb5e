"""What columns are called: other names of our fields, in the languages that tables come in, and the unit a name gives.

A name is compared in its folded form (`fold_name`). Where the whole name is not known, what a bracket at its end says
about the form of the values ("Release Date (YYYY-MM-DD)", "Length [mm:ss]") is left out; a bracket that says anything
else ("Title (English)") belongs to the name.
"""

import re
import unicodedata
from functools import lru_cache

from catalog.schema import DELIVERED_FIELDS

OTHER_NAMES: dict[str, str] = {
    "title": "name; song; song title; song name; track title; track name; recording title",
    "track_id": "id; song id; unique id; track uri",
    "artist": "artists; artist name; artist names; artist credit; track artist; performer; display artist",
    "album": "album name; album title; release; release title; release name",
    "duration": "length; time; track length; track duration; playtime; runtime",
    "release_date": "date; released; album release date",
    "year": "release year",
    "track_number": "track no; track nr; track num; position",
    "isrc": "isrc code",
    "upc": "barcode; ean; upc code; ean upc; upc ean; gtin",
    "label": "label name; record label",
    "genre": "genres",
    "language": "lang",
    "audio_path": "file; filename; file path; path; location; audio; audio file",
}
RARER_NAMES: dict[str, str] = {
    "title": (
        "titel; titre; titre du morceau; título; título de la canción; título da música; titolo; titolo brano;"
        "tytuł; название; название трека; песня; titul; název; cím; başlık; şarkı; şarkı adı; tittel; nimi;"
        "kappale; τίτλος; 曲名; 曲目; タイトル; 歌名; 歌曲; 标题; 標題; 제목; 곡명"
    ),
    "artist": (
        "main artist; main artists; primary artist; primary artists; track artists; interpret; interpreten;"
        "künstler; artiste; artistes; interprète; artista; artistas; intérprete; interprete; artiest; uitvoerende;"
        "wykonawca; исполнитель; артист; interpretace; előadó; sanatçı; kunstner; esittäjä; artisti; καλλιτέχνης;"
        "アーティスト; アーティスト名; 歌手; 艺术家; 艺人; 演唱者; 藝人; 아티스트; 가수"
    ),
    "album": (
        "product title; albumtitel; titre de l'album; título del álbum; titolo album; альбом; アルバム; アルバム名;"
        "专辑; 專輯; 앨범; albumi; albümü"
    ),
    "duration": (
        "running time; playing time; track time; länge; dauer; spieldauer; laufzeit; spielzeit; durée; duración;"
        "duração; durata; duur; speelduur; czas trwania; czas; длительность; продолжительность; délka; hossz; süre;"
        "varighet; varighed; längd; speltid; kesto; διάρκεια; 時間; 再生時間; 时长; 時長; 재생시간; 길이"
    ),
    "release_date": (
        "erscheinungsdatum; veröffentlichungsdatum; date de sortie; fecha de lanzamiento; fecha de publicación;"
        "data de lançamento; data di uscita; data di pubblicazione; releasedatum; data wydania; дата выпуска;"
        "дата релиза; datum vydání; megjelenés; yayın tarihi; utgivelsesdato; utgivningsdatum; julkaisupäivä;"
        "発売日; リリース日; 发行日期; 發行日期; 발매일"
    ),
    "year": (
        "jahr; erscheinungsjahr; année; año; ano; anno; jaar; rok; rok wydania; год; год выпуска; év; yıl; år;"
        "vuosi; έτος; 年; 发行年份; 연도"
    ),
    "track_number": (
        "track sequence; track position; titelnummer; tracknummer; piste; numéro de piste; pista; número de pista;"
        "faixa; número da faixa; numero traccia; traccia; numer utworu; номер трека; トラック番号; 曲順; 音轨号;"
        "曲目编号; 트랙번호"
    ),
    "isrc": "isrc number; track isrc",
    "upc": (
        "ean code; release upc; album upc; product upc; strichcode; code barres; código de barras; codice a barre;"
        "streepjescode; kod kreskowy; штрихкод; čárový kód"
    ),
    "label": (
        "plattenfirma; plattenlabel; maison de disques; sello; sello discográfico; discográfica; selo; gravadora;"
        "etichetta; casa discografica; platenlabel; wytwórnia; лейбл; vydavatel; kiadó; plak şirketi; plateselskab;"
        "skivbolag; レーベル; 唱片公司; 레이블"
    ),
    "genre": ("stil; género; gênero; genere; gatunek; жанр; žánr; műfaj; tür; sjanger; genrer; ジャンル; 流派; 장르"),
    "language": (
        "sprache; langue; idioma; lingua; taal; język; язык; jazyk; nyelv; dil; språk; sprog; kieli; 言語; 语言;언어"
    ),
    "country": "land; pays; país; paese; kraj; страна; země; ország; ülke; maa; 国; 国家; 국가",
    "audio_path": ("dateiname; dateipfad; dateiort; fichier; nom de fichier; nombre de archivo; nome file; имя файла"),
}
"""Names that count only where the field has none of the others."""

SECONDS = (
    "durations; duration s; duration sec; duration secs; duration seconds; duration in seconds; lengths;"
    "length s; length sec; length seconds; length in seconds; seconds; track duration s; track duration sec;"
    "track duration seconds"
)
MILLISECONDS = "duration ms; length ms; milliseconds; track duration ms; track length ms; duration milliseconds"
MINUTES = "duration min; duration minutes; duration in minutes; length min; length minutes; length in minutes"
MORE = {
    "version": (
        "version; mix; mix name; mix version; track version; track mix; title version; version title; version name"
    ),
    "disc": (
        "disc; disc number; disc no; disc nr; disc num; disk; disk number; disk no; cd; cd number; cd no; cd nr;medium"
    ),
}
"""Columns that complete a field: the title's version, the medium that a track number counts on."""

_FORMS = {
    **dict.fromkeys(
        ("s", "sec", "secs", "second", "seconds", "sek", "sekunden", "secondes", "segundos", "secondi"), "s"
    ),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "milliseconds", "millisekunden", "millisecondes"), "ms"),
    **dict.fromkeys(("m", "min", "mins", "minutes", "minuten", "minutos", "minuti"), "min"),
    **dict.fromkeys(("optional", "required", "mandatory", "iso", "iso8601", "minsec", "text"), ""),
}
_PATTERN = re.compile(r"(?:y{2,4}|m{1,2}|d{1,2}|h{1,2}|s{1,2}|j{4}|t{2}|a{4})+", re.IGNORECASE)
_LONGEST = 200
"""Characters of a name in which a bracket is looked for; a longer one is no name, but text."""

_BRACKET = re.compile(r"(?P<name>.*\w.*?)\s*[(\[](?P<form>[^()\[\]]*)[)\]]\W*", re.DOTALL)


def fold_name(name: str) -> str:
    """The comparison form of a column name: letters and digits only, no accents, '#' as the word it stands for."""
    text = unicodedata.normalize("NFKD", name.replace("#", "number")).casefold().replace("ı", "i").replace("ł", "l")
    return "".join(c for c in text if c.isalnum())


def _folded(names: str) -> list[str]:
    return [fold_name(name) for name in names.split(";")]


# Folded name -> the fields it may mean, the likelier first. "track" is a number in tables that have a title.
ALIASES: dict[str, tuple[str, ...]] = {
    **{name: (field,) for field, names in OTHER_NAMES.items() for name in _folded(names)},
    **{name: (field,) for field, names in RARER_NAMES.items() for name in _folded(names)},
    **dict.fromkeys(_folded(f"{SECONDS};{MILLISECONDS};{MINUTES}"), ("duration",)),
    "track": ("title", "track_number"),
}
RARER = frozenset(name for names in RARER_NAMES.values() for name in _folded(names))
COMPLETING = {name: field for field, names in MORE.items() for name in _folded(names)}
OWN = {name.replace("_", ""): name for name in DELIVERED_FIELDS}
# The unit that a column's name gives to its bare numbers.
_UNITS = {
    name: unit for unit, names in (("s", SECONDS), ("ms", MILLISECONDS), ("min", MINUTES)) for name in _folded(names)
}


@lru_cache(1 << 12)
def known_name(name: str) -> tuple[str, str | None]:
    """The folded name, of its own or without a bracket that says the values' form, and the unit that it gives."""
    whole = fold_name(name)
    if whole in OWN or whole in ALIASES or whole in COMPLETING:
        return whole, _UNITS.get(whole)
    match = _BRACKET.fullmatch(name) if len(name) <= _LONGEST else None
    form = fold_name(match["form"]) if match else ""
    if match is None or (form not in _FORMS and not _PATTERN.fullmatch(form)):
        return whole, None
    short = fold_name(match["name"])
    return short, _FORMS.get(form) or _UNITS.get(short)
