"""`unisono dedup`: tracks become the tables `matches`, `recordings` and `artists`.

The driver writes the record files that workers map (`dedup.records`); candidates and comparison run on Spark; EM runs
on the agreement patterns, which are few; the clustering takes only the pairs that could matter, as numbers.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.fingerprint import rules
from catalog.runs import Run, Stage
from catalog.store import Catalogue
from dedup.candidates import Blocking
from dedup.crowds import Crowds
from dedup.decide import Policy, contrasted, held, other_players, policy, vetoed
from dedup.patterns import unpack
from dedup.records import mapped_numbers
from dedup.scores import Scores, score
from dedup.sound import Hearing
from dedup.weights import Weights, estimate
from jobs.alignments import align_releases
from jobs.audio_pairs import audio_candidates
from jobs.candidate_recall import count_recall, read_labelling
from jobs.candidates import Candidates, find_candidates, partitions
from jobs.clusters import crowds, distinctive_titles, find_clusters
from jobs.columns import read_parquet, read_table
from jobs.found_problems import renew_problems
from jobs.isrc_conflicts import isrc_problems
from jobs.labelled import Labels, digest, gather, place
from jobs.matches import APART_FILE, GROUP_FILE, LABELS_FILE, write_matches
from jobs.options import DedupOptions, SparkOptions, recorded
from jobs.pairs import compared_pairs, count_pairs
from jobs.recordings import write_recordings
from jobs.records import rows_of, write_records
from jobs.sound_conflicts import conflict_problems, sound_conflicts
from jobs.sound_files import write_sound
from jobs.spark import session, warm_up
from jobs.summary import print_summary
from jobs.supervise import sharpened

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

RECORDS = "records"
LABELS = pa.schema([("row", pa.int64()), ("cluster", pa.int64())])


@dataclass(frozen=True)
class Job:
    """What the stages of one deduplication share.

    work: its scratch folder; origin: what the results are made from; labelled: pairs that people decided on.
    """

    spark: "SparkSession"
    catalogue: Catalogue
    work: Path
    options: DedupOptions
    origin: dict[str, Any]
    blocking: Blocking
    labelled: pa.Table

    @property
    def records(self) -> Path:
        """Folder of the record files."""
        return self.work / RECORDS

    @property
    def compared(self) -> Path:
        """Folder of the compared pairs, each for itself."""
        return self.work / "compared"

    @property
    def aligned(self) -> Path:
        """Folder of the compared pairs with what their releases say."""
        return self.work / "aligned"


def dedup(catalogue_dir: Path, options: DedupOptions, spark: SparkOptions) -> None:
    """Find duplicates, versions and artists among the ingested tracks. Raises CatalogError where there are none."""
    catalogue = Catalogue.open(catalogue_dir)
    with catalogue.lock(), catalogue.run("dedup", recorded([], options, spark)) as run:
        dedup_stages(catalogue, run, options, spark)
    print_summary(catalogue, run)


def dedup_stages(catalogue: Catalogue, run: Run, options: DedupOptions, spark: SparkOptions) -> None:
    """The stages of deduplication; skipped as one where tracks, audio and options are those of the published result."""
    if options.truth is not None:
        read_labelling(options.truth)  # what is wrong with it is said before the work, not after
    wanted = ("tracks", "segments", "embeddings")
    inputs = {name: catalogue.state.tables.get(name) for name in wanted} | {"rules": rules("catalog", "dedup")}
    labelled = gather(catalogue.root, options.labels)
    inputs |= {"labels": digest(labelled)} if len(labelled) else {}
    promise = options.unique_within or catalogue.manifest("tracks").parameters.get("unique_within")
    options = replace(options, unique_within=promise)
    decided = asdict(replace(options, truth=None, labels=None))  # labels count by what they say, not by their file
    parameters = decided | {"blocking": asdict(Blocking()), "hearing": asdict(Hearing())}
    tables = ("matches", "recordings", *(["artists"] if options.artists else []))
    if options.truth is None and all(
        catalogue.is_current(name, inputs=inputs, parameters=parameters) for name in tables
    ):
        with run.stage("dedup") as stage:
            return stage.skip("tracks, audio, labels and options have not changed")
    catalogue.clear_work("dedup")  # what a killed run left
    work = catalogue.work("dedup", run.run)
    with ExitStack() as stack:
        with run.stage("records") as stage:
            active = stack.enter_context(_session_beside(_records(catalogue, work, options), spark))
        origin = {"inputs": inputs, "parameters": parameters}
        made = _dedup(Job(active, catalogue, work, options, origin, Blocking(), labelled), run)
    catalogue.publish(made)
    catalogue.clear_work("dedup", run.run)


def _records(catalogue: Catalogue, work: Path, options: DedupOptions) -> Callable[[], int]:
    """What writes the record files."""
    return partial(write_records, catalogue, work / RECORDS, promised=options.unique_within == "source")


@contextmanager
def _session_beside(task: Callable[[], int], spark: SparkOptions) -> "Iterator[SparkSession]":
    """A session with its workers up, started while a task of the driver's runs to its end."""
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(task)
        with session(master=spark.master, memory=spark.memory) as active:
            warm_up(active)
            running.result()
            yield active


def _dedup(job: Job, run: Run) -> dict[str, str]:
    with run.stage("candidates") as stage:
        candidates = _candidates(job)
    with run.stage("compare") as stage:
        _compare(job, candidates, stage)
        if job.options.truth:
            count_recall(stage, job.options.truth, job.records, job.compared)
    with run.stage("weights") as stage:
        told = place(job.labelled, job.records)
        seconds = mapped_numbers(job.records, "duration_s").to_numpy()
        alike = Crowds.of(crowds(job.records, job.blocking.copies), seconds)
        weights, chosen, scores = _weigh(job, told, alike, stage)
    with run.stage("clusters") as stage:
        exclusive = mapped_numbers(job.records, "exclusive").to_numpy().astype(np.int64)
        ties = told.constraints()
        found = find_clusters(
            job.aligned, scores, chosen, exclusive, distinctive_titles(job.records), alike.number, ties
        )
        made = {"recordings": write_recordings(job.catalogue, job.records, found, stage, job.origin)}
        np.save(job.records / LABELS_FILE, found.recording)
        np.save(job.records / GROUP_FILE, ties.group)
        np.save(job.records / APART_FILE, ties.apart)
        wrong = isrc_problems(job.records, found.song, stage)
        wrong += conflict_problems(sound_conflicts(job.aligned, job.records, found.recording), job.records, stage)
    with run.stage("matches") as stage:
        settled = (job.records, scores, weights, chosen, told.table)
        made["matches"] = write_matches(job.spark, job.catalogue, job.aligned, settled, stage, job.origin)
    if job.options.artists:
        from jobs.artists import artists_stage

        with run.stage("artists") as stage:
            tracks = read_table(job.spark, job.catalogue, "tracks")
            labels = _labels(job, found.recording)
            made["artists"], misplaced = artists_stage(job.spark, job.catalogue, tracks, labels, stage, job.origin)
            wrong += misplaced
    problems = renew_problems(job.catalogue, wrong, job.origin)
    return made | ({"problems": problems} if problems else {})


def _candidates(job: Job) -> Candidates:
    """Sound files and the candidate pairs."""
    count = job.catalogue.count("tracks")
    write_sound(job.spark, job.catalogue, job.records)
    found = Candidates(job.records, job.work, count, partitions(job.spark, count), job.blocking)
    find_candidates(job.spark, found)
    heard = audio_candidates(job.spark, job.catalogue, job.records)
    if heard is not None:
        found.scatter_pairs("heard", heard)
    return found


def _compare(job: Job, candidates: Candidates, stage: Stage) -> None:
    """Compare the candidates, which are not needed any more afterwards."""
    done = compared_pairs(job.spark, candidates, job.compared)
    candidates.clear()
    count_pairs(stage, done, candidates.count)


def _weigh(job: Job, told: Labels, alike: Crowds, stage: Stage) -> tuple[Weights, Policy, Scores]:
    """The model of this catalogue, the thresholds it gives and what every pattern is worth."""
    patterns, counts = align_releases(job.spark, job.records, job.compared, job.aligned, alike, job.blocking)
    levels = unpack(patterns)
    open_to_merging = counts * ~vetoed(levels)  # what rules exclude is not for the model to tell apart
    strangers = contrasted(levels) | other_players(levels)
    weights = _sharpen(job, told, stage, estimate(levels, open_to_merging, strangers=strangers))
    eligible = open_to_merging * ~held(levels)  # what is never merged must not thin out what is
    chosen = policy(weights.bits(levels), eligible, false_merge_rate=job.options.false_merge_rate)
    stage.count("patterns", len(patterns))
    stage.count("prior", round(weights.prior, 6))
    if np.isfinite(chosen.merge):  # JSON has no infinity
        stage.count("merge_at_bits", round(chosen.merge, 3))
    return weights, chosen, score(patterns, weights, chosen)


def _sharpen(job: Job, told: Labels, stage: Stage, weights: Weights) -> Weights:
    """The weights with what labelled pairs teach; those that rules exclude teach nothing."""
    pattern, same = told.compared(job.aligned)
    stage.count("labels", int(told.there.sum()))
    stage.count("labels_compared", len(pattern))
    levels = unpack(pattern)
    weighed = ~vetoed(levels)
    return sharpened(job.spark, levels[weighed], same[weighed], weights)


def _labels(job: Job, recording: Any) -> "DataFrame":
    """`row, cluster` of every track: its row and that of the first track of its recording."""
    rows = rows_of(job.records)
    pq.write_table(pa.table([rows, rows[recording]], schema=LABELS), job.work / "labels.parquet")
    return read_parquet(job.spark, job.work, LABELS)
