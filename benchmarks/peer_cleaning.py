"""What a careful user of a general engine does to five sources' rows before matching them, in DuckDB's own SQL.

Folded text; the artist taken out of "Artist - Title" where the artist is missing; the album cut off a title that ends
in it; leading track numbers and bracketed years removed; durations in seconds whatever their unit; two-digit years.
No knowledge of music words is used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

CLEANED = "cleaned"


def folded(column: str) -> str:
    """SQL: lower case, no accents, single spaces between words; null where nothing remains."""
    words = rf"regexp_replace(lower(strip_accents({column})), '[^\p{{L}}\p{{N}}]+', ' ', 'g')"
    text = f"trim({words})"
    return f"CASE WHEN {text} IN ('', 'unknown', 'null', 'nul l') THEN NULL ELSE {text} END"


SECONDS = r"""CASE
    WHEN regexp_full_match(duration, '\d+:\d\d') THEN
        split_part(duration, ':', 1)::DOUBLE * 60 + split_part(duration, ':', 2)::DOUBLE
    WHEN regexp_full_match(duration, '\d+m ?\d+sec') THEN
        regexp_extract(duration, '(\d+)m', 1)::DOUBLE * 60 + regexp_extract(duration, '(\d+)sec', 1)::DOUBLE
    WHEN regexp_full_match(duration, '\d+\.\d+') THEN duration::DOUBLE * 60
    WHEN regexp_full_match(duration, '\d{5,8}') THEN duration::DOUBLE / 1000
    WHEN regexp_full_match(duration, '\d{1,4}') THEN duration::DOUBLE
END"""
"""Sources say 04:04, 1m 58sec, 4.367 (minutes), 321266 (milliseconds) and 244 (seconds)."""

PRINTED_YEAR = r"""TRY_CAST(regexp_extract(coalesce(nullif(year, ''), regexp_extract(album, '\((\d{4})\)$', 1)),
    '(\d{4}|\d\d)$', 1) AS INTEGER)"""

CLEANING = rf"""
CREATE TABLE {CLEANED} AS
WITH split AS (
    SELECT track_id AS unique_id, 'source_' || source AS source, duration, year, album, track_number,
        coalesce(artist, '') = '' AND contains(title, ' - ') AS joined,
        regexp_replace(title, '^\d{{3}}-', '') AS text,
        regexp_replace(album, ' \((\d{{4}}|unknown)\)$', '') AS release, artist
    FROM delivered
), parted AS (
    SELECT *,
        CASE WHEN joined THEN substr(text, strpos(text, ' - ') + 3) ELSE text END AS song,
        CASE WHEN joined THEN split_part(text, ' - ', 1) ELSE artist END AS performer
    FROM split
), named AS (
    SELECT unique_id, source, {folded("song")} AS song, {folded("performer")} AS artist,
        CASE WHEN coalesce(release, '') <> '' THEN {folded("release")}
            WHEN NOT joined AND contains(text, ' - ') THEN {folded("split_part(text, ' - ', -1)")} END AS album,
        CASE WHEN NOT joined AND coalesce(release, '') = '' AND contains(text, ' - ')
            THEN {folded("left(text, length(text) - length(split_part(text, ' - ', -1)) - 3)")} END AS before_dash,
        {SECONDS} AS seconds, {PRINTED_YEAR} AS printed_year,
        TRY_CAST(regexp_extract(track_number, '^\D{{0,2}}(\d{{1,3}})$', 1) AS INTEGER) AS position
    FROM parted
)
SELECT unique_id, source, artist, album, position, nullif(seconds, 0) AS seconds,
    CASE WHEN before_dash IS NOT NULL THEN before_dash
        WHEN length(song) > length(album) + 1 AND ends_with(song, ' ' || album)
        THEN left(song, length(song) - length(album) - 1) ELSE song END AS title,
    CASE WHEN printed_year >= 1000 THEN printed_year WHEN printed_year <= 30 THEN 2000 + printed_year
        ELSE 1900 + printed_year END AS year
FROM named
"""


def clean(connection: "duckdb.DuckDBPyConnection", path: str) -> None:
    """Read a CSV file into the table `cleaned`."""
    connection.execute("CREATE TABLE delivered AS SELECT * FROM read_csv(?, all_varchar=true, header=true)", [path])
    connection.execute(CLEANING)
    connection.execute("DROP TABLE delivered")
