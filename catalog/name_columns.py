"""The parsed columns of a batch that hold names: title, artist and album, each possibly found inside another."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from catalog.artist_cores import PLACEHOLDERS, ArtistForm, read_artist
from catalog.brackets import bracket_content, bracket_spans
from catalog.credits import Credit
from catalog.layouts import Layout, Parts, take_layout
from catalog.problem_rows import ProblemRows
from catalog.reading import COLLECTIVE_MARKERS, named
from catalog.schema import CREDIT
from catalog.text import fold
from catalog.titles import ParsedAlbum, ParsedTitle, parse_album, parse_title
from catalog.version_phrases import version_tags
from catalog.versions import NEUTRAL_KINDS


class Names(NamedTuple):
    """What was read from the names of a batch, one entry a row."""

    numbers: list[int | None]  # track numbers that stood before titles
    titles: list[ParsedTitle]
    artists: list[ArtistForm]
    albums: list[ParsedAlbum]


def read_names(
    batch: pa.RecordBatch, layouts: Sequence[Layout], problems: ProblemRows, known: frozenset[str] = frozenset()
) -> Names:
    """Take the names of every record of DELIVERED apart; a record without a title is kept and noted."""
    titles, artists, albums, track_numbers = (
        batch.column(name).to_pylist() for name in ("title", "artist", "album", "track_number")
    )
    parts = [
        take_layout(
            named(title), named(artist, COLLECTIVE_MARKERS), named(album, COLLECTIVE_MARKERS), number or "", layout
        )
        for title, artist, album, number, layout in zip(titles, artists, albums, track_numbers, layouts, strict=True)
    ]
    parsed = [parse_title(part.title) for part in parts]
    credits = [take_version(part.artist or _nobody(text)) for part, text in zip(parts, artists, strict=True)]
    parsed = [
        title._replace(versions=tuple(sorted({*title.versions, *tags}))) if tags else title
        for title, (_, tags) in zip(parsed, credits, strict=True)
    ]
    for row, title in enumerate(parsed):
        if not title.core:
            problems.add(row, "title", "title_missing", titles[row], "give the track its title; it is kept without one")
    return Names(
        [_number(part, title) for part, title in zip(parts, parsed, strict=True)],
        parsed,
        [
            read_artist(name, inverted=row.inverted_names, known=known)
            for (name, _), row in zip(credits, layouts, strict=True)
        ],
        [parse_album(part.album) for part in parts],
    )


def _nobody(artist: str | None) -> str:
    """A placeholder such as "Unknown Artist": a credit as printed, though no artist's."""
    text = named(artist)
    return text if fold(text) in PLACEHOLDERS else ""


def take_version(artist: str) -> tuple[str, tuple[str, ...]]:
    """An artist credit without the version that stands in its last bracket, "Ada Lind (Bo's Mix)", and its tags.

    Only versions that make another recording are taken; a bracket that is the whole credit stays.
    """
    spans = bracket_spans(artist) if artist.endswith((")", "]")) else []
    if not spans or spans[-1][1] != len(artist) or not artist[: spans[-1][0]].strip():
        return artist, ()
    tags = version_tags(bracket_content(artist, spans[-1]), behind_dash=False) or ()
    if not any(tag.partition(":")[0] not in NEUTRAL_KINDS for tag in tags):
        return artist, ()
    return artist[: spans[-1][0]].rstrip(), tuple(tags)


def _number(part: Parts, title: ParsedTitle) -> int | None:
    return title.number if part.number is None else part.number


def name_columns(names: Names) -> dict[str, pa.Array]:
    """Columns of `TRACKS` that hold what was read from names."""
    return {
        "title_core": pa.array([title.core or None for title in names.titles], pa.string()),
        "versions": _lists([title.versions for title in names.titles]),
        "featured": _lists([title.featured for title in names.titles]),
        "artist_names": _credits([artist.names for artist in names.artists]),
        "artist_core": pa.array([artist.core for artist in names.artists], pa.string()),
        "album_core": pa.array([album.core or None for album in names.albums], pa.string()),
        "album_versions": _lists([album.versions for album in names.albums]),
    }


def _lists(rows: Sequence[tuple[str, ...]]) -> pa.Array:
    return pa.ListArray.from_arrays(_offsets(rows), pa.array(list(chain.from_iterable(rows)), pa.string()))


def _credits(rows: Sequence[tuple[Credit, ...]]) -> pa.Array:
    flat = chain.from_iterable(rows)
    columns = [pa.array(values, pa.string()) for values in zip(*flat, strict=True)] or [pa.nulls(0, pa.string())] * 3
    return pa.ListArray.from_arrays(_offsets(rows), pa.StructArray.from_arrays(columns, fields=list(CREDIT)))


def _offsets(rows: Sequence[tuple[object, ...]]) -> pa.Array:
    lengths = np.fromiter(map(len, rows), np.int32, len(rows))
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
