"""Arrow schemas of every table, each defined once.

`DELIVERED` is what a source reader yields: the text as it was delivered, one row a track. `TRACKS` is `DELIVERED`
beside the parsed values. Units: seconds for durations, log2 for weights. A parsed value that is unknown is null, never
an empty string or zero. "Folded" text is the comparison form of `catalog.text.fold`.
"""

import pyarrow as pa

DELIVERED_FIELDS = (
    "track_id", "source", "title", "artist", "album", "duration", "release_date", "year", "track_number", "isrc",
    "upc", "label", "country", "genre", "language", "audio_path",
)  # fmt: skip

DELIVERED = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in DELIVERED_FIELDS),
        pa.field("extra", pa.string()),  # JSON object of the columns that are not ours
        pa.field("place", pa.string()),  # "file.csv:17", for messages
        pa.field("root", pa.string()),  # folder that audio_path is relative to and may not leave
    ]
)

CREDIT = pa.struct(
    [
        pa.field("name", pa.string()),  # as printed
        pa.field("role", pa.string()),  # main | featured | remixer | with | conductor | orchestra | composer ...
        pa.field("join", pa.string()),  # the join phrase that follows the name, as printed
    ]
)

TRACKS = pa.schema(
    [
        pa.field("row", pa.int64()),  # place among the delivered records, increasing; refused records leave gaps
        *(pa.field(name, pa.string()) for name in DELIVERED_FIELDS),
        pa.field("extra", pa.string()),
        pa.field("place", pa.string()),
        pa.field("title_core", pa.string()),  # folded title without versions, featured artists, numbers, album, artist
        pa.field("versions", pa.list_(pa.string())),  # sorted "kind" or "kind:detail": live, remix:mirko loko, part:2
        pa.field("featured", pa.list_(pa.string())),  # folded names credited inside the title
        pa.field("artist_names", pa.list_(CREDIT)),
        pa.field("artist_core", pa.string()),  # folded main names, in printed order, joined by one space
        pa.field("album_core", pa.string()),
        pa.field("album_versions", pa.list_(pa.string())),
        pa.field("duration_s", pa.float64()),
        pa.field("date", pa.string()),  # ISO 8601, as precise as known: 1999, 1999-11, 1999-11-02
        pa.field("release_year", pa.int32()),
        pa.field("medium", pa.string()),  # "A", "CD6"; null where the number has no medium
        pa.field("position", pa.int32()),  # track number within the medium
        pa.field("isrc_code", pa.string()),
        pa.field("upc_code", pa.string()),
        pa.field("audio_file", pa.string()),  # absolute path, inside root, or null
    ]
)

PROBLEMS = pa.schema(
    [
        pa.field("track_id", pa.string()),  # null where no track could be made of the record
        pa.field("source", pa.string()),
        pa.field("stage", pa.string()),  # ingest | analyze | dedup
        pa.field("field", pa.string()),
        pa.field("code", pa.string()),
        pa.field("message", pa.string()),  # the value, the place, the mend
    ]
)

SEGMENTS = pa.schema(
    [
        pa.field("track_id", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("model", pa.string()),
        pa.field("audio_file", pa.string()),
        pa.field("file_size", pa.int64()),
        pa.field("file_mtime_ns", pa.int64()),
        pa.field("seconds", pa.float64()),  # decoded length
        pa.field("hop_s", pa.float32()),  # seconds between two segments
        pa.field("codes", pa.binary()),  # n segments x 16 bytes, sign bits of the identity vector
        pa.field("audible", pa.binary()),  # n bytes, 1 where the segment is not silent
    ]
)

EMBEDDINGS = pa.schema(
    [
        pa.field("track_id", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("model", pa.string()),
        pa.field("vector", pa.list_(pa.float32())),  # similarity, unit length; null where silent or too short
    ]
)

EVIDENCE = pa.struct(
    [
        pa.field("field", pa.string()),
        pa.field("level", pa.string()),
        pa.field("weight", pa.float64()),  # log2 Bayes factor
        pa.field("detail", pa.string()),  # the compared values, for people
    ]
)

MATCHES = pa.schema(
    [
        pa.field("track_id_a", pa.string()),
        pa.field("track_id_b", pa.string()),
        pa.field("weight", pa.float64()),  # log2 posterior odds: prior + sum of the evidence
        pa.field("probability", pa.float64()),
        pa.field("relation", pa.string()),  # same recording | version | cover | different
        pa.field("decision", pa.string()),  # merge | review | distinct
        pa.field("evidence", pa.list_(EVIDENCE)),
        pa.field("generators", pa.list_(pa.string())),  # which candidate generators proposed the pair
    ]
)

RECORDINGS = pa.schema(
    [
        pa.field("track_id", pa.string()),
        pa.field("recording_id", pa.string()),
        pa.field("song_id", pa.string()),
        pa.field("is_canonical", pa.bool_()),
        pa.field("confidence", pa.float64()),
    ]
)

ARTISTS = pa.schema(
    [
        pa.field("track_id", pa.string()),
        pa.field("position", pa.int32()),  # 0-based place in the credit
        pa.field("name", pa.string()),  # as printed
        pa.field("role", pa.string()),
        pa.field("artist_id", pa.string()),
        pa.field("confidence", pa.float64()),
    ]
)

TABLES: dict[str, pa.Schema] = {
    "tracks": TRACKS,
    "problems": PROBLEMS,
    "segments": SEGMENTS,
    "embeddings": EMBEDDINGS,
    "matches": MATCHES,
    "recordings": RECORDINGS,
    "artists": ARTISTS,
}
