from pathlib import Path

import numpy as np
import pytest

from benchmarks.intervals import mean
from benchmarks.similarity_choices import rankings, whitening
from benchmarks.similarity_measures import Piece, cosines, hubness, one_each, precisions, triplets
from embeddings.library import LibraryTrack


def unit(rng, n, d):
    vectors = rng.normal(size=(n, d))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def piece(number, vector, artist="", album="", genre="", folder="f"):
    track = LibraryTrack(Path(f"{folder}/{number}.ogg"), f"rec{number}", artist, album)
    return Piece(track, genre, vector, np.zeros(20))


def test_triplets_equal_counting_them_one_by_one(rng):
    n = 25
    scores = np.round(cosines(unit(rng, n, 4)), 1)  # with ties, which count half
    artist = [*rng.choice(["a", "b", "c", ""], n)]
    release = rng.random((n, n)) < 0.3
    release |= release.T
    right = {anchor: [] for anchor in range(n)}
    for anchor in range(n):
        for near in range(n):
            for far in range(n):
                same = near != anchor and artist[near] == artist[anchor] != "" and not release[anchor, near]
                if same and artist[far] not in ("", artist[anchor]):
                    a, b = scores[anchor, near], scores[anchor, far]
                    right[anchor].append(float(a > b) + 0.5 * float(a == b))
    np.fill_diagonal(release, True)
    found = triplets(scores, artist, release)
    for anchor, shares in right.items():
        assert np.isnan(found[anchor]) if not shares else found[anchor] == pytest.approx(np.mean(shares))


def test_precision_leaves_out_what_was_delivered_together_and_unknown_labels():
    one, other = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    pieces = [
        piece(0, one, "x", "album", "jazz"),
        piece(1, one, "x", "album", "rock"),
        piece(2, other, "x", "single", "jazz"),
        piece(3, other, "y", "", "jazz"),
        piece(4, other, "", "", ""),
    ]
    found = precisions(pieces, cosines(np.stack([p.vector for p in pieces])))
    assert found["artist"][0] == 1.0  # both others by x, among as many as there are to rank
    assert found["artist elsewhere"][1] == pytest.approx(1.0)
    assert np.isnan(found["artist"][3])
    assert np.isnan(found["album"][2])
    assert found["genre"][0] == pytest.approx(1.0)  # the only other artist's piece of jazz
    assert np.isnan(found["genre"][4])


def test_copies_are_folded_to_the_first_file():
    tracks = [LibraryTrack(Path(f"{name}.ogg"), recording, "", "") for name, recording in ("ar", "br", "cs")]
    assert [track.path.stem for track in one_each(tracks)] == ["a", "c"]


def test_whitening_gives_what_it_was_fitted_to_equal_axes(rng):
    train = (rng.normal(size=(4000, 6)) * [3, 2, 1, 1, 0.5, 0.5] + 2).astype(np.float32)
    centred = train - train.mean(0)
    directions = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    plain = whitening(train, 0.0)(train)  # turned to the axes, otherwise only centred
    assert np.allclose(cosines(plain[:99]), cosines(directions[:99]), atol=1e-4)
    spread = np.cov(whitening(train, 1.0)(train).T)  # directions on a sphere: no axis is longer than another
    assert spread == pytest.approx(np.eye(6) / 6, abs=0.02)


def test_mutual_proximity_ranks_by_both_sides(rng):
    vectors = unit(rng, 200, 60) + 0.1 * rng.random((200, 1))  # some lie nearer the middle than others
    scores = cosines(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    found = rankings(scores)
    assert found["mutual proximity"] == pytest.approx(found["mutual proximity"].T)
    assert found["local scaling"] == pytest.approx(found["local scaling"].T)
    assert np.array_equal(found["cosine"], scores)
    first, third = (hubness(found[name])["skewness of N_10"][0] for name in ("cosine", "mutual proximity"))
    assert third < first


def test_a_bootstrap_over_groups_is_wider_where_groups_agree(rng):
    values = np.repeat([0.0, 1.0, 0.0, 1.0, 0.0], 40)
    together = mean(values, [str(group) for group in np.repeat(range(5), 40)])
    apart = mean(values, [str(item) for item in range(200)])
    assert together[0] == apart[0] == pytest.approx(0.4)
    assert together[2] - together[1] > 3 * (apart[2] - apart[1])
    assert mean([np.nan, 1.0], ["a", "b"]) == [1.0, 1.0, 1.0, 1]
    assert mean([np.nan], ["a"]) == [0.0, 0.0, 1.0, 0]
