"""Commands about Unisono itself: `demo`, `doctor` and `train`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from catalog.errors import UsageError
from jobs.cli_options import SETUP, Master, Memory, examples
from jobs.options import SparkOptions


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `app`."""
    for command, lines in (
        (demo, ["unisono demo --out demo"]),
        (doctor, ["unisono doctor", "unisono doctor --catalog cat"]),
        (
            train,
            ["unisono train --audio songs/ --out models/mine --minutes 45", "unisono train --resume --out models/mine"],
        ),
    ):
        app.command(rich_help_panel=SETUP, epilog=examples(*lines))(command)


def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where everything is put.")] = Path("demo"),
    master: Master = SparkOptions.master,
    memory: Memory = None,
) -> None:
    """Make up a small catalogue with music in it, run everything on it, and show what was found of what was hidden."""
    from jobs.demo_run import demo as run_demo

    run_demo(out, SparkOptions(master=master, memory=memory))


def doctor(
    spark: Annotated[bool, typer.Option("--spark", metavar="", help="Start Spark too, once.")] = False,
    catalog: Annotated[
        Path | None,
        typer.Option("--catalog", metavar="DIR", help="Check every file of this catalogue too.", show_default=False),
    ] = None,
) -> None:
    """Say what is installed, what is missing and how to mend it."""
    from jobs.doctor import doctor as examine

    if not examine(start_spark=spark, catalog=catalog):
        raise typer.Exit(1)


def train(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The model's folder.", show_default=False)],
    audio: Annotated[
        Path | None, typer.Option("--audio", metavar="DIR", help="A folder of audio files.", exists=True)
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with an interrupted run, as it was set but for minutes, steps, threads."),
    ] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Equal seeds give equal draws.", show_default="1")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, metavar="MINUTES", help="Stop training after this.", show_default="45")
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Stop training after this many batches.", show_default="20000"),
    ] = None,
    changes: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="How far what is heard is changed: mild or strong.", show_default="mild"),
    ] = None,
    device: Annotated[str | None, typer.Option(metavar="NAME", help="cpu or cuda.", show_default="cpu")] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processor threads.", show_default="2")
    ] = None,
) -> None:
    """Train a model on a folder of audio; the same call, or --resume, goes on where an interrupted one stopped."""
    from embeddings.config import TrainConfig
    from embeddings.learner import interrupted
    from embeddings.train import train as train_model
    from jobs.console import note

    fixed = {"audio": audio, "seed": seed, "changes": changes, "device": device}
    further = {"minutes": minutes, "steps": steps, "threads": threads, "workers": threads}
    given: dict[str, Any] = {name: value for name, value in (fixed | further).items() if value is not None}
    if resume:
        if known := [name for name in fixed if name in given]:
            what = " and ".join(known)
            raise UsageError(f"--resume knows the {what} from the interrupted run; leave out --{' and --'.join(known)}")
        config = replace(interrupted(out), **given)
    elif audio is None:
        raise UsageError("say what to learn from with --audio DIR, or go on with --resume")
    else:
        config = TrainConfig(out=out, **({"threads": 2, "workers": 2} | given))
    note(f"the model is in {train_model(config)}")
