import pytest

from catalog.audio_paths import NOT_A_FILE, OUTSIDE, resolve_audio


@pytest.fixture
def root(tmp_path):
    (tmp_path / "music" / "a").mkdir(parents=True)
    (tmp_path / "secret.ogg").touch()
    (tmp_path / "music" / "out").symlink_to(tmp_path)
    (tmp_path / "music" / "link.ogg").symlink_to(tmp_path / "secret.ogg")
    (tmp_path / "music" / "inner.ogg").symlink_to(tmp_path / "music" / "a" / "song.ogg")
    return tmp_path / "music"


@pytest.mark.parametrize("path", ["a/song.ogg", "./a/song.ogg", "a/../a/song.ogg", "a\\song.ogg", "inner.ogg"])
def test_inside(root, path):
    reading, code = resolve_audio(path, str(root))
    assert (reading.value, code) == (str(root / "a" / "song.ogg"), "")


def test_a_missing_file_is_not_this_stages_question(root):
    assert resolve_audio("b/gone.ogg", str(root))[0].value == str(root / "b" / "gone.ogg")


def test_an_absolute_path_inside_is_taken(root):
    assert resolve_audio(str(root / "a" / "song.ogg"), str(root))[1] == ""


@pytest.mark.parametrize(
    "path", ["../secret.ogg", "a/../../secret.ogg", "out/secret.ogg", "link.ogg", "/etc/passwd", ".", ".."]
)
def test_outside(root, path):
    reading, code = resolve_audio(path, str(root))
    assert (reading.value, code) == (None, OUTSIDE)
    assert reading.refused


@pytest.mark.parametrize("path", ["http://example.org/a.ogg", "file:///etc/passwd", "s3://bucket/a.ogg", "a\0b"])
def test_not_a_file(root, path):
    assert resolve_audio(path, str(root))[1] == NOT_A_FILE


def test_a_folder_whose_name_only_starts_alike_is_outside(root):
    (root.parent / "music2").mkdir()
    assert resolve_audio("../music2/x.ogg", str(root))[1] == OUTSIDE


@pytest.mark.parametrize("name", ["AC\\DC.ogg", "data:1.ogg"])
def test_a_file_that_is_called_so_is_meant(root, name):
    (root / name).touch()
    reading, code = resolve_audio(name, str(root))
    assert (reading.value, code) == (str(root / name), "")
