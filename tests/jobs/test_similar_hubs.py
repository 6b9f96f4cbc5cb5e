"""No track in everybody's list: what lies in the middle gives way to what is near to the query and to little else."""

from collections import Counter

import numpy as np
import pytest

from catalog.schema import DELIVERED_FIELDS
from catalog.store import Catalogue
from embeddings.hubs import skewness
from jobs.similar import look_up
from jobs.similar_options import SimilarOptions
from jobs.similar_space import Space
from tests.jobs.similar_world import SIZE, publish, unit

N, HUBS = 240, 4


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """Many loose tracks around one direction, and a few close to it: near to all of them."""
    rng = np.random.default_rng(8)
    middle = unit(rng.normal(size=SIZE))
    spread = np.r_[np.full(HUBS, 0.1), np.full(N - HUBS, 0.5)][:, None]
    vectors = unit(middle + spread * rng.normal(size=(N, SIZE)))
    tracks = [
        dict.fromkeys(DELIVERED_FIELDS) | {"row": row, "track_id": f"t{row}", "title": f"T{row}"} for row in range(N)
    ]
    heard = [{"track_id": f"t{row}", "row": row, "model": "m", "vector": vectors[row].tolist()} for row in range(N)]
    catalogue = Catalogue.create(tmp_path_factory.mktemp("hubs") / "cat")
    publish(catalogue, {"tracks": tracks, "recordings": [], "artists": [], "embeddings": heard})
    return Space.open(catalogue.root), vectors


def test_hubs_stand_in_fewer_lists_than_by_cosine_alone(space):
    space, vectors = space
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1)
    by_cosine = np.bincount(np.argsort(-scores, axis=1)[:, :10].ravel(), minlength=N)
    lists = {f"t{row}": look_up(space, SimilarOptions(seeds=(f"t{row}",), k=10)).answers for row in range(N)}
    found = Counter(answer.track_id for answers in lists.values() for answer in answers)
    by_lookup = np.array([found[f"t{row}"] for row in range(N)])
    assert by_cosine[:HUBS].mean() > 3 * 10
    assert by_lookup[:HUBS].mean() < by_cosine[:HUBS].mean() / 1.5
    assert skewness(by_lookup) < skewness(by_cosine)
    for answers in lists.values():
        shown = [answer.score for answer in answers]
        assert shown == sorted(shown, reverse=True)


def test_one_answer_is_the_nearest_even_if_it_is_a_hub(space):
    space, vectors = space
    scores = vectors[100] @ vectors.T
    scores[100] = -1
    (answer,) = look_up(space, SimilarOptions(seeds=("t100",), k=1)).answers
    assert answer.track_id == f"t{int(np.argmax(scores))}"
