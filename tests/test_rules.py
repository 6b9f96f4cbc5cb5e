"""The rules that people forget, kept by machine: where imports point, where heavy libraries may be, what docs say."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from catalog import errors
from catalog.schema import DELIVERED, DELIVERED_FIELDS, TABLES, TRACKS

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("catalog", "audio", "embeddings", "dedup", "jobs", "service")  # imports point left
OURS = {*PACKAGES, "models"}
KEPT_TO = {"pyspark": "jobs/", "torch": "embeddings/", "faiss": "embeddings/index"}
LONGEST_FILE = 220  # lines that are not blank
LONGEST_FUNCTION = 60
VAGUE = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}

SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
DOCS = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if path.exists()]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def imports(path):
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: a relative import hides which way it points"
            yield node.module


every_source = pytest.mark.parametrize("path", SOURCES, ids=name_of)


@every_source
def test_imports_point_left(path):
    allowed = {*PACKAGES[: PACKAGES.index(name_of(path).split("/")[0]) + 1], "models"}
    wrong = {module for module in imports(path) if module.split(".")[0] in OURS - allowed}
    assert not wrong


@every_source
def test_heavy_libraries_stay_in_their_place(path):
    tops = {module.split(".")[0] for module in imports(path)}
    assert [name for name in tops & set(KEPT_TO) if not name_of(path).startswith(KEPT_TO[name])] == []


@every_source
def test_files_and_functions_stay_short_and_say_what_they_are(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert sum(bool(line.strip()) for line in text.splitlines()) <= LONGEST_FILE, "two ideas? make it two files"
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []
    assert ast.get_docstring(tree)
    assert not VAGUE & set(path.stem.split("_"))


def test_every_library_imported_is_one_that_pyproject_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {normal(re.split(r"[<>=!~ \[]", line)[0]) for line in project["dependencies"]}
    known = packages_distributions()
    tops = {module.split(".")[0] for path in SOURCES for module in imports(path)} - OURS - set(sys.stdlib_module_names)
    unnamed = {top for top in tops if not {normal(name) for name in known.get(top, [top])} & named}
    assert not unnamed


def test_constraints_pin_every_library_once():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    pins = dict(line.split("==") for line in lines)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert {normal(re.split(r"[<>=!~ \[]", line)[0]) for line in wanted} <= set(pins)
    assert len(pins) == len(lines)


def normal(name):
    """A distribution's name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_tables_are_those_of_the_design():
    assert set(TABLES) == {"tracks", "problems", "segments", "embeddings", "matches", "recordings", "artists"}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_columns_are_plainly_named_and_portable(table):
    schema = TABLES[table]
    assert len(set(schema.names)) == len(schema)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in schema.names)
    assert all(field.nullable and portable(field.type) for field in schema)


def portable(kind):
    """Whether Parquet, Spark and pandas agree on a type."""
    if pa.types.is_list(kind):
        return portable(kind.value_type)
    if pa.types.is_struct(kind):
        return all(portable(field.type) for field in kind)
    return kind in (pa.string(), pa.binary(), pa.bool_(), pa.int32(), pa.int64(), pa.float32(), pa.float64())


def test_tracks_keep_everything_delivered_as_text():
    assert [*DELIVERED_FIELDS, "extra", "place", "root"] == DELIVERED.names
    assert {*DELIVERED_FIELDS, "extra", "place"} <= set(TRACKS.names)
    assert all(TRACKS.field(name).type == pa.string() for name in (*DELIVERED_FIELDS, "extra", "place"))


def test_every_error_is_one_of_ours():
    raised = [value for value in vars(errors).values() if isinstance(value, type)]
    assert all(issubclass(value, errors.UnisonoError) and value.__doc__ for value in raised)


def commands_in(path):
    """Every `unisono ...` line in the code of a document: its words, less comments."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE) + re.findall(
        r"`(unisono [^`\n]+)`", text
    )
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line.split("#")[0].split() for line in lines if line.startswith("unisono ")]


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_commands_in_the_docs_exist(path):
    from jobs.cli import application

    for words in commands_in(path):
        if words[1].startswith("-") or not words[1].isalpha():
            continue
        shown = CliRunner().invoke(application(), [words[1], "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0, words
        options = {word.split("=")[0] for word in words[2:] if re.match(r"--?[a-z]", word)}
        assert [option for option in options if option not in shown.output] == [], words


def test_readme_shows_every_command():
    from jobs.cli import GROUPS

    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("there is no README.md yet")
    text = readme.read_text(encoding="utf-8")
    names = {name for group in GROUPS.values() for name in group}
    assert {name for name in names if not re.search(rf"unisono .*\b{name}\b", text)} == set()
