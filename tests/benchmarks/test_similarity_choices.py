from pathlib import Path

import numpy as np
import pytest

from benchmarks.intervals import mean
from benchmarks.similarity import cosines
from benchmarks.similarity_choices import Pieces, compared, rankings, whitening
from embeddings.hubs import csls, sampled_density
from embeddings.library import LibraryTrack


def crowded(rng, n=200, d=60):
    vectors = rng.normal(size=(n, d)) + 0.6 * rng.random((n, 1))  # some lie nearer the middle than others
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def pieces(vectors):
    tracks = [LibraryTrack(Path(f"f{i % 3}/{i}.ogg"), f"rec{i}", f"artist{i % 20}", "") for i in range(len(vectors))]
    return Pieces(tracks, vectors)


def test_half_the_density_is_the_order_of_csls(rng):
    vectors = crowded(rng)
    around = sampled_density(vectors.astype(np.float32))
    ours = np.argsort(-rankings(vectors)["density x 0.5"], axis=1, kind="stable")
    theirs = np.argsort(-csls(cosines(vectors), around, around), axis=1, kind="stable")
    assert (ours == theirs).mean() > 0.999


def test_ways_to_reduce_hubness_do(rng):
    table = compared(pieces(crowded(rng)))
    skew = {name: row["skewness of N_10"][0] for name, row in table.items()}
    assert max(skew["density x 0.5"], skew["local scaling"], skew["mutual proximity"]) < skew["cosine"]


def test_local_scaling_and_mutual_proximity_are_symmetric(rng):
    found = rankings(crowded(rng, 40))
    for name in ("local scaling", "mutual proximity"):
        assert np.allclose(found[name], found[name].T)


def test_whitening_gives_what_it_was_fitted_to_equal_axes(rng):
    train = rng.normal(size=(4000, 6)) * [3, 2, 1, 1, 0.5, 0.5] + 2
    centred = train - train.mean(0)
    directions = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    plain = whitening(train, 0.0)(train)  # turned to the axes, otherwise only centred
    assert np.allclose(cosines(plain[:99]), cosines(directions[:99]))
    assert np.allclose(np.cov(whitening(train, 1.0)(train).T), np.eye(6) / 6, atol=0.02)


def test_elsewhere_leaves_out_the_own_folder(rng):
    found = pieces(crowded(rng, 60))
    perfect = np.array([[float(i % 20 == j % 20) for j in range(60)] for i in range(60)])
    assert np.all(found.precision(perfect) == 1.0)
    assert np.all(found.precision(perfect, elsewhere=True) == 1.0)  # 20 is no multiple of 3: others lie elsewhere
    assert np.all(np.isnan(Pieces(found.tracks[::3], found.vectors[::3]).precision(perfect[::3, ::3], elsewhere=True)))


def test_a_bootstrap_over_groups_is_wider_where_groups_agree():
    values = np.repeat([0.0, 1.0, 0.0, 1.0, 0.0], 40)
    together = mean(values, [str(group) for group in np.repeat(range(5), 40)])
    apart = mean(values, [str(item) for item in range(200)])
    assert together[0] == apart[0] == pytest.approx(0.4)
    assert together[2] - together[1] > 3 * (apart[2] - apart[1])
    assert mean([np.nan, 1.0], ["a", "b"]) == [1.0, 1.0, 1.0, 1]
    assert mean([np.nan], ["a"]) == [0.0, 0.0, 1.0, 0]
