"""M3U names a file by one line: every letter that a file's name may hold is kept, what breaks lines is refused."""

import pytest

from jobs.similar_answers import Answer
from jobs.similar_playlists import m3u


def playlist(file, title="Title"):
    return m3u([Answer("t1", 0.5, 97.5, title, "Artist", None, duration_s=60.0, audio_file=file)])


@pytest.mark.parametrize(
    "name",
    ["宇多田\u3000ヒカル", "a\u00a0b", "👨\u200d👩", "می\u200cخواهم", "soft\u00adhyphen", "\u202eright"],
)
def test_a_file_is_named_whatever_letters_its_name_has(name, capsys):
    file = f"/m/{name}.mp3"
    assert playlist(file) == f"#EXTM3U\n#EXTINF:60,Artist - Title\n{file}\n"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\x85b", "a\u2028b", "a\u2029b", "a\x1bb", "a\x00b", "a\tb"])
def test_a_file_whose_name_breaks_the_line_is_left_out_and_said(name, capsys):
    assert playlist(f"/m/{name}.mp3") == "#EXTM3U\n"
    assert capsys.readouterr().err.startswith("t1: has no audio file that a playlist can name")


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("a\r\nb\u2028c\u3000d", "a b c d"),
        ("a\x1b\x00\x9bb", "ab"),
    ],
)
def test_a_title_is_one_line_of_all_its_letters(title, line):
    assert playlist("/m/a.mp3", title).splitlines()[1] == f"#EXTINF:60,Artist - {line}"
