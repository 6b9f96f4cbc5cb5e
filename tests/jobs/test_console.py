"""Sentences on stderr: delivered names stand in them and may hold anything."""

import pytest

from jobs.console import fail, note
from jobs.explain import Explanation
from jobs.similar import similar
from jobs.similar_options import SimilarOptions
from jobs.waterfall import print_explanation
from tests.jobs.similar_world import SIZE, unit, write_few

STEERING = "\x1b]0;gone\x07 \x1b[2J \x9b31m \x00 \x08 \x7f"


@pytest.mark.parametrize("say", [note, fail])
def test_a_name_in_a_sentence_cannot_steer_the_terminal(capsys, say):
    say(f"café: {STEERING}\n\t[red]宇多田[/red]")
    said = capsys.readouterr().err
    assert not [letter for letter in said if ord(letter) < 32 and letter not in "\n\t"]
    assert not set("\x7f\x9b") & set(said)
    assert "café:  ]0;gone" in said
    assert said.endswith("[red]宇多田[/red]\n")
    assert said.count("\n") == 2


def test_a_hostile_title_that_was_found_cannot_steer_the_terminal(tmp_path, rng, capsys):
    title = f"Evil {STEERING}\u202e"
    tracks = [{"title": title, "title_core": "evil", "artist": "E", "artist_core": "e"}, {"title": title}]
    catalogue = write_few(tmp_path / "cat", tracks, unit(rng.normal(size=SIZE) + 0.01 * rng.normal(size=(2, SIZE))))
    similar(catalogue.root, SimilarOptions(find=("e evil",)), format="table")
    shown = capsys.readouterr()
    assert shown.err.startswith("found t0: E - Evil")
    assert not set("\x1b\x07\x9b\x00\x08\x7f") & set(shown.out + shown.err)
    assert "\u202e" not in shown.out
    assert "Evil" in shown.out


def test_two_tracks_are_explained_whole_and_cannot_steer_the_terminal(capsys):
    ids = [f"folder/{'long' * 20}-{side}.ogg" for side in "ab"]
    named = {"source": "s", "title": f"Evil {STEERING}\u202e\nname", "artist": "[red]A[/red]", "album": None}
    evidence = [{"field": "title", "level": "exact", "weight": 2.0, "detail": f"Evil {STEERING}"}]
    outcome = "review (version); " + "held back for a reason, " * 9
    print_explanation(Explanation(*(named | {"track_id": one} for one in ids), evidence, 2.0, 0.8, outcome))
    shown = capsys.readouterr().out
    assert not set("\x1b\x07\x9b\x00\x08\x7f\u202e") & set(shown)
    first = "".join(line.split()[0] for line in shown.splitlines()[1:] if line and not line.startswith(" "))
    assert all(one in first for one in ids)
    assert outcome.rstrip() in [line.rstrip() for line in shown.splitlines()]
    assert "[red]A" in shown
