import itertools
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import CatalogError, SourceError, UsageError
from catalog.schema import TABLES
from catalog.store import Catalogue
from jobs.evaluate import evaluate


@pytest.fixture
def publish(tmp_path):
    """Publish rows as tables of a new catalogue."""
    catalogue = Catalogue.create(tmp_path / "cat")

    def publish(**tables):
        sealed = {}
        for name, rows in tables.items():
            staging = catalogue.stage(name)
            pq.write_table(pa.Table.from_pylist(rows, schema=TABLES[name]), staging / "part.parquet")
            sealed[name] = catalogue.seal(name, staging, inputs={}, parameters={})
        catalogue.publish(sealed)
        return catalogue

    return publish


@pytest.fixture
def truth(tmp_path):
    def write(text):
        (tmp_path / "truth.csv").write_text(text, encoding="utf-8")
        return tmp_path / "truth.csv"

    return write


def clustering(labels, songs=None):
    """Rows of `recordings` from a recording id per track, and optionally a song id."""
    return [
        {"track_id": track, "recording_id": label, "song_id": (songs or labels)[track]}
        for track, label in labels.items()
    ]


def brute_force(truth, predicted):
    """Pair counts and B-cubed by enumeration."""
    both = list(itertools.combinations(range(len(truth)), 2))
    true = {pair for pair in both if truth[pair[0]] == truth[pair[1]]}
    said = {pair for pair in both if predicted[pair[0]] == predicted[pair[1]]}
    share = []
    for item in range(len(truth)):
        mine = {i for i, label in enumerate(predicted) if label == predicted[item]}
        right = {i for i, label in enumerate(truth) if label == truth[item]}
        share.append((len(mine & right) / len(mine), len(mine & right) / len(right)))
    return len(true), len(said), len(true & said), *np.mean(share, axis=0)


def test_recordings_and_songs_agree_with_enumeration(publish, truth, tmp_path, rng):
    tracks = [f"t{i}" for i in range(60)]
    labels = {kind: rng.integers(0, 15, len(tracks)) for kind in ("recording", "song", "found recording", "found song")}
    known = tracks[:50]  # the others are absent, each a cluster of its own
    found = [dict(zip(known, map(str, labels[f"found {kind}"]), strict=False)) for kind in ("recording", "song")]
    publish(recordings=clustering(*found) + clustering({"unasked": "1"}))
    rows = zip(tracks, labels["recording"], labels["song"], strict=True)
    path = truth("track_id,recording_id,song_id\n" + "".join(f"{t},{r},{s}\n" for t, r, s in rows))
    evaluation = evaluate("recordings", path, tmp_path / "cat", format="json")
    assert (evaluation.entries, evaluation.absent) == (60, 10)
    for kind, answers in zip(("recording", "song"), found, strict=True):
        pairs, b_cubed = evaluation.scores[f"{kind}: pairs"], evaluation.scores[f"{kind}: B-cubed"]
        predicted = [answers.get(track, track) for track in tracks]
        expected = brute_force(list(labels[kind]), predicted)
        counts = [pairs[name] for name in ("true_pairs", "predicted_pairs", "correct_pairs")]
        assert [*counts, b_cubed["precision"], b_cubed["recall"]] == pytest.approx(expected)


def test_track_without_a_true_label_is_alone(publish, truth, tmp_path):
    publish(recordings=clustering({"a": "1", "b": "1", "c": "1"}))
    path = truth("track_id,recording_id\na,x\nb,\nc,\n")
    pairs = evaluate("recordings", path, tmp_path / "cat").scores["recording: pairs"]
    assert (pairs["true_pairs"], pairs["predicted_pairs"]) == (0, 3)


def credit(track, position, name, artist):
    return {"track_id": track, "position": position, "name": name, "artist_id": artist}


def test_artists_are_found_by_position_or_by_name(publish, truth, tmp_path):
    publish(
        artists=[
            credit("a", 0, "Björk", "A"),
            credit("b", 0, "Sun & Moon", "B"),  # split in the truth
            credit("c", 0, "Someone", "C"),
            credit("c", 1, "BJORK", "A"),
            credit("d", 0, "Other name", "D"),
        ]
    )
    path = truth("track_id,position,name,artist_id\na,0,Bjork,1\nb,0,Sun,2\nc,0,Björk,1\nd,0,Björk,1\n")
    evaluation = evaluate("artists", path, tmp_path / "cat")
    assert evaluation.absent == 2  # "Sun" and the Björk of d
    pairs = evaluation.scores["artist: pairs"]
    assert (pairs["true_pairs"], pairs["predicted_pairs"], pairs["correct_pairs"]) == (3, 1, 1)


def test_artists_by_position_alone(publish, truth, tmp_path):
    publish(artists=[credit("a", 0, "X", "A"), credit("b", 0, "Y", "A"), credit("b", 1, "Z", "B")])
    evaluation = evaluate("artists", truth("track_id,position,artist_id\na,0,1\nb,0,1\nb,1,1\n"), tmp_path / "cat")
    assert evaluation.absent == 0
    assert evaluation.scores["artist: pairs"]["recall"] == pytest.approx(1 / 3)


def test_pairs_by_recording_and_by_decision(publish, truth, tmp_path, capsys):
    matches = [("a", "b", "merge"), ("c", "a", "review"), ("c", "d", "distinct")]
    publish(
        recordings=clustering({"a": "1", "b": "1", "c": "2", "d": "3"}),
        matches=[{"track_id_a": a, "track_id_b": b, "decision": decision} for a, b, decision in matches],
    )
    path = truth("track_id_a,track_id_b,same\nb,a,1\na,c,yes\nd,c,0\nb,d,false\na,gone,1\n")
    evaluation = evaluate("pairs", path, tmp_path / "cat", format="json")
    assert evaluation.absent == 1
    assert json.loads(capsys.readouterr().out)["scores"] == evaluation.scores
    expected = {"recordings": (1, 1), "matches: merge": (1, 1), "matches: merge or review": (2, 2)}
    expected["matches: compared at all"] = (3, 2)
    for name, (predicted, correct) in expected.items():
        scores = evaluation.scores[name]
        assert (scores["true_pairs"], scores["predicted_pairs"], scores["correct_pairs"]) == (3, predicted, correct)
    assert evaluation.scores["recordings"]["accuracy"] == pytest.approx(3 / 5)


def indexed(catalogue, rows, vectors):
    """Publish an index of the published embeddings."""
    from embeddings.index import TrackIndex

    staging = catalogue.stage_index()
    TrackIndex.build(vectors, rows, staging)
    inputs = {"embeddings": catalogue.path("embeddings").name}
    catalogue.publish(index=catalogue.seal_index(staging, inputs=inputs, parameters={}))


def embeddings(vectors, rows):
    """Rows of `embeddings`: track `t0` and so on."""
    both = enumerate(zip(vectors, rows, strict=True))
    return [{"track_id": f"t{i}", "row": int(row), "vector": vector.tolist()} for i, (vector, row) in both]


def directions(rng, count):
    vectors = rng.normal(size=(count, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def artists_of(artist):
    return "track_id,artist_truth\n" + "".join(f"{track},{name}\n" for track, name in artist.items())


def test_similar_agrees_with_comparing_all_where_the_truth_speaks_of_few(publish, truth, rng):
    vectors = directions(rng, 400)
    catalogue = publish(embeddings=embeddings(vectors, range(400)))
    indexed(catalogue, np.arange(400), vectors)
    known = rng.choice(400, 24, replace=False)  # about six are among the hundred nearest
    artist = {int(track): f"artist {place % 3}" for place, track in enumerate(known)}
    path = truth(artists_of({f"t{track}": name for track, name in artist.items()}))
    scores = evaluate("similar", path, catalogue.root).scores["same artist"]
    for k in (1, 5, 10):
        right = []
        for query in known:
            ranked = sorted((other for other in known if other != query), key=lambda i: -(vectors[i] @ vectors[query]))
            right.append(sum(artist[other] == artist[query] for other in ranked[:k]) / min(k, 7))
        assert scores[f"precision at {k}"] == pytest.approx(np.mean(right))


def test_similar_asks_with_the_rows_that_the_index_was_built_from(publish, truth, rng):
    vectors = directions(rng, 60)
    catalogue = publish(embeddings=embeddings(vectors, range(60)))
    indexed(catalogue, np.arange(60), vectors)
    path = truth(artists_of({f"t{i}": f"artist {i % 5}" for i in range(60)}))
    before = evaluate("similar", path, catalogue.root)
    publish(embeddings=embeddings(vectors, [(row + 7) % 60 for row in range(60)]))  # analysed again, not indexed
    assert evaluate("similar", path, catalogue.root) == before


def test_similar_without_anything_to_ask_prints_json_that_all_can_read(publish, truth, rng, capsys):
    vectors = directions(rng, 4)
    catalogue = publish(embeddings=embeddings(vectors, range(4)))
    indexed(catalogue, np.arange(4), vectors)
    evaluate("similar", truth(artists_of({f"t{i}": f"artist {i}" for i in range(4)})), catalogue.root, format="json")

    def refuse(name):
        raise ValueError(name)

    said = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert said["scores"] == {"same artist": {"queries": 0}}


def test_columns_that_are_not_asked_for_contradict_nothing(publish, truth, tmp_path):
    publish(recordings=clustering({"a": "1", "b": "1"}))
    path = truth("track_id,recording_id,note\na,x,one\na,x,another\nb,x,\n")
    assert evaluate("recordings", path, tmp_path / "cat").entries == 2


def test_similar_leaves_out_copies_and_unknown_artists(publish, truth, tmp_path):
    angles = {"a1": 0.0, "a1-copy": 0.0, "u": 0.05, "a2": 0.1, "b1": 0.3, "b2": 1.0, "a3": 1.1}
    vectors = np.array([[np.cos(angle), np.sin(angle)] for angle in angles.values()], np.float32)
    catalogue = publish(
        embeddings=[
            {"track_id": track, "row": 10 * place, "vector": vector.tolist()}
            for place, (track, vector) in enumerate(zip(angles, vectors, strict=True))
        ],
        recordings=clustering({track: track.removesuffix("-copy") for track in angles}),
    )
    indexed(catalogue, 10 * np.arange(len(vectors)), vectors)
    artist = {"a1": "A", "a1-copy": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B", "silent": "B"}
    path = truth("track_id,artist_truth\n" + "".join(f"{track},{name}\n" for track, name in artist.items()))
    evaluation = evaluate("similar", path, catalogue.root)
    assert (evaluation.entries, evaluation.absent) == (7, 1)
    scores = evaluation.scores["same artist"]
    assert scores["queries"] == 6
    assert scores["precision at 1"] == pytest.approx(3 / 6)  # those near angle 0: a1, its copy, a2
    assert scores["precision at 5"] == pytest.approx(1.0)  # all others of the artist are among the first five


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("recordings", "track_id\na\n", "needs the columns track_id and recording_id or song_id; it has track_id"),
        ("recordings", "track_id,recording_id\n", "holds no row"),
        ("recordings", "track_id,recording_id\na,1\na,2\n", "contradicts itself about 1 .* such as a"),
        ("recordings", "track_id,recording_id,recording_id\na,1,2\n", "has the column recording_id twice"),
        ("recordings", "track_id,track_id,recording_id\na,b,1\n", "has the column track_id twice"),
        ("recordings", "track_id,recording_id\n,2\n", "1 rows have no track_id"),
        ("recordings", "track_id,recording_id\na,b,c\n", "cannot be read as CSV"),
        ("artists", "track_id,artist_id\na,1\n", "position or name"),
        ("pairs", "track_id_a,track_id_b,same\na,b,maybe\n", "'maybe'; write 1 or 0"),
        ("similar", "", "cannot be read as CSV"),
    ],
)
def test_unusable_truth_says_what_is_wrong(publish, truth, tmp_path, kind, text, said):
    publish(recordings=clustering({"a": "1"}), artists=[credit("a", 0, "X", "A")])
    with pytest.raises(SourceError, match=said):
        evaluate(kind, truth(text), tmp_path / "cat")


def test_what_is_not_there_is_named(publish, truth, tmp_path):
    publish()
    with pytest.raises(UsageError, match="recordings, artists, pairs, similar"):
        evaluate("songs", truth("x\n"), tmp_path / "cat")
    with pytest.raises(SourceError, match="no such file"):
        evaluate("recordings", tmp_path / "none.csv", tmp_path / "cat")
    with pytest.raises(CatalogError, match="recordings"):
        evaluate("recordings", truth("track_id,recording_id\na,1\n"), tmp_path / "cat")


def test_table_shows_counts_and_shares(publish, truth, tmp_path, capsys, monkeypatch):
    from jobs import console

    monkeypatch.setenv("COLUMNS", "120")
    console.results.cache_clear()
    publish(recordings=clustering({"a": "1", "b": "1"}))
    evaluate("recordings", truth("track_id,recording_id\na,1\nb,1\nc,1\n"), tmp_path / "cat")
    shown = capsys.readouterr().out
    console.results.cache_clear()
    assert "3 entries, 1 of them without an answer" in shown
    assert "0.3333" in shown


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("recordings", "track_id,recording_id\nx,1\ny,1\n"),
        ("artists", "track_id,position,artist_id\nx,0,A\n"),
        ("pairs", "track_id_a,track_id_b,same\nx,y,1\n"),
        ("similar", "track_id,artist_truth\nx,A\n"),
    ],
)
def test_a_truth_about_other_tracks_gives_no_figures(publish, truth, capsys, kind, text):
    catalogue = publish(
        tracks=[{"track_id": "a", "row": 0}],
        recordings=clustering({"a": "1"}),
        artists=[credit("a", 0, "X", "A")],
        embeddings=embeddings(np.eye(1, 4, dtype=np.float32), [0]),
    )
    indexed(catalogue, [0], np.eye(1, 4, dtype=np.float32))
    with pytest.raises(SourceError, match=r"none of its entries is in .*, such as 'a'"):
        evaluate(kind, truth(text), catalogue.root)
    assert not capsys.readouterr().out
