import dataclasses
import errno
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from py4j.protocol import Py4JError, Py4JNetworkError
from pyspark.errors import PythonException
from typer.testing import CliRunner

from catalog.errors import CatalogError, UsageError
from jobs import cli, export
from jobs.cli_options import column_names
from jobs.options import IngestOptions, SparkOptions

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = sorted(cli.name_of(command) for command in cli.application().registered_commands)
HEAVY = ("numpy", "pandas", "pyarrow", "pyspark", "torch", "librosa", "faiss", "scipy", "sklearn", "matplotlib", "rich")


def unisono(*arguments, **options):
    """Run the command line as a user does."""
    command = [sys.executable, "-m", "jobs.entry", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


def ends(monkeypatch, *arguments):
    """Exit code of `main` in this process."""
    monkeypatch.setattr(sys, "argv", ["unisono", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code or 0


def raising(error):
    def command(*arguments, **options):
        raise error

    return command


def help_of(*arguments):
    answer = CliRunner().invoke(cli.application(), [*arguments, "--help"], env={"COLUMNS": "100"}, prog_name="unisono")
    assert answer.exit_code == 0
    return answer.output


def test_nothing_heavy_is_imported_before_a_command_needs_it():
    code = f"import sys, jobs.cli; print([name for name in {HEAVY} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


def test_help_lists_every_command():
    shown = help_of()
    assert all(re.search(rf"\b{name}\b", shown) for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example_that_parses(name):
    shown = help_of(name)
    examples = re.findall(rf"\$ unisono ({name} .*)|\$ unisono ({name})\s", shown)
    assert examples
    options = {word for example in examples for word in "".join(example).split() if word.startswith("-")}
    assert all(option in shown.partition("Examples")[0] for option in options)


def test_commands_are_those_of_the_design():
    design = "run ingest analyze dedup index similar identify explain export evaluate report train doctor demo"
    assert set(COMMANDS) == {*design.split(), "map"}


def test_a_file_of_commands_registers_those_that_it_is_listed_with():
    """The one that is called is imported alone, so the list must be right."""
    for names in cli.GROUPS.values():
        for name in names:
            assert [cli.name_of(command) for command in cli.application(name).registered_commands] == [name]
    assert sorted(name for names in cli.GROUPS.values() for name in names) == COMMANDS


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["similar", "t1"],
        ["similar", "t1", "--catalog", "cat", "--format", "xml"],
        ["similar", "t1", "--catalog", "cat", "-k", "0"],
        ["ingest", "no-such-file.csv", "--catalog", "cat"],
        ["dedup", "--catalog", "cat", "--unique-within", "album"],
        ["export", "nonsense", "--catalog", "cat", "--out", "x.csv"],
        ["export", "tracks", "--catalog", "cat", "--out", "x.xls"],
    ],
)
def test_wrong_use_exits_with_2(monkeypatch, capfd, tmp_path, arguments):
    monkeypatch.chdir(tmp_path)
    assert ends(monkeypatch, *arguments) == 2
    assert capfd.readouterr().out == ""


def test_failure_is_one_line_on_stderr_and_exits_with_1(tmp_path):
    answer = unisono("export", "tracks", "--catalog", tmp_path / "none", "--out", tmp_path / "x.csv")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert re.fullmatch(r"error: .*none.*\n", answer.stderr)


def test_message_with_brackets_stays_as_it_is(monkeypatch, capfd, tmp_path):
    monkeypatch.setattr(export, "export", raising(CatalogError("[bold]t[1][/] is locked " + "very " * 60)))
    assert ends(monkeypatch, "export", "tracks", "--catalog", tmp_path, "--out", "x.csv") == 1
    assert capfd.readouterr().err == "error: [bold]t[1][/] is locked " + "very " * 60 + "\n"


def test_usage_error_below_the_command_line_exits_with_2(monkeypatch, tmp_path):
    monkeypatch.setattr(export, "export", raising(UsageError("wrong")))
    assert ends(monkeypatch, "export", "tracks", "--catalog", tmp_path, "--out", "x.csv") == 2


def test_interruption_exits_with_130(monkeypatch, tmp_path):
    monkeypatch.setattr(export, "export", raising(KeyboardInterrupt()))
    assert ends(monkeypatch, "export", "tracks", "--catalog", tmp_path, "--out", "x.csv") == 130


def test_what_fails_because_of_an_interruption_is_one(monkeypatch, tmp_path, capfd):
    def stopping(*_, **__):
        try:
            raise KeyboardInterrupt
        finally:
            raise ConnectionError("the JVM is gone") from ValueError("an answer was expected")

    monkeypatch.setattr(export, "export", stopping)
    assert ends(monkeypatch, "export", "tracks", "--catalog", tmp_path, "--out", "x.csv") == 130
    assert capfd.readouterr().err == ""


def test_fault_keeps_its_traceback_and_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(export, "export", raising(ZeroDivisionError("odd")))
    monkeypatch.setattr(sys, "argv", ["unisono", "export", "tracks", "--catalog", str(tmp_path), "--out", "x.csv"])
    with pytest.raises(ZeroDivisionError) as fault:
        cli.main()
    assert "unisono doctor" in fault.value.__notes__[0]


@pytest.mark.parametrize(("number", "mend"), [(errno.ENOSPC, "make room on the disk"), (errno.EACCES, "permissions")])
def test_an_error_of_the_machine_is_one_line(monkeypatch, capfd, tmp_path, number, mend):
    monkeypatch.setattr(export, "export", raising(OSError(number, os.strerror(number), "x.csv")))
    assert ends(monkeypatch, "export", "tracks", "--catalog", tmp_path, "--out", "x.csv") == 1
    said = capfd.readouterr().err
    assert said.startswith("error: ")
    assert mend in said
    assert said.count("\n") == 1


SPARK_SAID = [
    (PythonException, "Traceback:\n  File\nOSError: [Errno 28] No space left on device", "make room on the disk"),
    (
        PythonException,
        "Traceback:\n  File\nnumpy._core._exceptions._ArrayMemoryError: no",
        "a worker has not enough memory",
    ),
    (Py4JError, "Caused by: SparkException: Python worker exited unexpectedly (crashed)", "a worker was killed"),
    (Py4JError, "java.lang.OutOfMemoryError: Java heap space", "--memory"),
    (Py4JNetworkError, "Answer from Java side is empty", "Java was killed"),
]


@pytest.mark.parametrize(("kind", "text", "mend"), SPARK_SAID)
def test_what_the_machine_lacks_is_told_of_spark_in_one_line(monkeypatch, capfd, tmp_path, kind, text, mend):
    def stopping(*_, **__):
        try:
            raise kind(text)
        finally:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")

    for job in (raising(kind(text)), stopping):
        monkeypatch.setattr(export, "export", job)
        assert ends(monkeypatch, "export", "tracks", "--catalog", tmp_path, "--out", "x.csv") == 1
        assert re.fullmatch(rf"error: .*{mend}.*run the command again\n", capfd.readouterr().err)


def test_a_file_that_a_library_cannot_read_is_one_line(monkeypatch, capfd, tmp_path):
    monkeypatch.setattr(export, "export", raising(OSError("ZSTD decompression\n failed\n")))
    assert ends(monkeypatch, "export", "tracks", "--catalog", tmp_path, "--out", "x.csv") == 1
    assert re.fullmatch(r"error: ZSTD decompression failed; .*unisono doctor --catalog.*\n", capfd.readouterr().err)


def test_reader_that_leaves_early_is_no_fault():
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "jobs.entry", "--help"]
    answer = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert "Traceback" not in answer.stderr


def test_options_reach_the_job(monkeypatch, tmp_path):
    called = []
    job = SimpleNamespace(ingest=lambda *arguments: called.append(arguments))
    monkeypatch.setitem(sys.modules, "jobs.ingest", job)
    source = tmp_path / "a.csv"
    source.write_text("Song\nx\n")
    words = "--map Song=title --map A=B=artist --source label --unique-within source --no-audio --master local[3]"
    assert ends(monkeypatch, "ingest", source, "--catalog", tmp_path / "cat", *words.split()) == 0
    columns = {"Song": "title", "A=B": "artist"}
    options = IngestOptions(columns=columns, source_name="label", unique_within="source", audio=False)
    assert called == [(tmp_path / "cat", [source], options, SparkOptions(master="local[3]"))]


@pytest.mark.parametrize("pair", ["title", "=title", "Song=", "Song=nonsense"])
def test_map_takes_their_name_and_one_of_ours(pair):
    with pytest.raises(UsageError, match="THEIRS=OURS"):
        column_names([pair])


def test_lookups_do_without_pandas_and_leave_it_importable():
    code = (
        "import sys; from jobs.quick import leave_out_pandas; leave_out_pandas(); import jobs.similar; "
        "assert 'pandas' not in sys.modules and 'pyarrow.dataset' in sys.modules; import pandas"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_resumed_training_goes_on_for_as_long_as_is_said(monkeypatch, tmp_path):
    from embeddings.config import SETTINGS, TrainConfig

    begun = TrainConfig(audio=Path("music"), out=tmp_path, seed=7, minutes=5.0, steps=99)
    (tmp_path / SETTINGS).write_text(begun.to_json())
    called = []
    monkeypatch.setattr("embeddings.train.train", lambda config: called.append(config) or config.out)
    assert ends(monkeypatch, "train", "--resume", "--out", tmp_path, "--minutes", "9", "--threads", "3") == 0
    assert called == [dataclasses.replace(begun, minutes=9.0, threads=3, workers=3)]
    for option in ("--seed", "--device"):
        assert ends(monkeypatch, "train", "--resume", "--out", tmp_path, option, "1") == 2
    assert len(called) == 1


def test_any_title_can_be_printed_whatever_the_coding_of_the_machine():
    tell = "import sys; from jobs.cli import speak_unicode as s; s(); print('宇多田 ö'); print('é', file=sys.stderr)"
    for coding in ("ascii", "latin-1", "utf-8"):
        said = subprocess.run(
            [sys.executable, "-c", tell], cwd=ROOT, capture_output=True, env=os.environ | {"PYTHONIOENCODING": coding},
            check=True,
        )  # fmt: skip
        assert (said.stdout.decode(), said.stderr.decode()) == ("宇多田 ö\n", "é\n")
