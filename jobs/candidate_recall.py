"""How many of the pairs that a truth knows the candidates hold: in all, and by generator."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from numpy.typing import NDArray

from catalog.runs import Stage
from dedup.candidates import GENERATORS
from dedup.records import mapped_text
from jobs.truth import once_each, read_truth


def count_recall(stage: Stage, truth_csv: Path, records: Path, compared: Path) -> None:
    """Record the recall of the compared pairs.

    truth_csv: columns `track_id, recording_id`; raises SourceError where they are not.
    """
    label = true_labels(truth_csv, records)
    sizes = np.bincount(label[label >= 0])
    total = int((sizes * (sizes - 1) // 2).sum())
    found = np.zeros(len(GENERATORS) + 1, np.int64)
    for batch in ds.dataset(compared, format="parquet").to_batches(columns=["place_a", "place_b", "generators"]):
        a, b, generators = (column.to_numpy() for column in batch.columns)
        true = generators[(label[a] == label[b]) & (label[a] >= 0)]
        found += [len(true), *(int((true >> number & 1).sum()) for number in range(len(GENERATORS)))]
    stage.count("true_pairs", total)
    for name, count in zip(("recall", *(f"recall_{name}" for name in GENERATORS)), found.tolist(), strict=True):
        stage.count(name, round(count / max(total, 1), 4))


def read_labelling(truth_csv: Path) -> pa.Table:
    """`track_id, recording_id` of a truth. Raises SourceError where it cannot be read or contradicts itself."""
    return once_each(read_truth(truth_csv, needed=("track_id", "recording_id")), truth_csv, ("track_id",))


def true_labels(truth_csv: Path, records: Path) -> NDArray[np.int64]:
    """The true recording of every place as a number, `[n]`; -1 where the truth does not know the track."""
    truth = read_labelling(truth_csv)
    known = truth.column("recording_id").combine_chunks().dictionary_encode().indices.to_numpy()
    label = dict(zip(truth.column("track_id").to_pylist(), known.tolist(), strict=True))
    return np.array([label.get(track, -1) for track in mapped_text(records, "track_id").to_pylist()], np.int64)
