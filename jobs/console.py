"""The two streams of the command line: results go to stdout, everything about the work to stderr.

Each is one `rich` console, made when first used, so that a command that prints nothing imports nothing.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that turn the direction of the rest of a line (Unicode UAX 9)."""


@cache
def results() -> "Console":
    """The console of what a command answers: stdout."""
    from rich.console import Console

    return Console(highlight=False)


@cache
def messages() -> "Console":
    """The console of progress, notes and errors: stderr."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@contextmanager
def progress() -> Iterator["Progress"]:
    """Show one progress display on stderr while the body runs; it draws nothing where stderr is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=messages(), transient=True, disable=not messages().is_terminal) as display:
        yield display


def note(text: str) -> None:
    """Say on stderr, in one plain line, what was done or what to know."""
    messages().print(harmless(text), markup=False, soft_wrap=True)


def fail(text: str) -> None:
    """Say on stderr why the command stops."""
    from rich.text import Text

    messages().print(Text.assemble(("error: ", "bold red"), harmless(text)), soft_wrap=True)


def harmless(text: str, *, keep: str = "\n\t") -> str:
    """Without what would steer the terminal, but for `keep`: names of files and tracks come from anywhere."""
    return "".join(
        " " if letter not in keep and (category(letter) in ("Cc", "Zl", "Zp") or letter in TURNING) else letter
        for letter in text
    )


def print_json(value: object) -> None:
    """Print `value` on stdout as indented JSON, unstyled and unwrapped, so that another program can read it."""
    import json

    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def log_to_stderr(*, verbose: bool) -> None:
    """Send log records to stderr: warnings, or with `verbose` everything our packages say."""
    import logging

    from rich.logging import RichHandler

    handler = RichHandler(console=messages(), show_path=False, omit_repeated_times=False, log_time_format="%H:%M:%S")
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", handlers=[handler], force=True)
    for package in ("catalog", "audio", "embeddings", "dedup", "jobs", "service"):
        logging.getLogger(package).setLevel(logging.DEBUG if verbose else logging.WARNING)
