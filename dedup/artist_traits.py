"""What each credit's track has, as 64-bit codes: the narrow form in which credits are divided, grouped and compared.

Texts are folded and coded once, where the tracks are read; from there on a label is a number. What must be printed
(the name, its role, the track) stays text.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.text import fold
from dedup.artist_codes import Codes, codes, combined
from dedup.artist_credits import complete, name_keys
from dedup.artist_names import PLACEHOLDERS
from dedup.artist_scripts import scripts

TITLE_LETTERS = 5  # a shorter title is shared by chance
COUNTRY_SEPARATORS = re.compile(r"[;|/,&]+")
# Commas separate genres, but "Folk, World, & Country" is one.
NAMELESS = pa.array(sorted(PLACEHOLDERS))  # how "Various Artists" sound is nobody's sound, and much to carry
GENRE_SEPARATORS = re.compile(r"[;|]+|,(?![^;|]{0,200}, *(?:&|and) )(?! *(?:&|and) )")
SINGLE_VALUES = ("label", "album", "title", "recording", "upc", "language", "script")
MANY_VALUES = ("country", "genre", "co-artist")
VALUE_FIELDS = (*SINGLE_VALUES, *MANY_VALUES)

TRAITS = pa.schema(
    [
        pa.field("track_id", pa.string()),
        pa.field("position", pa.int32()),
        pa.field("name", pa.string()),  # as printed
        pa.field("role", pa.string()),
        pa.field("name_key", pa.string()),
        pa.field("artist_key", pa.string()),  # from `merge_names`; else the name's own key
        pa.field("key_confidence", pa.float64()),  # from `merge_names`; else 1
        pa.field("release", pa.uint64()),  # one code a release; a track without an album is a release of its own
        pa.field("crowd", pa.uint64()),  # one code an album of a source, whose artists are counted; 0: no album
        pa.field("compilation", pa.bool_()),  # from `artist_crowds`; else false
        pa.field("year", pa.int32()),
        *(pa.field(name, pa.uint64()) for name in SINGLE_VALUES),  # 0: unknown
        *(pa.field(name, pa.list_(pa.uint64())) for name in MANY_VALUES),
        pa.field("telling_title", pa.string()),  # the title as delivered, where no language was: it may tell
        pa.field("vector", pa.list_(pa.float32())),
    ]
)


def traits_of(credits: pa.Table) -> pa.Table:
    """The `TRAITS` of `artist_credits.CREDITS`, row by row."""
    table = complete(credits)
    keys = name_keys(table.column("name"))
    text = {name: table.column(name).combine_chunks() for name in table.column_names}
    crowd = np.where(codes(text["album_core"]) > 0, combined(codes(text["source"]), codes(text["album_core"])), 0)
    language = _folded(text["language"])
    columns = {
        "name_key": keys,
        "artist_key": pc.coalesce(text["artist_key"], keys),
        "key_confidence": text["key_confidence"].fill_null(1.0),
        "release": _release(text, crowd),
        "crowd": crowd,
        "compilation": np.zeros(len(table), dtype=bool),
        "year": text["release_year"],
        "label": _folded(text["label"]),
        "album": _not_own(text["album_core"], keys),
        "title": np.where(_letters(text["title_core"]) >= TITLE_LETTERS, _not_own(text["title_core"], keys), 0),
        "recording": codes(text["recording_id"]),
        "upc": codes(text["upc_code"]),
        "language": language,
        "script": codes(scripts(text["title"])),
        "country": _parts(text["country"], COUNTRY_SEPARATORS),
        "genre": _parts(_joined(text["genre"], text["style"]), GENRE_SEPARATORS),
        "co-artist": _coded(text["co_names"]),
        "telling_title": pc.if_else(pa.array(language == 0), text["title"], pa.scalar(None, pa.string())),
        "vector": pc.if_else(pc.is_in(keys, NAMELESS), pa.scalar(None, text["vector"].type), text["vector"]),
        **{name: text[name] for name in ("track_id", "position", "name", "role")},
    }
    return pa.table([columns[f.name] for f in TRAITS], schema=TRAITS)


def _release(text: dict[str, pa.Array], crowd: Codes) -> Codes:
    year = text["release_year"].fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64).view(np.uint64)
    album = combined(crowd, year, *(codes(text[name]) for name in ("label", "country", "upc_code")))
    place = text["position"].fill_null(0).to_numpy(zero_copy_only=False).astype(np.uint64)
    return np.where(crowd > 0, album, combined(codes(text["track_id"]), place))


def _not_own(texts: pa.Array, keys: pa.Array) -> Codes:
    """The codes of titles, 0 of what is titled after its own artist: namesakes both have a self-titled album."""
    bare = codes(pc.replace_substring_regex(texts, "^the ", ""))  # as keys are
    return np.where(bare == codes(keys), np.uint64(0), codes(texts))


def _letters(texts: pa.Array) -> NDArray[np.int32]:
    lengths: NDArray[np.int32] = pc.utf8_length(texts).fill_null(0).to_numpy(zero_copy_only=False)
    return lengths


def _joined(first: pa.Array, second: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(first, second, ";", null_handling="replace", null_replacement="")


def _folded(texts: pa.Array) -> Codes:
    """The code of the folded text, each different text folded once."""
    encoded = texts.fill_null("").dictionary_encode()
    folded = pa.array([fold(text) for text in encoded.dictionary.to_pylist()], pa.string())
    found: Codes = codes(folded)[encoded.indices.to_numpy(zero_copy_only=False)]
    return found


def _parts(texts: pa.Array, separators: re.Pattern[str]) -> pa.Array:
    """The codes of the folded parts of every text, each different text taken apart once."""
    encoded = texts.fill_null("").dictionary_encode()
    parts = [[fold(part) for part in separators.split(text)] for text in encoded.dictionary.to_pylist()]
    found = pa.array([[part for part in each if part] for each in parts], pa.list_(pa.string()))
    return _coded(found).take(encoded.indices)


def _coded(lists: pa.Array) -> pa.Array:
    """Lists of texts as lists of codes; a null is an empty list."""
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    texts = pc.list_flatten(lists).dictionary_encode()  # each different one is coded once
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(codes(texts.dictionary)).take(texts.indices))
