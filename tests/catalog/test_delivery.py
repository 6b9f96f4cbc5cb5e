import random

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from catalog import delivery, earlier_ids
from catalog.cleaning import NORMALISED, clean_part
from catalog.delivery import Delivery
from catalog.earlier_ids import REMEMBERED, Earlier
from catalog.problems import Problem
from catalog.profile import profile_sources
from catalog.schema import DELIVERED, PROBLEMS


def batches(rows, size):
    blank = dict.fromkeys(DELIVERED.names) | {"source": "s", "root": "/nowhere"}
    made = [blank | {"track_id": f"t{n}", "title": f"T{n}", "place": f"s.csv:{n}"} | row for n, row in enumerate(rows)]
    table = pa.Table.from_pylist(made, schema=DELIVERED)
    return table.to_batches(max_chunksize=size)


def deliver(folder, rows, size=4, earlier=None):
    taken = Delivery(folder, earlier)
    for batch in batches(rows, size):
        taken.add(batch)
    return taken.finish()


def records(delivered):
    return [row for part in delivered.parts for row in pq.read_table(part).to_pylist()]


def expected(rows):
    """Track ids that are kept, by row, and codes of problems, by row: an oracle that looks at one record at a time."""
    kept, codes, owners, held = {}, {}, {}, set()
    for number, row in enumerate(rows):
        name = row["source"], row["track_id"]
        if name in held:
            codes[number] = "duplicate_id"
            continue
        held.add(name)
        taken = row["track_id"] in owners
        owners.setdefault(row["track_id"], row["source"])
        kept[number] = ":".join(name) if taken else row["track_id"]
        if taken:
            codes[number] = "shared_id"
    return kept, codes


@pytest.mark.parametrize("seed", range(8))
def test_ids_are_told_apart_as_by_looking_at_one_record_after_another(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(delivery, "PART_ROWS", 16)
    draw = random.Random(seed)
    rows = [{"source": draw.choice("abc"), "track_id": str(draw.randrange(2 + 20 * seed))} for _ in range(100)]
    delivered = deliver(tmp_path, rows)
    kept, codes = expected(rows)
    assert {record["row"]: record["track_id"] for record in records(delivered)} == kept
    problems = pq.read_table(delivered.problems, schema=PROBLEMS).to_pylist()
    told = {int(problem["message"].split(":")[1]): problem for problem in problems}
    assert {number: problem["code"] for number, problem in told.items()} == codes
    assert all(problem["track_id"] == rows[number]["track_id"] for number, problem in told.items())


def test_what_happened_to_an_id_is_told(tmp_path):
    rows = [{"track_id": "1"}, {"track_id": "1"}, {"track_id": "1", "source": "other"}]
    delivered = deliver(tmp_path, rows)
    assert [(record["track_id"], record["row"]) for record in records(delivered)] == [("1", 0), ("other:1", 2)]
    refused, shared = pq.read_table(delivered.problems).to_pylist()
    assert refused == {
        "track_id": "1", "source": "s", "stage": "ingest", "field": "track_id", "code": "duplicate_id",
        "message": "s.csv:1: track_id 1 is taken by an earlier record; this one was left out; give it an id of its own",
    }  # fmt: skip
    assert (shared["source"], shared["code"]) == ("other", "shared_id")
    assert "is or was taken by another source or file; this one has its source before it" in shared["message"]


def test_a_new_id_is_no_other_records(tmp_path):
    rows = [("b:1", "a"), ("1", "a"), ("1", "b"), ("b:b:1", "c")]
    delivered = deliver(tmp_path, [{"track_id": track, "source": source} for track, source in rows])
    assert [record["track_id"] for record in records(delivered)] == ["b:1", "1", "b:b:b:1", "b:b:1"]


def redelivered(folder, before, rows):
    """The ids of `rows`, and those that have their source before them, in the delivery after another."""
    published = pa.Table.from_pylist(records(before)).to_batches()
    shared = pq.read_table(before.problems, filters=[("code", "=", "shared_id")]).to_batches()
    folder.mkdir()
    now = deliver(folder, rows, earlier=Earlier(lambda: published, lambda: shared, lambda: former(before)))
    return now, [record["track_id"] for record in records(now)]


def former(delivered):
    return ds.dataset(delivered.former, format="ipc").to_batches(REMEMBERED.names)


def test_an_id_stays_with_its_source_whatever_comes_or_goes(tmp_path):
    a, b, c = ([{"track_id": str(n), "source": source} for n in (1, 2, 3)] for source in "abc")
    (tmp_path / "1").mkdir()
    first = deliver(tmp_path / "1", [*a, *b])
    second, ids = redelivered(tmp_path / "2", first, [*a[:2], *b])
    assert ids == ["1", "2", "b:1", "b:2", "b:3"]  # and not 3, which was another's
    third, ids = redelivered(tmp_path / "3", second, [c[0], *b, *a, c[2]])
    assert ids == ["c:1", "b:1", "b:2", "b:3", "1", "2", "3", "c:3"]
    _, ids = redelivered(tmp_path / "4", third, [*b[:2], b[2], b[2]])
    assert ids == ["b:1", "b:2", "b:3"]
    _, ids = redelivered(tmp_path / "5", third, [{"track_id": "1", "source": "d"}, {"track_id": "1", "source": "e"}])
    assert ids == ["d:1", "e:1"]  # a's, which may come back


def days(folder, *deliveries):
    """The ids of every delivery after another; a delivery is a list of source, id and title."""
    ids, before = [], None
    for day, rows in enumerate(deliveries):
        rows = [dict(zip(("source", "track_id", "title"), row.split(), strict=True)) for row in rows]
        if before is None:
            (folder / "0").mkdir()
            before = deliver(folder / "0", rows)
            ids.append([record["track_id"] for record in records(before)])
        else:
            before, now = redelivered(folder / str(day), before, rows)
            ids.append(now)
    return ids, before


def test_an_id_waits_for_its_source_while_that_is_away(tmp_path):
    away, back = ["c 17 z", "b 17 y"], ["c 17 z", "a 17 x", "b 17 y"]
    ids, last = days(tmp_path, ["a 17 x", "b 1 y"], away, ["d 5 z"], away, back)
    assert ids == [["17", "1"], ["c:17", "b:17"], ["5"], ["c:17", "b:17"], ["c:17", "17", "b:17"]]
    assert [batch["track_id"].to_pylist() for batch in former(last) if batch.num_rows] == [["5"], ["1"]]


def test_an_id_goes_to_no_known_source_when_its_track_is_withdrawn(tmp_path):
    ids, _ = days(tmp_path, ["a 1 x", "a 2 y", "b 1 z"], ["a 1 x", "b 1 z", "b 2 w"], ["b 1 z", "b 2 w"])
    assert ids == [["1", "2", "b:1"], ["1", "b:1", "b:2"], ["b:1", "b:2"]]


def test_a_source_of_another_name_takes_its_ids_along(tmp_path):
    monday, tuesday = [f"monday {n} t{n}" for n in range(4)], [f"tuesday {n} t{n}" for n in (0, 1, 3)]
    wednesday = [*(f"wednesday {n} t{n}" for n in range(3)), "wednesday 3 corrected", "other 3 t"]
    ids, last = days(tmp_path, monday, tuesday, ["other 9 t"], wednesday)
    assert ids == [list("0123"), list("013"), ["9"], [*"0123", "other:3"]]
    assert [batch.to_pylist() for batch in former(last) if batch.num_rows] == [
        [{"track_id": "9", "source": "other", "title": "t"}]
    ]


def test_the_last_that_left_are_remembered(tmp_path, monkeypatch):
    monkeypatch.setattr(earlier_ids, "MOST_REMEMBERED", 3)
    _, last = days(tmp_path, ["a 1 x", "a 2 x"], ["a 3 x", "a 4 x"], ["a 5 x"])
    assert [id_ for batch in former(last) for id_ in batch["track_id"].to_pylist()] == ["3", "4", "1"]


def test_records_that_are_named_after_their_place_are_told_apart_by_their_file(tmp_path):
    places = [("songs:2", "songs.csv:2", "/a"), ("songs:2", "songs.csv:2", "/b"), ("songs:2", "songs.pq:2", "/b")]
    places += [("1.mp3", "1.mp3", "/a"), ("1.mp3", "1.mp3", "/b"), ("1.mp3", "1.mp3", "/b")]
    delivered = deliver(tmp_path, [{"track_id": track, "place": place, "root": root} for track, place, root in places])
    assert [(record["track_id"], record["row"]) for record in records(delivered)] == [
        ("songs:2", 0), ("s:songs:2", 1), ("s:s:songs:2", 2), ("1.mp3", 3), ("s:1.mp3", 4),
    ]  # fmt: skip
    codes = pq.read_table(delivered.problems).column("code").to_pylist()
    assert sorted(codes) == ["duplicate_id", "shared_id", "shared_id", "shared_id"]


def test_problems_without_records_do_not_pile_up(tmp_path):
    taken = Delivery(tmp_path)
    for number in range(3 * delivery.BATCH_ROWS):
        taken.note(Problem("bad_json", f"line {number}"))
        assert len(taken.log) < delivery.BATCH_ROWS
    for batch in batches([{}], 1):
        taken.add(batch)
    assert pq.read_metadata(taken.finish().problems).num_rows == 3 * delivery.BATCH_ROWS


def test_parts_are_of_one_size_whatever_the_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(delivery, "PART_ROWS", 10)
    delivered = deliver(tmp_path, [{}] * 47, size=5)
    assert [pq.read_metadata(part).num_rows for part in delivered.parts] == [10, 10, 10, 10, 7]
    assert [record["row"] for record in records(delivered)] == list(range(47))
    assert delivered.rows == 47


def test_a_part_of_long_texts_ends_early(tmp_path, monkeypatch):
    monkeypatch.setattr(delivery, "PART_BYTES", 10_000)
    delivered = deliver(tmp_path, [{"extra": "x" * 3000}] * 20, size=4)
    assert [pq.read_metadata(part).num_rows for part in delivered.parts] == [4] * 5


def test_all_rows_of_small_sources_are_profiled(tmp_path):
    rows = [{"source": "ab"[n % 2], "title": f"A - T{n}", "artist": None, "duration": str(n)} for n in range(50)]
    together = profile_sources(pa.Table.from_batches(batches(rows, 50)).combine_chunks().to_batches()[0])
    assert deliver(tmp_path, rows, size=7).profiles == together


def test_problems_of_the_reader_are_kept(tmp_path):
    taken = Delivery(tmp_path)
    taken.log.add(Problem("ragged", "s.csv:3: no"))
    taken.add(batches([{}], 1)[0])
    taken.log.add(Problem("ragged", "s.csv:9: no"))
    assert pq.read_table(taken.finish().problems)["message"].to_pylist() == ["s.csv:3: no", "s.csv:9: no"]


def test_a_part_is_cleaned_into_files_of_both_tables(tmp_path):
    rows = [{"title": "One (Live)"}, {"duration": "ages"}, {"audio_path": "a.ogg"}, {"track_id": "t0"}]
    (tmp_path / "in").mkdir()
    delivered = deliver(tmp_path / "in", rows)
    tracks, problems = tmp_path / "tracks", tmp_path / "problems"
    for folder in (tracks, problems):
        folder.mkdir()
    for _ in range(2):  # as when a task is done again
        clean_part(delivered.parts[0], tracks, problems, delivered.profiles)
    table = pq.read_table(tracks / "part-00000.parquet")
    assert [path.name for path in tracks.iterdir()] == ["part-00000.parquet"]
    assert table.schema.equals(NORMALISED)
    assert table["row"].to_pylist() == [0, 1, 2]
    assert table["versions"].to_pylist()[0] == ["live"]
    assert table["audio_file"].to_pylist()[2] == "/nowhere/a.ogg"
    (problem,) = pq.read_table(problems / "part-00000.parquet").to_pylist()
    told = {name: problem[name] for name in ("field", "code", "message")}
    assert table["flaws"].to_pylist() == [[], [told], []]
    clean_part(delivered.parts[0], tracks, problems, delivered.profiles, audio=False)
    assert pq.read_table(tracks / "part-00000.parquet")["audio_file"].null_count == 3


def test_a_part_without_flaws_adds_no_problems(tmp_path):
    delivered = deliver(tmp_path, [{}, {}])
    clean_part(delivered.parts[0], tmp_path, tmp_path / "nowhere", delivered.profiles)
    assert pq.read_metadata(tmp_path / "part-00000.parquet").num_rows == 2
