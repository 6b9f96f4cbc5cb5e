"""The table of candidates at a run's end."""

from pathlib import Path

from rich.console import Console

from catalog.runs import Run, Stage
from jobs.summary import generator_table, print_stages


def shown(counts):
    stage = Stage("compare")
    for name, value in counts.items():
        stage.count(name, value)
    table = generator_table(stage)
    if table is None:
        return None
    with (console := Console(width=80, no_color=True)).capture() as capture:
        console.print(table)
    return [line.split() for line in capture.get().splitlines()]


def test_recall_is_a_column_only_where_a_truth_was_given():
    pairs = {"pairs": 5, "pairs_per_track": 2.5, "pairs_text": 1200, "pairs_isrc": 3}
    assert shown(pairs) == [["candidates", "by", "pairs"], ["text", "1,200"], ["isrc", "3"]]
    measured = shown(pairs | {"recall": 0.5, "recall_text": 0.5})
    assert measured == [["candidates", "by", "pairs", "recall"], ["text", "1,200", "0.5000"], ["isrc", "3"]]


def test_other_stages_have_no_candidates():
    assert shown({"matches": 3}) is None


def test_a_stage_alone_says_what_it_did_or_why_not(capsys):
    run = Run("r", Path(), "analyze", {}, stages=[Stage("analyze", skipped="no track has audio")])
    print_stages(run)
    assert "skipped: no track has audio" in capsys.readouterr().err
