"""The artist stage of `unisono dedup`: the table `artists`. The rules are in `dedup.artists`.

Credits are coded where tracks are read, and divided into buckets of whole names, so that a worker holds one bucket. The
model is fitted on a few buckets. Names come to the driver for merging: all of them as text, about 50 bytes each, and
what their tracks have, some 150 bytes, for those that resemble another name.
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog.runs import Stage
from catalog.schema import ARTISTS
from catalog.snapshots import new_id
from catalog.store import Catalogue
from dedup.artist_blocks import relate_names
from dedup.artist_codes import Codes, codes
from dedup.artist_credits import credits_of
from dedup.artist_crowds import CROWDS, FIRST_NAMES, compilations, crowded, first_names, guests, with_compilations
from dedup.artist_fit import fit
from dedup.artist_merge import merge_names
from dedup.artist_misplaced import HOSTS, MISPLACED
from dedup.artist_model import ArtistModel
from dedup.artist_namesakes import NAMESAKES
from dedup.artist_profiles import NAMES, PROFILES, list_names, profile_names
from dedup.artist_traits import TRAITS, traits_of
from dedup.artists import Resolved, related_keys, resolve_and_tell, with_artist_keys, with_names
from jobs.artist_buckets import PACKED, brought, bucket_of, collected, pack, unpack, write_buckets
from jobs.artist_files import with_notes, write_answers
from jobs.artist_ids import keep_ids, renamed
from jobs.artist_problems import misplaced_problems
from jobs.artist_tracks import read_beside, track_files
from jobs.columns import map_batches, read_table, spark_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FROM_TRACKS = (
    "track_id", "source", "title", "title_core", "album_core", "label", "country", "genre", "language", "release_year",
    "upc_code", "artist_names", "extra",
)  # fmt: skip
NAMED = pa.schema([TRAITS.field(name) for name in ("name", "name_key")])  # what is read to list names
CROWDED = pa.schema([TRAITS.field(name) for name in ("position", "name_key", "crowd")])  # and to find compilations
KEYS = ["name_key", "artist_key", "confidence"]
BUCKET_TRACKS = 50_000
PIECE_TRACKS = 100_000  # read together
FITTED_BUCKETS = 1


class Made(NamedTuple):
    """The sealed snapshot of `artists`, and problems that were found (`jobs.found_problems`)."""

    snapshot: str
    problems: list[dict[str, str]]


def artists_stage(
    spark: "SparkSession",
    catalogue: Catalogue,
    tracks: "DataFrame",
    labels: "DataFrame",
    stage: Stage,
    origin: dict[str, Any],
) -> Made:
    """Resolve every credit to an artist. labels: `row, cluster` of every track."""
    buckets = max(1, catalogue.count("tracks") // BUCKET_TRACKS)
    credits = _credits(spark, catalogue, tracks, labels, buckets).cache()
    crowds = _crowds(credits, buckets)
    names = collected(credits, list_names, taken=NAMED, given=NAMES)
    model = _fit(credits, compilations(crowds))
    merged = _merged(credits, compilations(crowds), names, model)
    keyed = map_batches(credits, partial(keyed_batches, merged=merged.select(KEYS), buckets=buckets), PACKED)
    resolve = partial(_resolve, crowds=compilations(crowds), visits=guests(crowds), model=model)
    staging = catalogue.stage("artists")
    found = write_buckets(keyed, resolve, staging, taken=TRAITS)
    if not len(names):
        pq.write_table(ARTISTS.empty_table(), staging / "part-00000.parquet")
    namesakes, misplaced, hosts = (brought(found, i, schema) for i, schema in enumerate((NAMESAKES, MISPLACED, HOSTS)))
    changed = keep_ids(catalogue, staging, new_id())
    for column in ("artist_id", "nearest"):
        namesakes = _with(namesakes, column, renamed(namesakes.column(column), changed))
    hosts = _with(hosts, "artist_id", renamed(hosts.column("artist_id"), changed))
    write_answers(staging, merged, with_notes(catalogue, namesakes))
    problems = misplaced_problems(catalogue, misplaced, hosts, stage)
    snapshot = catalogue.seal("artists", staging, **origin)
    credits.unpersist()
    stage.count("credits", int(names.column("n_tracks").to_numpy().sum()))
    stage.count("names", len(names))
    stage.count("names_merged", len(merged.filter(pc.field("name_key") != pc.field("artist_key"))))
    stage.count("namesakes", len(namesakes.filter(pc.field("nearest").is_valid())))
    return Made(snapshot, problems)


def _with(table: pa.Table, column: str, values: pa.ChunkedArray) -> pa.Table:
    at = table.schema.get_field_index(column)
    return table.set_column(at, table.schema.field(at), values)


def _credits(
    spark: "SparkSession", catalogue: Catalogue, tracks: "DataFrame", labels: "DataFrame", buckets: int
) -> "DataFrame":
    """The `TRAITS` of all credits, packed in buckets of whole names. Spark brings what is known beside the tracks."""
    from pyspark.sql import functions as f

    known = labels.select("row", f.col("cluster").cast("string").alias("recording_id"))
    if catalogue.has("embeddings"):
        vectors = read_table(spark, catalogue, "embeddings").select("track_id", "vector")
        known = known.join(tracks.select("row", "track_id").join(vectors, "track_id").drop("track_id"), "row", "left")
    files = track_files(catalogue.path("tracks"))

    def credits(piece: pa.Table) -> pa.Table:
        traits = traits_of(credits_of(read_beside(piece, files, FROM_TRACKS)))
        return pa.Table.from_batches([pack(traits, bucket_of(codes(traits.column("name_key")), buckets))])

    pieces = known.groupBy(f.floor(f.col("row") / PIECE_TRACKS))
    return pieces.applyInArrow(credits, spark_schema(PACKED)).repartition("bucket")


def keyed_batches(batches: Iterator[pa.RecordBatch], *, merged: pa.Table, buckets: int) -> Iterator[pa.RecordBatch]:
    """Packed credits by name to packed credits by artist."""
    for batch in batches:
        traits = with_artist_keys(unpack(batch, TRAITS), merged)
        yield pack(traits, bucket_of(codes(traits.column("artist_key")), buckets))


def _crowds(credits: "DataFrame", buckets: int) -> pa.Table:
    """`CROWDS`: the albums that are compilations, and the guests of others."""

    def batches(packed: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in packed:
            names = first_names(unpack(batch, CROWDED))
            yield pack(names, bucket_of(names.column("crowd").to_numpy(), buckets))

    found = collected(map_batches(credits, batches, PACKED), crowded, taken=FIRST_NAMES, given=CROWDS)
    return found.sort_by([("crowd", "ascending"), ("guest", "ascending")])


def _fit(credits: "DataFrame", crowds: Codes) -> ArtistModel:
    """The model of this catalogue, from a sample of whole names."""
    sample = credits.where(credits["bucket"] < FITTED_BUCKETS)
    return fit(collected(sample, partial(with_compilations, crowds=crowds), taken=TRAITS, given=TRAITS))


def _merged(credits: "DataFrame", crowds: Codes, names: pa.Table, model: ArtistModel) -> pa.Table:
    """The names that are other names' artists."""
    related = relate_names(names)
    keys = related_keys(related)

    def profile(traits: pa.Table) -> pa.Table:
        return profile_names(with_compilations(with_names(traits, keys), crowds))

    return merge_names(related, collected(credits, profile, taken=TRAITS, given=PROFILES), model)


def _resolve(traits: pa.Table, *, crowds: Codes, visits: pa.Table, model: ArtistModel) -> Resolved:
    """Resolve one bucket, in an order that does not depend on Spark's."""
    ordered = traits.sort_by([("track_id", "ascending"), ("position", "ascending")])
    return resolve_and_tell(with_compilations(ordered, crowds), model, visits)
