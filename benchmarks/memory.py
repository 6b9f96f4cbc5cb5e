"""Peak resident memory of a command: its own process, the JVM that it starts, and Spark's Python workers.

    python -m benchmarks.memory unisono run tracks.csv --catalog /tmp/cat
    python -m benchmarks.memory                # the main job on the development records

Resident sizes are read from /proc a few times a second, so a peak shorter than that is missed; pages that processes
share count in each. Linux only.
"""

import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

INTERVAL_S = 0.2
RECORDS = Path(__file__).resolve().parents[2] / "shared" / "data" / "musicbrainz20k" / "original.csv"
KINDS = ("driver", "JVM", "largest worker", "workers together", "everything together")


def main() -> None:
    """Run the command of the arguments, or the main job, and print the peaks."""
    with tempfile.TemporaryDirectory() as folder:
        command = sys.argv[1:] or default_command(folder)
        if not command:
            sys.stdout.write("memory: skipped, ../shared/data is not there\n")
            return
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=sys.stderr)
        peaks = watch(process)
    sys.stdout.write(f"{shlex.join(command)}\nexit {process.returncode}, {time.perf_counter() - began:.0f} s\n")
    for kind in KINDS:
        sys.stdout.write(f"{kind:20} {peaks[kind] / 2**20:8,.0f} MiB\n")


def default_command(folder: str) -> list[str]:
    """The main job on the development records, or nothing where they are absent."""
    unisono = Path(sys.executable).with_name("unisono")
    return [str(unisono), "run", str(RECORDS), "--catalog", f"{folder}/cat"] if RECORDS.exists() else []


def watch(process: "subprocess.Popen[bytes]") -> dict[str, int]:
    """Largest resident bytes of every kind until the process ends."""
    peaks = dict.fromkeys(KINDS, 0)
    while process.poll() is None:
        for kind, size in sizes(process.pid).items():
            peaks[kind] = max(peaks[kind], size)
        time.sleep(INTERVAL_S)
    return peaks


def sizes(root: int) -> dict[str, int]:
    """Resident bytes of the process `root` and its descendants, by kind."""
    found = {pid: resident(pid) for pid in descendants(root)}
    workers = [size for pid, (name, size) in found.items() if pid != root and "python" in name]
    java = sum(size for name, size in found.values() if name == "java")
    total = sum(size for _, size in found.values())
    return dict(zip(KINDS, (found[root][1], java, max(workers, default=0), sum(workers), total), strict=True))


def descendants(root: int) -> set[int]:
    """The process and all that it started, directly or not."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields[1])
    family = {root}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return family


def resident(pid: int) -> tuple[str, int]:
    """Name and resident bytes of a process; nothing where it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return "", 0
    size = re.search(r"VmRSS:\s+(\d+)", status)
    return status.split(maxsplit=2)[1], int(size[1]) * 1024 if size else 0


if __name__ == "__main__":
    main()
