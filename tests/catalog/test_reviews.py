"""Decisions: the newest counts, ids are sorted, and a bad row of a file says where it stands."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from catalog.errors import CatalogError, SourceError, UsageError
from catalog.reviews import NAME, SAID, Reviews, read_labels

NOW = datetime(2025, 3, 1, tzinfo=UTC)
HEADER = "track_id_a,track_id_b,same\n"


@pytest.fixture
def reviews(tmp_path):
    return Reviews.of(tmp_path)


@pytest.fixture
def labels(tmp_path):
    def write(text):
        (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
        return tmp_path / "labels.csv"

    return write


def test_reading_what_was_never_reviewed_makes_no_file(reviews):
    assert reviews.read().num_rows == 0
    assert not reviews.path.exists()


def test_a_clock_that_was_set_back_makes_no_decision_older(reviews):
    reviews.add("a", "b", "same", reviewer="ann", decided_at=datetime.now(UTC) + timedelta(hours=1))
    reviews.add("a", "b", "different", reviewer="ann")
    reviews.add("c", "d", "same", reviewer="ann", decided_at=NOW)
    reviews.add("c", "d", "different", reviewer="ann", decided_at=NOW - timedelta(days=1))  # told later, decided before
    assert reviews.read()["same"].to_pylist() == [False, True]


def test_a_file_whose_first_writer_was_killed_holds_no_decision(reviews):
    reviews.path.touch()
    assert reviews.read().num_rows == 0
    reviews.add("a", "b", "same", reviewer="ann")
    assert reviews.read().num_rows == 1


def test_the_newest_decision_counts_whenever_it_was_added(reviews):
    reviews.add("b", "a", "same", reviewer="ann", decided_at=NOW)
    reviews.add("a", "b", "different", reviewer="bob", decided_at=NOW - timedelta(days=1))
    reviews.add("c", "a", "different", reviewer="bob")
    rows = [tuple(row.values()) for row in reviews.read().to_pylist()]
    assert rows == [("a", "b", True), ("a", "c", False)]
    reviews.add("a", "b", "different", reviewer="ann", decided_at=NOW)
    assert reviews.read()["same"].to_pylist() == [False, False]


def test_earlier_decisions_are_kept(reviews, tmp_path):
    for decision in ("same", "different"):
        reviews.add("a", "b", decision, reviewer="ann", decided_at=NOW)
    database = sqlite3.connect(tmp_path / NAME)
    kept = database.execute("SELECT track_id_a, track_id_b, decision, reviewer, decided_at FROM reviews").fetchall()
    database.close()
    assert kept[0] == ("a", "b", "same", "ann", "2025-03-01T00:00:00.000000+00:00")
    assert len(kept) == 2


def test_times_are_compared_across_zones(reviews):
    reviews.add("a", "b", "same", reviewer="ann", decided_at=datetime.fromisoformat("2025-03-01T01:00:00+09:00"))
    reviews.add("a", "b", "different", reviewer="bob", decided_at=NOW - timedelta(hours=1))
    assert reviews.read()["same"].to_pylist() == [False]


def test_a_file_is_added_as_a_whole(reviews, labels):
    assert reviews.add_file(labels(f"{HEADER}a,b,1\nd,c,No\n"), reviewer="ann") == 2
    assert [tuple(row.values()) for row in reviews.read().to_pylist()] == [("a", "b", True), ("c", "d", False)]
    with pytest.raises(SourceError):
        reviews.add_file(labels(f"{HEADER}e,f,1\ng,h,perhaps\n"), reviewer="ann")
    assert reviews.read().num_rows == 2


@pytest.mark.parametrize("word", [*SAID, "YES", " True "])
def test_words_for_same_and_different(labels, word):
    table = read_labels(labels(f"same,note,track_id_b,track_id_a\n{word},x,a,b\n"))
    assert table.to_pylist() == [{"track_id_a": "a", "track_id_b": "b", "same": SAID[word.strip().lower()]}]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"{HEADER}a,b,1\na,c,maybe\n", r"labels\.csv:3: the column same holds 'maybe'; write 1 or 0"),
        (f'{HEADER}"a\nx",b,1\na,,0\n', r"labels\.csv:4: track_id_b is empty"),
        (f"{HEADER}a,b\n", r"labels\.csv:2: the column same holds ''"),
        (f"{HEADER}a,a,1\n", r"labels\.csv:2: both ids are 'a'"),
        ("track_id_a,same\na,1\n", r"labels\.csv:1: has no column track_id_b"),
        ("", r"labels\.csv:1: has no column track_id_a"),
    ],
)
def test_a_bad_row_names_its_line_and_the_mend(labels, text, complaint):
    with pytest.raises(SourceError, match=complaint):
        read_labels(labels(text))


def test_a_file_that_is_no_text_or_not_there(tmp_path):
    (tmp_path / "a.csv").write_bytes(HEADER.encode() + b"\xff\xfe,b,1\n")
    for name in ("a.csv", "none.csv"):
        with pytest.raises(SourceError, match=f"{name}: cannot be read"):
            read_labels(tmp_path / name)


def test_what_is_no_decision_is_refused(reviews):
    with pytest.raises(UsageError, match="'maybe' is no decision"):
        reviews.add("a", "b", "maybe", reviewer="ann")
    with pytest.raises(UsageError, match="two tracks"):
        reviews.add("a", "a", "same", reviewer="ann")


def test_a_damaged_file_is_named(reviews):
    reviews.path.write_text("this is no database, and long enough to be taken for one" * 20)
    with pytest.raises(CatalogError, match=NAME):
        reviews.read()


def test_a_column_that_is_there_twice_is_refused(labels):
    with pytest.raises(SourceError, match=r":1: has the column same twice"):
        read_labels(labels("track_id_a,track_id_b,same,same\na,b,1,0\n"))


def test_decisions_that_another_program_holds_are_not_to_be_moved_away(reviews, monkeypatch):
    monkeypatch.setattr("catalog.reviews._BUSY_S", 0.01)
    reviews.add("a", "b", "same", reviewer="me")
    with closing(sqlite3.connect(reviews.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CatalogError, match="end the program that has it open"):
            reviews.read()
    assert reviews.read().num_rows == 1
