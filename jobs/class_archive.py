"""Spark's classes, loaded and verified once and mapped into memory by every later start (class data sharing, JEP 350).

Much of a session's start goes into loading its classes. The first session on a machine has the JVM write
them to an archive when it ends; it does so by itself, after the command is done. Later sessions map the archive. A JVM
checks that an archive is whole and of its own version and jars, and does without it where it is not.
"""

import hashlib
import logging
import os
import shutil
import time
from pathlib import Path

from jobs.java import Java, cache_folder

log = logging.getLogger(__name__)

QUIET = ("-Xlog:disable", "-Xlog:all=error:stderr")
"""Nobody asked for an archive, so nobody is told what an old one no longer fits."""

WRITTEN_S = 120.0
"""An archive that has not grown for so long is written, or never will be."""

ROOM = 2 << 30
"""Bytes that must be free: an archive takes some 160 MB."""

RENEWED_S = 30 * 86_400.0
"""An archive is written anew after a month: what was cut short is no use, and nobody is told so."""

KEPT = 3
"""Archives of other Javas or Sparks that stay, the newest."""


def class_archive(java: Java, cache: Path | None = None) -> list[str]:
    """Options for a JVM of `java` that starts Spark: use the archive in `cache` (the user's), or write one at its end.

    Empty where `cache` cannot hold one.
    """
    folder = cache or cache_folder()
    archive = folder / f"spark-{_key(java)}.jsa"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _take_written(archive)
        if archive.is_file():
            return [f"-XX:SharedArchiveFile={archive}", *QUIET] if _plain(archive) else []
        if not _plain(archive) or not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < ROOM:
            return []
    except OSError as error:
        log.debug("no class archive in %s: %s", folder, error)
        return []
    return [f"-XX:ArchiveClassesAtExit={archive}.{os.getpid()}.part", *QUIET]


def _take_written(archive: Path) -> None:
    """Give an archive that an earlier session wrote its name, and remove the oldest of others."""
    for part in archive.parent.glob(f"{archive.name}.*.part"):
        if time.time() - part.stat().st_mtime > WRITTEN_S:
            part.replace(archive)
    if archive.is_file() and time.time() - archive.stat().st_mtime > RENEWED_S:
        archive.unlink()
    others = sorted(archive.parent.glob("spark-*.jsa"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in [path for path in others if path != archive][KEPT:]:
        old.unlink(missing_ok=True)


def _plain(path: Path) -> bool:
    """Whether Spark's launcher takes the path for one word."""
    return not any(char.isspace() or char in "\"'\\" for char in str(path))


def _key(java: Java) -> str:
    """Of what an archive is: the runtime and Spark's jars."""
    import pyspark

    release = java.home / "release"
    told = release.read_text(errors="replace") if release.is_file() else ""
    what = f"{java.home}\n{java.version}\n{told}\n{pyspark.__version__}\n{pyspark.__file__}"
    return hashlib.sha256(what.encode()).hexdigest()[:12]
