import math

import networkx as nx
import numpy as np
import pytest

from jobs.report_groups import spanning
from jobs.report_pairs import waterfall


def _match(weight, *evidence):
    items = [{"field": field, "level": "level", "weight": bits, "detail": None} for field, bits in evidence]
    return {"weight": weight, "evidence": items}


def _names(bars):
    return [bar.name for bar in bars]


def test_bars_begin_where_the_one_before_ended_and_total_spans_zero_to_the_sum():
    bars, zero = waterfall(_match(4.0, ("prior", -3.0), ("title", 6.0), ("year", -1.0), ("artist", 2.0)))
    assert _names(bars) == ["prior", "title", "artist", "year", "total"]
    # The running sum goes 0, -3, 3, 5, 4: a drawing of 8 bits from -3 to 5.
    assert zero == pytest.approx(3 / 8 * 100)
    drawn = [(bar.left, bar.width) for bar in bars]
    expected = [(0, 3), (0, 6), (6, 2), (7, 1), (3, 4)]
    assert drawn == [pytest.approx((left / 8 * 100, width / 8 * 100)) for left, width in expected]
    assert [bar.kind for bar in bars] == ["against", "for", "for", "against", "total"]


def test_what_the_items_leave_is_the_prior_or_is_said():
    assert waterfall(_match(2.0, ("title", 5.0)))[0][0].weight == -3.0
    bars, _ = waterfall(_match(2.0, ("prior", -3.0), ("title", 4.0)))
    assert [(bar.name, bar.weight) for bar in bars] == [("prior", -3), ("title", 4), ("other", 1), ("total", 2)]


@pytest.mark.parametrize("weight", [math.inf, -math.inf, math.nan, None, 0.0])
def test_odd_weights_can_be_drawn(weight):
    for evidence in ([], [("title", weight)], [("title", weight), ("audio", -3.0)]):
        bars, zero = waterfall(_match(weight, *evidence))
        assert 0 <= zero <= 100
        for bar in bars:
            assert bar.left >= -1e-9
            assert bar.left + bar.width <= 100 + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_links_are_a_maximum_spanning_forest(seed):
    random = np.random.default_rng(seed)
    ids = [f"t{i}" for i in range(12)]
    matches = [
        {"track_id_a": a, "track_id_b": b, "weight": float(random.normal())}
        for i, a in enumerate(ids)
        for b in ids[i + 1 :]
        if random.random() < 0.25
    ]
    graph = nx.Graph()
    graph.add_weighted_edges_from((m["track_id_a"], m["track_id_b"], m["weight"]) for m in matches)
    best = nx.maximum_spanning_tree(graph)
    kept = spanning(ids, matches)
    assert {frozenset((m["track_id_a"], m["track_id_b"])) for m in kept} == {frozenset(edge) for edge in best.edges}
    assert [m["weight"] for m in kept] == sorted(m["weight"] for m in kept)
