"""The `unisono` command line: a thin face over `jobs/`, whose commands stand in `cli_build`, `cli_ask` and their like.

Nothing heavy is imported before a command needs it, so that `--help` answers at once. Exit codes: 0 done, 1 failed,
2 used wrongly, 130 interrupted.
"""

import os
import sys
from collections.abc import Sequence
from copy import copy
from typing import Annotated

import typer

from catalog.errors import UnisonoError, UsageError
from jobs import cli_ask, cli_build, cli_setup, cli_share
from jobs.cli_options import examples
from jobs.console import fail, log_to_stderr

UNEXPECTED = "This is a fault in Unisono. `unisono doctor` checks this machine; `unisono --verbose COMMAND` says more."

app = typer.Typer(
    name="unisono",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and stop, where `--version` was given."""
    if wanted:
        from importlib.metadata import version

        typer.echo(f"unisono {version('unisono')}")
        raise typer.Exit


@app.callback(
    epilog=examples(
        "unisono demo --out demo",
        "unisono run tracks.csv songs/ --catalog cat",
        "unisono export recordings --catalog cat --out recordings.csv",
    )
)
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


for group in (cli_build, cli_ask, cli_share, cli_setup):
    group.register(app)


def called(arguments: Sequence[str]) -> typer.Typer:
    """The application with only the command that is called, where it is clear which: each takes milliseconds."""
    word = next((text for text in arguments if not text.startswith("-")), "")
    chosen = [command for command in app.registered_commands if word == getattr(command.callback, "__name__", "")]
    if not chosen:
        return app
    lean = copy(app)
    lean.registered_commands = chosen
    return lean


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    try:
        called(sys.argv[1:])()
    except UnisonoError as error:
        fail(str(error))
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        error.add_note(UNEXPECTED)
        raise


if __name__ == "__main__":
    main()
