"""Turns delivered text into comparable values: a batch of `DELIVERED` into a batch of `TRACKS` and one of `PROBLEMS`.

The delivered columns stay as they are; what was read from them stands beside them. A value that is there but cannot be
read becomes null and a row of `PROBLEMS` that names it, its place and the mend; it never stops a run or loses a track.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from catalog.audio_paths import resolve_audio
from catalog.dates import PartialDate, read_date
from catalog.durations import read_duration
from catalog.identifiers import read_isrc, read_upc
from catalog.name_columns import Names, name_columns, read_names
from catalog.problem_rows import ProblemRows
from catalog.profile import SourceProfile
from catalog.schema import DELIVERED_FIELDS, TRACKS
from catalog.titles import ParsedAlbum
from catalog.track_numbers import TrackNumber, read_track_number

NO_PROFILE = SourceProfile()


def normalise(
    batch: pa.RecordBatch,
    profiles: Mapping[str, SourceProfile],
    first_row: int,
    known: frozenset[str] = frozenset(),
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Parsed values of a batch of `DELIVERED`, as `TRACKS`, and what could not be read, as `PROBLEMS`.

    profiles: source name -> counts over all its rows; a source without a profile is read without assumptions.
    known: artist names that are not cut (`catalog.learned_names`).
    first_row: value of `row` of the batch's first track; the others count up from it.
    """
    sources = batch.column("source").to_pylist()
    used = [profiles.get(source or "", NO_PROFILE) for source in sources]
    problems = ProblemRows(batch.column("track_id"), batch.column("source"), batch.column("place"))
    names = read_names(batch, [profile.layout for profile in used], problems, known)
    columns = {name: batch.column(name) for name in (*DELIVERED_FIELDS, "extra", "place")}
    columns["row"] = pa.array(np.arange(first_row, first_row + batch.num_rows))
    columns |= name_columns(names)
    columns |= _duration_column(batch.column("duration").to_pylist(), used, problems)
    columns |= _date_columns(batch, names.albums, problems)
    columns |= _number_columns(batch, names, problems)
    columns |= _code_columns(batch, problems)
    columns |= _audio_column(batch, problems)
    return pa.RecordBatch.from_arrays([columns[name] for name in TRACKS.names], schema=TRACKS), problems.batch()


def _duration_column(
    durations: Sequence[str | None], profiles: Sequence[SourceProfile], problems: ProblemRows
) -> dict[str, pa.Array]:
    """Seconds, in each source's own unit."""
    readings = [
        read_duration(text, profile.duration_unit, shifted=profile.shifted_clocks, pointed=profile.pointed_clocks)
        for text, profile in zip(durations, profiles, strict=True)
    ]
    problems.note(readings, durations, "duration", "duration_unreadable")
    return {"duration_s": pa.array([reading.value for reading in readings], pa.float64())}


def _date_columns(batch: pa.RecordBatch, albums: Sequence[ParsedAlbum], problems: ProblemRows) -> dict[str, pa.Array]:
    """Release date, else the year, else the year that the album carries in brackets."""
    dates = problems.read(batch.column("release_date"), "release_date", "date_unreadable", read_date)
    years = problems.read(batch.column("year"), "year", "year_unreadable", read_date)
    known = [date or year or _album_date(album) for date, year, album in zip(dates, years, albums, strict=True)]
    return {
        "date": pa.array([date.text if date else None for date in known], pa.string()),
        "release_year": pa.array([date.year if date else None for date in known], pa.int32()),
    }


def _album_date(album: ParsedAlbum) -> PartialDate | None:
    return None if album.year is None else read_date(str(album.year)).value  # "Hits (2050)" is no date


def _number_columns(batch: pa.RecordBatch, names: Names, problems: ProblemRows) -> dict[str, pa.Array]:
    """Medium and position; where no track number was delivered, the number that stood before the title."""
    given = batch.column("track_number")
    delivered = problems.read(given, "track_number", "track_number_unreadable", read_track_number)
    numbers = [
        number or (TrackNumber(None, printed) if printed else None)
        for number, printed in zip(delivered, names.numbers, strict=True)
    ]
    return {
        "medium": pa.array([number.medium if number else None for number in numbers], pa.string()),
        "position": pa.array([number.position if number else None for number in numbers], pa.int32()),
    }


def _code_columns(batch: pa.RecordBatch, problems: ProblemRows) -> dict[str, pa.Array]:
    return {
        "isrc_code": pa.array(problems.read(batch.column("isrc"), "isrc", "isrc_refused", read_isrc), pa.string()),
        "upc_code": pa.array(problems.read(batch.column("upc"), "upc", "upc_refused", read_upc), pa.string()),
    }


def _audio_column(batch: pa.RecordBatch, problems: ProblemRows) -> dict[str, pa.Array]:
    """Absolute files inside their source's folder."""
    paths, roots = batch.column("audio_path"), batch.column("root")
    if paths.null_count == batch.num_rows:
        return {"audio_file": paths}
    files: list[str | None] = []
    for row, (path, root) in enumerate(zip(paths.to_pylist(), roots.to_pylist(), strict=True)):
        if not path or not path.strip():
            files.append(None)
            continue
        reading, code = resolve_audio(path, root or "")
        files.append(reading.value)
        if reading.refused:
            problems.add(row, "audio_path", code, path, reading.refused)
    return {"audio_file": pa.array(files, pa.string())}
