import json
from pathlib import Path

import pytest

from embeddings.curve import cut, draw_curve


def line(step: int) -> str:
    return json.dumps({"step": step, "loss": 1.0, "track": 0.5})


@pytest.mark.parametrize("after", [line(6) + "\n", line(6)[:12], line(6)[:-1]])
def test_a_run_goes_on_after_the_validation_that_its_state_knows(tmp_path: Path, after: str) -> None:
    metrics = tmp_path / "metrics.jsonl"
    metrics.write_text(f"{line(2)}\n{line(4)}\n{after}")
    cut(metrics, step=4)
    assert metrics.read_text() == f"{line(2)}\n{line(4)}\n"
    draw_curve(metrics, tmp_path / "curve.png")


def test_a_run_that_starts_anew_has_no_validations(tmp_path: Path) -> None:
    metrics = tmp_path / "metrics.jsonl"
    cut(metrics, step=0)
    metrics.write_text(line(2))
    cut(metrics, step=0)
    assert not metrics.exists()
