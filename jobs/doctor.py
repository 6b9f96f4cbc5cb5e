"""`unisono doctor`: what this machine has of what Unisono needs, and how to mend what is missing.

Nothing is started, save Spark when asked for. Of a catalogue every published file is compared with its checksum.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from catalog.errors import SetupError, UnisonoError
from jobs.console import results
from jobs.doctor_catalogue import catalogue
from jobs.doctor_libraries import compiled, formats, libraries, python
from jobs.findings import Finding, State
from jobs.java import find_java
from jobs.machine import GIB, cores, memory_bytes

MARKS: dict[State, str] = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "missing": "[bold red]missing[/]"}
LITTLE_MEMORY, LITTLE_DISK = 4 * GIB, 5 * GIB


def doctor(*, start_spark: bool = False, catalog: Path | None = None) -> bool:
    """Print a table of findings on stdout; return whether everything that is needed is there and whole."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    missing = 0
    for finding in examine(start_spark=start_spark, catalog=catalog):
        mend = ("\n-> " + finding.mend, "yellow") if finding.mend else ""
        table.add_row(MARKS[finding.state], finding.subject, Text.assemble(finding.seen, mend, overflow="fold"))
        missing += finding.state == "missing"
    results().print(table)
    verdict = (
        f"[bold red]{missing} of these must be mended first.[/]" if missing else "[green]All that is needed is here.[/]"
    )
    results().print(verdict)
    return not missing


def examine(*, start_spark: bool = False, catalog: Path | None = None) -> Iterator[Finding]:
    """Yield every finding, in the order in which they are needed, then those of a catalogue."""
    checks: list[Callable[[], Iterator[Finding]]] = [python, libraries, compiled, formats, java, model, machine]
    for check in [*checks, spark] if start_spark else checks:
        yield from check()
    if catalog is not None:
        yield from catalogue(catalog)


def java() -> Iterator[Finding]:
    """Find the runtime that Spark would be started with."""
    try:
        found = find_java()
    except SetupError as error:
        yield Finding("Java", "missing", str(error).partition(":")[0], str(error).partition(": ")[2])
    else:
        yield Finding("Java", "ok", f"{found.version}, from {found.origin}: {found.home}")


def model() -> Iterator[Finding]:
    """Load the released model."""
    try:
        from embeddings.encode import Encoder, released_model

        folder = released_model()
        Encoder.quick(folder)
    except (ImportError, OSError) as error:
        yield Finding("model", "missing", str(error), "see the libraries above")
    except UnisonoError as error:  # its message holds the mend
        yield Finding("model", "missing", str(error))
    else:
        yield Finding("model", "ok", f"{folder.name} loads")


def machine() -> Iterator[Finding]:
    """Look at memory, processor and the disk behind the temporary folder."""
    memory = memory_bytes()
    little = memory < LITTLE_MEMORY
    seen = f"{memory / GIB:.1f} GiB, {cores()} cores"
    yield Finding(
        "memory", "note" if little else "ok", seen, "close other programs; 4 GiB are wanted" if little else ""
    )
    scratch = Path(tempfile.gettempdir())
    free = shutil.disk_usage(scratch).free
    small = free < LITTLE_DISK
    mend = f"free some space, or set TMPDIR; {LITTLE_DISK // GIB} GiB are wanted" if small else ""
    yield Finding("disk", "note" if small else "ok", f"{free / GIB:.0f} GiB free in {scratch}", mend)


def spark() -> Iterator[Finding]:
    """Start Spark once and run a Python function in it."""
    from jobs.spark import session

    began = time.monotonic()
    try:
        with session() as active:
            counted = active.range(3).mapInArrow(lambda batches: batches, "id long").count()
    except UnisonoError as error:
        yield Finding("Spark", "missing", str(error), "see the lines above")
    else:
        yield Finding("Spark", "ok", f"started and counted to {counted} in {time.monotonic() - began:.1f} s")
