"""Which options a JVM gets for the archive of Spark's classes."""

import os
import time

import pytest

from jobs.class_archive import KEPT, RENEWED_S, WRITTEN_S, class_archive
from jobs.java import Java


@pytest.fixture
def java(tmp_path):
    home = tmp_path / "jdk"
    home.mkdir()
    (home / "release").write_text('JAVA_VERSION="17.0.15"\n')
    return Java(home, 17, "JAVA_HOME")


def aged(path, seconds):
    path.write_bytes(b"classes")
    os.utime(path, (time.time() - seconds,) * 2)


def written(java, cache):
    return next(option for option in class_archive(java, cache) if "ArchiveClassesAtExit" in option).partition("=")[2]


def test_the_first_session_writes_and_later_ones_read(java, tmp_path):
    cache = tmp_path / "cache"
    part = written(java, cache)
    assert str(os.getpid()) in part
    aged(tmp_path / part, 1)
    assert written(java, cache) == part  # still being written
    aged(tmp_path / part, WRITTEN_S + 1)
    used, *_ = class_archive(java, cache)
    assert used == f"-XX:SharedArchiveFile={part.partition('.jsa')[0]}.jsa"
    assert not (tmp_path / part).exists()
    aged(tmp_path / used.partition("=")[2], RENEWED_S + 1)
    assert written(java, cache) == part


def test_another_java_has_another_archive(java, tmp_path):
    first = written(java, tmp_path)
    (java.home / "release").write_text('JAVA_VERSION="17.0.16"\n')
    assert written(java, tmp_path) != first


def test_old_archives_of_others_are_removed(java, tmp_path):
    for age in range(6):
        aged(tmp_path / f"spark-{age}.jsa", 100 * age)
    class_archive(java, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.jsa")) == [f"spark-{age}.jsa" for age in range(KEPT)]


def test_no_archive_where_its_path_would_be_torn_apart_or_cannot_be(java, tmp_path):
    assert class_archive(java, tmp_path / "a b") == []
    (tmp_path / "file").write_text("")
    assert class_archive(java, tmp_path / "file") == []
