"""Labels in a deduplication: kept by clusters and matches, used for the weights, and told in the run's record."""

import json
import logging

import numpy as np
import pytest

from catalog.errors import SourceError
from catalog.reviews import Reviews, read_labels
from catalog.store import Catalogue
from dedup.constraints import constraints
from jobs.dedup import dedup
from jobs.explain import explain_pair
from jobs.ingest import ingest
from jobs.labelled import digest, gather
from jobs.options import DedupOptions, IngestOptions, SparkOptions
from tests.jobs.small_world import write_catalogue

LOCAL = SparkOptions(master="local[2]", memory="1g")
HEADER = "track_id_a,track_id_b,same\n"


@pytest.fixture
def labels(tmp_path):
    def write(text, name="labels.csv"):
        (tmp_path / name).write_text(HEADER + text, encoding="utf-8")
        return tmp_path / name

    return write


def gathered(folder, file):
    return [tuple(row.values()) for row in gather(folder, file).to_pylist()]


def test_reviewers_outweigh_the_file_and_different_outweighs_same(tmp_path, labels, caplog):
    reviews = Reviews.of(tmp_path)
    reviews.add("a", "b", "different", reviewer="ann")
    reviews.add("y", "z", "same", reviewer="ann")
    file = labels("b,a,1\nc,d,1\nd,c,0\ne,f,yes\ne,f,1\n")
    assert gathered(tmp_path, file) == [("a", "b", False), ("y", "z", True), ("c", "d", False), ("e", "f", True)]
    assert "decided otherwise on 1 pairs" in caplog.text
    assert "contradict themselves on 1 pairs" in caplog.text


def test_what_reviewers_say_binds_before_the_file(tmp_path, labels):
    reviews = Reviews.of(tmp_path)
    reviews.add("b", "c", "same", reviewer="ann")
    reviews.add("a", "c", "different", reviewer="ann")
    told = gather(tmp_path, labels("a,b,1\n"))
    a, b = (np.array(["abc".index(name) for name in told[side].to_pylist()]) for side in told.column_names[:2])
    assert constraints(3, a, b, told["same"].to_numpy()).group.tolist() == [0, 1, 1]


def test_what_follows_from_decisions_outweighs_the_file(tmp_path, labels, caplog):
    reviews = Reviews.of(tmp_path)
    reviews.add("a", "b", "same", reviewer="ann")
    reviews.add("b", "c", "same", reviewer="ann")
    assert gathered(tmp_path, labels("a,c,0\na,d,0\n")) == [("a", "b", True), ("b", "c", True), ("a", "d", False)]
    assert "decided otherwise on 1 pairs" in caplog.text


def test_without_labels_there_is_nothing_to_gather(tmp_path):
    assert gathered(tmp_path, None) == []
    assert digest(gather(tmp_path, None)) is None
    with pytest.raises(SourceError):
        gather(tmp_path, tmp_path / "none.csv")


def test_the_digest_follows_what_labels_say_and_not_how(labels):
    said = [digest(read_labels(labels(text, f"{n}.csv"))) for n, text in enumerate(("a,b,1\n", "b,a,yes\n", "a,b,0\n"))]
    assert said[0] == said[1] != said[2]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_catalogue(tmp_path_factory.mktemp("labelled"))


@pytest.fixture(scope="module")
def root(spark, source):
    """The folder of a catalogue whose recordings were found without labels."""
    root = source.parent / "cat"
    Catalogue.create(root)
    ingest(root, [source], IngestOptions(audio=False), LOCAL)
    dedup(root, DedupOptions(artists=False), LOCAL)
    return root


def again(root, **options):
    """Deduplicate once more; the catalogue, its recordings, and the counts of the run by stage."""
    dedup(root, DedupOptions(artists=False, **options), LOCAL)
    catalogue = Catalogue.open(root)
    table = catalogue.read("recordings", ["track_id", "recording_id"])
    recordings = dict(zip(*(column.to_pylist() for column in table.columns), strict=True))
    stages = json.loads(sorted((root / "runs").glob("*.json"))[-1].read_text())["stages"]
    return catalogue, recordings, {stage["name"]: stage for stage in stages}


def decisions(catalogue):
    rows = catalogue.read("matches", ["track_id_a", "track_id_b", "decision", "relation"]).to_pylist()
    return {frozenset((row["track_id_a"], row["track_id_b"])): (row["decision"], row["relation"]) for row in rows}


def test_labels_are_kept_and_a_changed_one_runs_again(root, labels, caplog):
    before, recordings, _ = again(root)
    assert recordings["x0"] == recordings["y0"] != recordings["x1"]
    assert decisions(before)[frozenset(("x0", "y0"))][0] == "merge"

    file = labels("x0,y0,0\nx1,x28,1\nx1,nobody,1\n")  # a copy parted, and two songs that were never a candidate
    with caplog.at_level(logging.WARNING):
        catalogue, found, stages = again(root, labels=file, unique_within="source")
    assert found["x0"] != found["y0"]
    assert found["x1"] == found["x28"]
    assert all(found[f"x{n}"] == found[f"y{n}"] for n in range(3, 60, 3))
    assert "1 of 3 labels name a track that is not there, such as 'nobody'" in caplog.text
    assert stages["weights"]["counts"]["labels"] == 2
    assert stages["weights"]["counts"]["labels_compared"] == 1
    assert "the labels bind the clusters and leave the weights as they are" in caplog.text
    decision, relation = decisions(catalogue)[frozenset(("x0", "y0"))]
    assert decision == "distinct"
    assert relation != "same recording"
    assert "labelled different" in explain_pair(catalogue, "y0", "x0").outcome
    assert "labelled the same" in explain_pair(catalogue, "x1", "x28").outcome
    assert catalogue.verify() == []

    moved = labels(file.read_text().removeprefix(HEADER), "moved.csv")
    assert again(root, labels=moved, unique_within="source")[2]["dedup"]["skipped"]
    Reviews.of(root).add("x0", "y0", "same", reviewer="ann")
    _, reviewed, stages = again(root, labels=moved, unique_within="source")
    assert "dedup" not in stages
    assert reviewed["x0"] == reviewed["y0"]


def test_what_follows_from_labels_holds_also_through_a_track_that_is_gone(root, labels):
    gone = "".join(f"{track},left,{same}\n" for track, same in (("x6", 1), ("y6", 0), ("x1", 1)))
    catalogue, found, _ = again(root, labels=labels(gone))
    assert found["x6"] == found["x1"] != found["y6"]
    assert decisions(catalogue)[frozenset(("x6", "y6"))] == ("distinct", "different")
    assert explain_pair(catalogue, "x6", "y6").outcome.endswith("labelled different, by way of other tracks")
    assert explain_pair(catalogue, "x6", "x1").outcome.endswith("labelled the same, by way of other tracks")


def test_a_label_joins_the_recordings_of_its_tracks_and_is_told(root, labels):
    catalogue, found, _ = again(root, labels=labels("x9,x31,1\n"))
    assert found["x9"] == found["y9"] == found["x31"]
    outcome = explain_pair(catalogue, "y9", "x31").outcome
    assert outcome.endswith("; joined by other tracks of it, this pair alone would not merge")
    assert explain_pair(catalogue, "x9", "y9").outcome == f"merged: both are recording {found['x9']}"


def test_a_weight_below_the_threshold_is_the_reason_that_is_told(root):
    catalogue, _, _ = again(root, false_merge_rate=3e-8)
    merge = json.loads((catalogue.path("matches") / "policy.json").read_text())["merge"]
    pairs = [match for match in catalogue.read("matches").to_pylist() if match["decision"] == "review"]
    low = [match for match in pairs if 0 < match["weight"] < (merge or np.inf)]
    assert low
    reason = "no weight is sure enough to merge" if merge is None else f"less than the {merge:+.2f} bits that merge"
    for match in low:
        pair = match["track_id_a"], match["track_id_b"]
        assert explain_pair(catalogue, *pair).outcome == f"review (same recording); {reason}"


def test_enough_labels_sharpen_the_weights_and_leave_evidence_adding_up(root, labels):
    copies = "".join(f"x{n},y{n},1\n" for n in range(0, 60, 3))
    neighbours = "".join(f"x{n},x{n + 5},0\n" for n in range(40))  # on one album
    plain = weights(root)
    catalogue, _, stages = again(root, labels=labels(copies + neighbours))
    assert stages["weights"]["counts"]["labels"] == 60
    assert 20 < stages["weights"]["counts"]["labels_compared"] < 60
    assert plain["scale"] == dict.fromkeys(plain["scale"], 1.0)
    assert weights(root)["scale"] != plain["scale"]
    for match in catalogue.read("matches").to_pylist():
        assert sum(item["weight"] for item in match["evidence"]) == pytest.approx(match["weight"], abs=1e-6)


def weights(root):
    return json.loads((Catalogue.open(root).path("matches") / "weights.json").read_text())
