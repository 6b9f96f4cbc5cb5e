"""A folder of audio as DELIVERED batches: one track a file, described by its tags (ID3, Vorbis, MP4, RIFF, ASF).

The track's id is its path in the folder. A file without a title in its tags has its name for one, and so has a file
whose tags cannot be read, which is reported; whether it holds sound is found when it is decoded. Pictures are never
loaded.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
from tinytag import TinyTag, TinyTagException

from catalog.completed import with_version
from catalog.delivered import BATCH_ROWS, text_array
from catalog.errors import SourceError
from catalog.folder import AUDIO_SUFFIXES, audio_files, is_utf8, shown
from catalog.problems import OnProblem, Problem
from catalog.schema import DELIVERED
from catalog.tag_text import foreign_encoding, read_as
from catalog.version_phrases import version_tags

_LOG = logging.getLogger(__name__)
_LONGEST_EXTRA = 1000  # characters; lyrics and encoders' logs are cut
_TAGLESS = (".aac",)  # raw AAC frames carry no tags
_SIGNATURES = (b"ID3", b"fLaC", b"OggS", b"RIFF", b"FORM", b"\x30\x26\xb2\x75")
_OTHER = {
    "isrc": ("isrc",),
    "upc": ("barcode", "upc", "ean", "gtin"),
    "label": ("publisher", "label", "organization"),
    "language": ("language",),
    "country": ("releasecountry",),
}
"""The tags of a field, of which the first that is there counts."""

_KEPT = ("albumartist", "composer", "comment", "track_total", "disc", "disc_total")
_NAMES = ("title", "artist", "album")
Row = dict[str, str | None]


def read_folder(folder: Path, name: str | None, *, on_problem: OnProblem) -> Iterator[pa.RecordBatch]:
    """DELIVERED batches of at most 8,192 tracks; raises SourceError where the folder holds no audio file."""
    others: Counter[str] = Counter()
    root = folder.resolve()
    source = name or root.name

    def refused(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise SourceError(f"{folder}: cannot be read ({error.strerror}); check its permissions") from error
        where = shown(Path(error.filename).relative_to(folder))
        message = f"{where}: the folder cannot be listed ({error.strerror}), so nothing in it was read"
        on_problem(Problem("unreadable", f"{message}; check its permissions", "audio_path", None, source))

    rows = (_row(path, folder, source, on_problem) for path in audio_files(folder, others, refused))
    found = False
    named = (row | {"source": source, "root": str(root)} for row in rows if row)
    while chunk := list(islice(named, BATCH_ROWS)):
        found = True
        yield pa.record_batch(
            [text_array([row.get(key) for row in chunk]) for key in DELIVERED.names], schema=DELIVERED
        )
    listed = ", ".join(f"{count} {suffix}" for suffix, count in others.most_common())
    if not found:
        known = ", ".join(sorted(AUDIO_SUFFIXES))
        raise SourceError(f"{folder}: holds no audio ({known}), but {listed or 'no files at all'}; name another folder")
    if others:
        _LOG.info("%s: files of other kinds were left out: %s", folder, listed)


def _row(path: Path, folder: Path, source: str, on_problem: OnProblem) -> Row | None:
    """The track of one file; None where its name is no text, so that nothing could refer to it."""
    relative = path.relative_to(folder).as_posix()
    if not is_utf8(Path(relative)):
        message = f"{shown(relative)}: the file's name is not UTF-8; rename it"
        on_problem(Problem("bad_name", message, "audio_path", None, source))
        return None

    def report(code: str, message: str) -> None:
        on_problem(Problem(code, f"{relative}: {message}", "audio_path", relative, source))

    try:
        tag = _read(path)
    except OSError as error:
        report("unreadable", f"cannot be read ({error.strerror}); check its permissions")
        tag = TinyTag()
    except TinyTagException as error:
        report("bad_tags", f"the tags cannot be read ({error}); the file's name is the title")
        tag = TinyTag()
    else:
        if fault := _fault(path, tag):
            report(*fault)
    row = _described(tag, path.stem)
    if encoding := foreign_encoding(row[name] or "" for name in _NAMES):
        row |= {name: text and read_as(text, encoding) for name, text in row.items() if name != "extra"}
        report(
            "tag_encoding",
            f"the tags are not Latin-1 as they say; read as {encoding}, which is a guess; write them again",
        )
    if any("\ufffd" in (row[name] or "") for name in _NAMES):
        report("tag_encoding", "the tags hold bytes that their encoding does not have; write them again as UTF-8")
    return row | {"track_id": relative, "audio_path": relative, "place": relative}


def _read(path: Path) -> TinyTag:
    """The tags by the format that the first bytes name; by the suffix where they name none, as bare MPEG frames do."""
    with path.open("rb") as file:
        start = file.read(12)
        if path.suffix.lower() in _TAGLESS:
            return TinyTag()
        file.seek(0)
        named = start.startswith(_SIGNATURES) or start[4:8] == b"ftyp"
        return TinyTag.get(file_obj=file) if named else TinyTag.get(path)


def _fault(path: Path, tag: TinyTag) -> tuple[str, str] | None:
    if path.stat().st_size == 0:
        return "empty", "the file is empty; fetch it again"
    if not tag.samplerate and path.suffix.lower() not in _TAGLESS:
        return "not_audio", f"no audio of the kind that {path.suffix!r} says; check what the file is"
    return None


def _described(tag: TinyTag, stem: str) -> Row:
    """The fields that the tags give, as text."""
    year = (tag.year or _first(tag, "_year") or "").strip()
    title = (tag.title or "").strip("\0 ")
    return {
        "title": with_version(title, _version(tag)) if title else stem,
        "artist": _all_of(tag, "artist"),
        "album": tag.album,
        "genre": _all_of(tag, "genre"),
        "duration": f"{tag.duration:.3f} s" if tag.duration else None,
        "year": year[:4],
        "release_date": year if len(year) > 4 else None,
        "track_number": _track_number(tag),
        "extra": _extra(tag),
        **{field: _first(tag, *names) for field, names in _OTHER.items()},
    }


def _first(tag: TinyTag, *names: str) -> str | None:
    """All values of the first of these tags that is there."""
    return next(("; ".join(values) for name in names if (values := tag.other.get(name))), None)


def _version(tag: TinyTag) -> str:
    """What a tag of its own says of the title's version; a subtitle that is none stays in `extra`."""
    subtitle = _first(tag, "subtitle", "tit3") or ""
    return _first(tag, "version") or (subtitle if version_tags(subtitle, behind_dash=False) else "")


def _all_of(tag: TinyTag, name: str) -> str | None:
    """All values of a tag that may be given several times."""
    first: str | None = getattr(tag, name)
    return "; ".join(dict.fromkeys([first, *tag.other.get(name, ())])) if first else None


def _track_number(tag: TinyTag) -> str | None:
    if not tag.track:
        return _first(tag, "_track")
    several = (tag.disc_total or 1) > 1 or (tag.disc or 1) > 1
    return f"{tag.disc}-{tag.track}" if tag.disc and several else str(tag.track)


def _extra(tag: TinyTag) -> str | None:
    kept: dict[str, str] = {name: str(value) for name in _KEPT if (value := getattr(tag, name))}
    ours = {*(name for names in _OTHER.values() for name in names[:1]), "artist", "genre", "_year", "_track"}
    kept |= {name: "; ".join(values) for name, values in sorted(tag.other.items()) if name not in ours}
    cut = {name: text[:_LONGEST_EXTRA] for name, text in kept.items()}
    return json.dumps(cut, ensure_ascii=False) if cut else None
