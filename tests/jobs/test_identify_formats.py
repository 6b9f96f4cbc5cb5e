"""What `unisono identify` prints where names are hostile or no UTF-8."""

import io
import json
import re
import sys
from pathlib import Path

import pytest

from catalog.errors import AudioError
from jobs.identify import Match, identify
from jobs.identify_formats import print_matches
from tests.jobs.similar_world import SIZE, unit, write_few

HOSTILE = "\x1b]0;gone\x07\x1b[2J\x9b[red]\u202eevil\u2066"
STEERING = set("\x1b\x07\x9b\u202e\u2066")


@pytest.fixture
def found(tmp_path, rng):
    """A catalogue, and files of which one holds its track and one cannot be heard."""
    tracks = [{"title": HOSTILE, "artist": f"B{HOSTILE}"}]
    catalogue = write_few(tmp_path / "cat", tracks, unit(rng.normal(size=(1, SIZE))))
    match = Match("t0", f"r{HOSTILE}", 0.9, 1.0, 1.0, 0.5)
    deaf = Path(f"/m/caf\udce9{HOSTILE}.flac")
    return catalogue, [(Path(f"/m/a{HOSTILE}.flac"), [match]), (deaf, AudioError("not_audio", f"{HOSTILE}: no audio"))]


def test_the_table_cannot_steer_the_terminal(found, capsys):
    print_matches(*found, "table")
    shown = capsys.readouterr()
    assert not STEERING & set(shown.out + shown.err)
    for text in ("r ]0;gone", "B ]0;gone", "a ]0;gone", "[red]", "cannot be heard", "caf\ufffd"):
        assert text in shown.out
    assert "]0;gone" in shown.err
    assert shown.err.endswith(": no audio\n")


def test_a_line_fits_a_terminal_and_names_the_recording_whole(tmp_path, rng, capsys, monkeypatch):
    track = {"title": "Symphony No. 5 in C minor", "artist": "Some Orchestra of Some Town"}
    catalogue = write_few(tmp_path / "cat", [track], unit(rng.normal(size=(1, SIZE))))
    match = Match("t0", "rec-0123456789abcdef", 0.9, 1.0, 1.0, 0.5)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    print_matches(catalogue, [(Path("/m/an unknown excerpt of something.ogg"), [match])], "table")
    head, line = re.sub(r"\x1b\[\d*m", "", capsys.readouterr().out).splitlines()
    assert "rec-0123456789abcdef" in line
    assert max(len(head), len(line)) <= 80


def test_a_file_that_cannot_be_heard_fails_the_command(found, monkeypatch):
    catalogue, (heard, deaf) = found
    for answers, all_heard in (([heard], True), ([heard, deaf], False)):
        monkeypatch.setattr("jobs.identify.identify_files", lambda *_, answers=answers: answers)
        assert identify(catalogue.root, [], format="json") is all_heard


def test_json_is_utf8_whatever_bytes_a_file_is_named_by(found, monkeypatch):
    catalogue, answers = found
    path = answers[1][0]
    answers[1] = path, AudioError("not_audio", f"{path}: is no audio")
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stdout)
        patch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace"))
        print_matches(catalogue, answers, "json")
    heard, deaf = map(json.loads, stdout.buffer.getvalue().decode("utf-8").splitlines())
    assert heard["matches"][0]["recording_id"] == f"r{HOSTILE}"
    assert deaf["matches"] == []
    assert deaf["error"].startswith("/m/caf?")
