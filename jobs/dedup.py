"""`unisono dedup`: tracks become the tables `matches`, `recordings` and `artists`.

Candidates, comparison and the counting of agreement patterns run on Spark; EM runs on the patterns, which are few; the
clustering takes only the pairs that could matter (numbers, no text) to the driver.
"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.runs import Run
from catalog.store import Catalogue
from dedup.blocks import PAIRS
from dedup.candidates import Blocking
from dedup.compare import SIDE_COLUMNS
from dedup.decide import Policy, decide, held, policy, relate, vetoed
from dedup.sound import Hearing
from dedup.weights import estimate, probability
from jobs.artists import artists_stage
from jobs.audio_pairs import audio_candidates, with_audio
from jobs.candidates import candidate_pairs, distinct_pairs
from jobs.clusters import cluster_stage
from jobs.columns import map_batches, read_parquet, read_table
from jobs.matches import write_matches
from jobs.options import DedupOptions, SparkOptions
from jobs.pairs import COMPARED, both_sides, compare_batches, count_pairs, unpack
from jobs.spark import session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def dedup(catalogue_dir: Path, options: DedupOptions, spark: SparkOptions) -> None:
    """Find duplicates, versions and artists among the ingested tracks. Raises CatalogError where there are none."""
    catalogue = Catalogue.open(catalogue_dir)
    with catalogue.lock(), catalogue.run("dedup", asdict(options)) as run:
        dedup_stages(catalogue, run, options, spark)


def dedup_stages(catalogue: Catalogue, run: Run, options: DedupOptions, spark: SparkOptions) -> None:
    """The stages of deduplication; skipped as one where tracks, audio and options are those of the published result."""
    wanted = ("tracks", "segments", "embeddings")
    inputs = {name: catalogue.state.tables.get(name) for name in wanted}
    promise = options.unique_within or catalogue.manifest("tracks").parameters.get("unique_within")
    options = replace(options, unique_within=promise)
    parameters = asdict(options) | {"blocking": asdict(Blocking()), "hearing": asdict(Hearing())}
    if all(
        catalogue.is_current(name, inputs=inputs, parameters=parameters)
        for name in ("matches", "recordings", "artists")
    ):
        with run.stage("dedup") as stage:
            return stage.skip("tracks, audio and options have not changed")
    with session(master=spark.master, memory=spark.memory) as active:
        catalogue.clear_work("dedup")  # what a killed run left
        work = catalogue.work("dedup", run.run)
        made = _dedup(active, catalogue, run, work, options, {"inputs": inputs, "parameters": parameters})
    catalogue.publish(made)
    catalogue.clear_work("dedup", run.run)


def _dedup(
    spark: "SparkSession", catalogue: Catalogue, run: Run, work: Path, options: DedupOptions, origin: dict[str, Any]
) -> dict[str, str]:
    tracks = read_table(spark, catalogue, "tracks")
    records = dedup_records(tracks, promised=options.unique_within == "source").cache()
    with run.stage("candidates") as stage:
        pairs = candidate_pairs(spark, records, Blocking())
        heard = audio_candidates(spark, catalogue, records)
        pairs = distinct_pairs(pairs.unionByName(heard)) if heard is not None else pairs
        pairs.write.mode("overwrite").parquet(str(work / "pairs"))
        pairs = read_parquet(spark, work / "pairs", PAIRS)
        count_pairs(stage, pairs, catalogue.count("tracks"))
    with run.stage("compare") as stage:
        sides = with_audio(spark, catalogue, records, both_sides(pairs, records, SIDE_COLUMNS))
        map_batches(sides, compare_batches, COMPARED).write.mode("overwrite").parquet(str(work / "compared"))
        compared = read_parquet(spark, work / "compared", COMPARED)
    with run.stage("weights") as stage:
        patterns, counts = _patterns(compared)
        weights = estimate(patterns, counts)
        bits = weights.bits(patterns)
        eligible = counts * ~(held(patterns) | vetoed(patterns))  # what is never merged must not thin out what is
        chosen = policy(bits, eligible, false_merge_rate=options.false_merge_rate)
        (work / "weights.json").write_text(weights.to_json())
        stage.count("patterns", len(patterns))
        stage.count("prior", round(weights.prior, 6))
        stage.count("merge_at_bits", round(chosen.merge, 3))
    scored = compared.join(_scores(spark, patterns, bits, chosen), "levels").cache()
    with run.stage("clusters") as stage:
        recordings, same = cluster_stage(spark, catalogue, stage, records, scored, chosen, origin, work)
    with run.stage("matches") as stage:
        matches = write_matches(catalogue, scored, records, same, weights, chosen, stage, origin)
    with run.stage("artists") as stage:
        artists = artists_stage(spark, catalogue, tracks, same, stage, origin)
    return {"recordings": recordings, "matches": matches, "artists": artists}


def dedup_records(tracks: "DataFrame", *, promised: bool) -> "DataFrame":
    """Tracks with what comparison needs: `exclusive` (source number, or -1) and `title_frequency`."""
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    frequency = tracks.where("title_core is not null").groupBy("title_core").agg(
        f.count("*").cast("double").alias("title_frequency")
    )  # fmt: skip
    numbers = tracks.select("source").distinct().withColumn("number", f.dense_rank().over(Window.orderBy("source")) - 1)
    numbered = tracks.join(f.broadcast(numbers), tracks["source"].eqNullSafe(numbers["source"])).drop(numbers["source"])
    exclusive = f.col("number") if promised else f.lit(-1)
    return numbered.withColumn("exclusive", exclusive.cast("int")).drop("number").join(frequency, "title_core", "left")


def _patterns(
    compared: "DataFrame",
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    table = compared.groupBy("levels").count().orderBy("levels").toArrow()
    return unpack(table.column("levels")), table.column("count").to_numpy().astype(np.float64)


def _scores(spark: "SparkSession", patterns: Any, bits: Any, chosen: Policy) -> "DataFrame":
    """Weight and decision of every pattern, to be joined to pairs."""
    from pyspark.sql import functions as f

    decision = decide(bits, patterns, chosen)
    table = pa.table(
        {
            "levels": pa.array([row.tobytes() for row in patterns], pa.binary()),
            "weight": bits,
            "probability": probability(bits),
            "decision": pa.array(decision.tolist(), pa.string()),
            "relation": pa.array(relate(patterns, decision).tolist(), pa.string()),
            "vetoed": vetoed(patterns),
        }
    )
    return f.broadcast(spark.createDataFrame(table))
