"""Drawings stand for small catalogues too; a warning fails the tests."""

import numpy as np
import pytest

from jobs.report_plots import Mark, histogram


@pytest.mark.parametrize("at", [-40.0, 0.0, 15.0, 59.0])
def test_a_mark_beside_what_is_drawn_squeezes_nothing(at: float) -> None:
    edges = np.linspace(-60, 60, 121)
    counts = np.histogram([15.2], edges)[0]
    plot = histogram(
        "weights", "Weights", edges, {"merge": counts}, unit="bits", summary="One.", marks=[Mark(at, " merge", "right")]
    )
    assert plot.svg.startswith("<svg")
    assert plot.rows == (("15 to 16", "1"),)
