"""The recall of candidates, counted by hand."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import SourceError
from catalog.runs import Stage
from catalog.store import Catalogue
from dedup.candidates import GENERATORS
from dedup.records import NUMBERS, TEXTS, writing
from jobs.candidate_recall import count_recall
from jobs.dedup import dedup
from jobs.options import DedupOptions, SparkOptions
from jobs.pairs import COMPARED

TRACKS = ["a", "b", "c", "d", "unknown"]
TEXT, ISRC = (1 << GENERATORS.index(name) for name in ("text", "isrc"))


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    with writing(folder) as writer:
        texts = {name: pa.array(TRACKS if name == "track_id" else [""] * len(TRACKS)) for name in TEXTS}
        writer.append(texts | {name: pa.array([0] * len(TRACKS)) for name in NUMBERS})
    return folder


def test_recall_in_all_and_by_generator(records: Path, tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("track_id,recording_id\na,1\nb,1\nc,1\nd,2\n")
    pairs = [(0, 1, TEXT | ISRC, 0, None), (0, 2, TEXT, 0, None), (2, 3, TEXT, 0, None), (0, 4, TEXT, 0, None)]
    compared = tmp_path / "compared"
    compared.mkdir()
    columns = [pa.array(column, field.type) for column, field in zip(zip(*pairs, strict=True), COMPARED, strict=True)]
    pq.write_table(pa.table(columns, schema=COMPARED), compared / "part.parquet")
    stage = Stage("compare")
    count_recall(stage, tmp_path / "truth.csv", records, compared)
    assert stage.counts["true_pairs"] == 3  # a-b, a-c, b-c
    assert stage.counts["recall"] == pytest.approx(2 / 3, abs=1e-4)
    assert stage.counts["recall_text"] == pytest.approx(2 / 3, abs=1e-4)
    assert stage.counts["recall_isrc"] == pytest.approx(1 / 3, abs=1e-4)
    assert stage.counts["recall_audio"] == 0


def test_a_truth_without_its_columns_is_refused(records: Path, tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("id,group\na,1\n")
    with pytest.raises(SourceError, match="recording_id"):
        count_recall(Stage("compare"), tmp_path / "truth.csv", records, tmp_path)


def test_a_truth_that_cannot_be_used_is_refused_before_the_work(tmp_path: Path) -> None:
    Catalogue.create(tmp_path / "cat")  # which has no tracks: nothing else is looked at
    (tmp_path / "truth.csv").write_text("track_id\na\n")
    with pytest.raises(SourceError, match="needs the columns"):
        dedup(tmp_path / "cat", DedupOptions(truth=tmp_path / "truth.csv"), SparkOptions(master="local[1]"))
