"""The `unisono` command line: a thin face over `jobs/`, whose commands stand in `cli_build`, `cli_ask` and their like.

Nothing heavy is imported before a command needs it, so that `--help` answers at once. Exit codes: 0 done, 1 failed,
2 used wrongly, 130 interrupted.
"""

import codecs
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated

import typer
from typer.models import CommandInfo

from catalog.errors import UnisonoError, UsageError
from jobs.cli_options import examples
from jobs.console import fail, log_to_stderr
from jobs.interruption import interrupted, remember_interruptions
from jobs.machine_errors import of_the_machine

UNEXPECTED = "This is a fault in Unisono. `unisono doctor` checks this machine; `unisono --verbose COMMAND` says more."

GROUPS = {
    "jobs.cli_build": ("run", "ingest", "analyze", "dedup", "index"),
    "jobs.cli_ask": ("similar", "identify", "explain"),
    "jobs.cli_share": ("export", "evaluate", "report", "map"),
    "jobs.cli_setup": ("demo", "doctor", "train"),
}
"""The files of commands, in the order of `--help`, and what each registers."""

START = examples(
    "unisono demo --out demo",
    "unisono run tracks.csv songs/ --catalog cat",
    "unisono export recordings --catalog cat --out recordings.csv",
)
"""How one begins."""


def show_version(wanted: bool) -> None:
    """Print the version and stop, where `--version` was given."""
    if wanted:
        from importlib.metadata import version

        typer.echo(f"unisono {version('unisono')}")
        raise typer.Exit


def unisono(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", metavar="", help="Say on stderr what is being done.")
    ] = False,
    version: Annotated[  # noqa: ARG001  (its callback answers)
        bool,
        typer.Option("--version", metavar="", callback=show_version, is_eager=True, help="Say which version it is."),
    ] = False,
) -> None:
    """Say which tracks are the same recording, the same song, by the same artist, or sound alike, with the evidence."""
    if verbose:
        log_to_stderr(verbose=True)


def application(word: str = "") -> typer.Typer:
    """The command line with all its commands, or with only the one called `word`: each takes milliseconds."""
    app = typer.Typer(
        name="unisono",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(epilog=START)(unisono)
    for module, names in GROUPS.items():
        if not word or word in names:
            import_module(module).register(app)
    if word:
        app.registered_commands = [command for command in app.registered_commands if name_of(command) == word]
    return app


def name_of(command: CommandInfo) -> str:
    """How a registered command is called."""
    return str(command.name or getattr(command.callback, "__name__", ""))


def called(arguments: Sequence[str]) -> typer.Typer:
    """The command line for these arguments, with all commands where it is not clear which is called."""
    word = next((text for text in arguments if not text.startswith("-")), "")
    return application(word if any(word in names for names in GROUPS.values()) else "")


def speak_unicode() -> None:
    """Let stdout and stderr take any text: files and pipes get UTF-8, a terminal of another coding its nearest."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    speak_unicode()
    remember_interruptions()
    try:
        called(sys.argv[1:])()
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  (a fault is raised again)
        sys.exit(code_of(error))


def code_of(error: BaseException) -> int:
    """The exit code of a command that ended so, after saying why. Raises again what is a fault of ours."""
    if interrupted(error):
        return 130
    if isinstance(error, UnisonoError):
        fail(str(error))
        return 2 if isinstance(error, UsageError) else 1
    if isinstance(error, OSError) and error.errno is None:  # a library met a file that it cannot read
        told = " ".join(str(error).split())
        fail(f"{told}; `unisono doctor --catalog DIR` says which file of a catalogue is damaged")
        return 1
    if known := of_the_machine(error):
        fail(known)
        return 1
    error.add_note(UNEXPECTED)
    raise error
