from catalog.problems import Problem, ProblemLog
from catalog.schema import PROBLEMS

ROW = {"track_id": "a", "source": "s", "stage": "ingest", "field": "isrc", "code": "bad_isrc", "message": "a.csv:7: no"}


def test_the_record_has_the_columns_of_the_table():
    assert set(Problem.__dataclass_fields__) == set(PROBLEMS.names)


def test_a_log_drains_in_order_and_starts_anew():
    log = ProblemLog()
    log.add(Problem(**ROW))
    log.add(Problem(code="ragged", message="a.csv:8: two cells"))
    assert len(log) == 2
    batch = log.drain()
    assert batch.schema == PROBLEMS
    assert batch.to_pylist() == [
        ROW,
        {"track_id": None, "source": None, "stage": "ingest", "field": None, "code": "ragged"}
        | {"message": "a.csv:8: two cells"},
    ]
    assert log.drain().num_rows == 0
