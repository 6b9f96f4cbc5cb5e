"""The table `matches`: pairs worth keeping, each with its evidence and with what the clusters made of it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather
import pyarrow.parquet as pq
from numpy.typing import NDArray

from catalog.atomic import replacing
from catalog.runs import Stage
from catalog.schema import EVIDENCE, MATCHES
from catalog.store import Catalogue
from dedup.candidates import GENERATORS
from dedup.constraints import parted
from dedup.decide import COVER, DIFFERENT, DISTINCT, MERGE, REVIEW, SAME, VERSION, Policy
from dedup.explain import SHOWN, itemise
from dedup.patterns import unpack
from dedup.records import open_records
from dedup.scores import Scores
from dedup.weights import Weights, probability
from jobs.exchange import done, numbers, run_tasks
from jobs.labelled import KEPT
from jobs.lengths import LENGTHS_FILE
from jobs.pairs import both_sides

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

REMARKABLE = -3.0
"""Least weight of a distinct pair that is kept: odds of 1 to 8."""

DECISIONS = tuple(sorted((MERGE, REVIEW, DISTINCT)))
RELATIONS = tuple(sorted((SAME, VERSION, COVER, DIFFERENT)))

WEIGHTS_FILE = "weights.json"
POLICY_FILE = "policy.json"
LABELS_FILE = "recording.npy"
GROUP_FILE, APART_FILE = "told.npy", "apart.npy"
CHUNK = 1 << 15
REPEATED = (
    "weight", "probability", "relation", "decision", "generators.list.element",
    *(f"evidence.list.element.{name}" for name in ("field", "level", "weight")),
)  # fmt: skip
"""Columns of few different values; a dictionary of the others is begun in vain."""

_NAME = pa.dictionary(pa.int8(), pa.string())
_ITEM = {"field": _NAME, "level": pa.dictionary(pa.int16(), pa.string())}
_DICTIONARIES = {
    "relation": _NAME,
    "decision": _NAME,
    "evidence": pa.list_(pa.struct([pa.field(one.name, _ITEM.get(one.name, one.type)) for one in EVIDENCE])),
    "generators": pa.list_(_NAME),
}
WRITTEN = pa.schema([pa.field(one.name, _DICTIONARIES.get(one.name, one.type)) for one in MATCHES])
"""MATCHES as it is written: names as dictionaries, which Parquet has anyway."""


@dataclass(frozen=True)
class Settled:
    """What a worker needs to write matches.

    folder: record files; by place, the first place of its recording and of its labelled group; and what is apart.
    """

    folder: Path
    staging: Path
    files: tuple[Path, ...]
    scores: Scores
    weights: Weights


@dataclass(frozen=True)
class Clustered:
    """label: `[tracks]`, the first place of each track's recording. group, apart: of `Constraints`."""

    label: NDArray[np.int64]
    group: NDArray[np.int64]
    apart: NDArray[np.int64]

    def of(self, a: NDArray[np.int32], b: NDArray[np.int32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which pairs of places ended in one recording, and which labels keep apart, `[n]` each."""
        return self.label[a] == self.label[b], parted(a, b, self.group, self.apart)


def write_matches(
    spark: "SparkSession",
    catalogue: Catalogue,
    compared: Path,
    settled: tuple[Path, Scores, Weights, Policy, pa.Table],
    stage: Stage,
    origin: dict[str, Any],
) -> str:
    """Write the pairs worth keeping with their evidence; a pair's decision follows where the clusters put it.

    settled: the folder of `Settled`, the model with its thresholds, and the labels that were used.
    """
    folder, scores, weights, chosen, labelled = settled
    staging = catalogue.stage("matches")
    job = Settled(folder, staging, tuple(sorted(compared.glob("*.parquet"))), scores, weights)
    run_tasks(spark, len(job.files), partial(match_batches, job=job))
    if not any(staging.glob("*.parquet")):
        pq.write_table(MATCHES.empty_table(), staging / "part-00000.parquet")
    (staging / WEIGHTS_FILE).write_text(weights.to_json())
    (staging / POLICY_FILE).write_text(_policy_json(chosen))
    shutil.copyfile(folder / LENGTHS_FILE, staging / LENGTHS_FILE)
    if len(labelled):
        feather.write_feather(labelled, staging / KEPT, compression="uncompressed")
    snapshot = catalogue.seal("matches", staging, **origin)
    stage.count("matches", catalogue.sealed("matches", snapshot).rows)
    return snapshot


def _policy_json(chosen: Policy) -> str:
    """The thresholds; null for one that nothing reaches."""
    return json.dumps({name: value if np.isfinite(value) else None for name, value in asdict(chosen).items()})


def match_batches(batches: Iterator[pa.RecordBatch], *, job: Settled) -> Iterator[pa.RecordBatch]:
    """Tasks, each one file of compared pairs, to files of MATCHES."""
    records = open_records(job.folder)
    clusters = Clustered(*(np.load(job.folder / name, mmap_mode="r") for name in (LABELS_FILE, GROUP_FILE, APART_FILE)))
    for number in numbers(batches):
        yield done(number, _write_part(job, number, records, clusters))


def _write_part(job: Settled, number: int, records: pa.Table, clusters: Clustered) -> int:
    """The matches of one file of compared pairs; a task that is tried again replaces what it wrote."""
    target, rows = job.staging / f"part-{number:05d}.parquet", 0
    with replacing(target) as part, _writer(part) as file:
        for batch in pq.ParquetFile(job.files[number]).iter_batches(CHUNK):
            table = match_rows(batch, records, clusters, job.scores, job.weights)
            rows += len(table)
            file.write_table(table)
    return rows


def _writer(path: Path) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, WRITTEN, compression="zstd", use_dictionary=list(REPEATED), store_schema=False)


def match_rows(
    compared: pa.RecordBatch, records: pa.Table, clusters: Clustered, scores: Scores, weights: Weights
) -> pa.Table:
    """MATCHES of a batch of compared pairs, as WRITTEN."""
    a, b = (compared.column(name).to_numpy() for name in ("place_a", "place_b"))
    at = scores.at(compared.column("pattern").to_numpy())
    together, apart = clusters.of(a, b)  # kept whatever its weight: what speaks against is shown too
    remarkable = (scores.bits >= REMARKABLE) | (scores.decision != DISTINCT)
    kept = np.flatnonzero(remarkable[at] | together)
    a, b, at, together, apart = a[kept], b[kept], at[kept], together[kept], apart[kept]
    pairs = both_sides(records, a, b, ("track_id", *SHOWN)).append_column(
        "audio_detail", compared.column("audio_detail").take(pa.array(kept))
    )
    columns = {
        "track_id_a": pairs.column("track_id_a").cast(pa.string()),
        "track_id_b": pairs.column("track_id_b").cast(pa.string()),
        "weight": scores.bits[at],
        "probability": probability(scores.bits[at]),
        **_outcomes(scores, at, together, apart),
        "evidence": itemise(unpack(scores.patterns[at]), weights, pairs),
        "generators": _generators(compared.column("generators").take(pa.array(kept))),
    }
    return pa.table([columns[name] for name in MATCHES.names], schema=WRITTEN)


def _generators(bits: pa.Array) -> pa.Array:
    """Bit sets as lists of names; there are few different ones."""
    coded = pc.dictionary_encode(bits)
    names = [[n for n in range(len(GENERATORS)) if value >> n & 1] for value in coded.dictionary.to_pylist()]
    lists = pa.array(names, pa.list_(pa.int8())).take(coded.indices)
    return pa.ListArray.from_arrays(lists.offsets, pa.DictionaryArray.from_arrays(lists.values, list(GENERATORS)))


def _outcomes(
    scores: Scores, at: NDArray[np.int64], together: NDArray[np.bool_], apart: NDArray[np.bool_]
) -> dict[str, pa.Array]:
    """Decision and relation of pairs by their patterns and by where the clusters and labels put them."""
    decision, relation = _code(DECISIONS, scores.decision), _code(RELATIONS, scores.relation)
    merge, review, distinct = (DECISIONS.index(word) for word in (MERGE, REVIEW, DISTINCT))
    decision = np.where(decision == merge, review, decision)[at]  # but those together
    decision = np.where(apart, distinct, np.where(together, merge, decision))
    same, different = RELATIONS.index(SAME), RELATIONS.index(DIFFERENT)
    relation = np.where(together, same, relation[at])
    relation = np.where(apart & (relation == same), different, relation)
    return {"decision": _named(decision, DECISIONS), "relation": _named(relation, RELATIONS)}


def _code(known: tuple[str, ...], words: NDArray[np.str_]) -> NDArray[np.int64]:
    """Where words stand among the known ones, which ascend."""
    return np.searchsorted(np.array(known), words)


def _named(code: NDArray[np.int64], known: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(code.astype(np.int8), pa.array(known, pa.string()))
