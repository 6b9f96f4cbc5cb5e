"""Sizes of memory and limits of time as people write them."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from catalog.errors import UsageError
from jobs.options import AnalyzeOptions, DedupOptions, IndexOptions, IngestOptions, SparkOptions, bytes_of, recorded


@pytest.mark.parametrize(
    ("text", "size"), [("2GB", 2 << 30), ("512MB", 512 << 20), ("1.5g", 3 << 29), ("4 GiB", 4 << 30), ("100", 100)]
)
def test_sizes(text, size):
    assert bytes_of(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "2XB", "0", "2GB2"])
def test_no_sizes(text):
    with pytest.raises(UsageError, match="no size of memory"):
        bytes_of(text)


@pytest.mark.parametrize("wrong", [{"max_seconds": float("inf")}, {"timeout_s": float("nan")}])
def test_limits_are_numbers_of_seconds(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        AnalyzeOptions(**wrong)


@pytest.mark.parametrize("wrong", [{"recall": 0.0}, {"recall": 1.5}, {"memory": "much"}, {"memory": "0.4"}])
def test_an_index_that_cannot_be_meant_is_refused_before_any_work(wrong):
    with pytest.raises(UsageError, match=r"recall is|no size of memory"):
        IndexOptions(**wrong)


@pytest.mark.parametrize("wrong", [{"master": "locl[*]"}, {"memory": "1"}, {"memory": "4q"}])
def test_spark_is_not_started_on_what_it_cannot_take(wrong):
    with pytest.raises(UsageError, match=re.escape(next(iter(wrong.values())))):
        SparkOptions(**wrong)


@pytest.mark.parametrize("master", ["local", "local[2]", "yarn", "spark://host:7077", "k8s://https://host:443"])
def test_masters(master):
    assert SparkOptions(master=master, memory="512m").master == master


def test_a_record_has_every_option_and_none_in_place_of_another():
    reading, deciding, spark = IngestOptions(source_name="label"), DedupOptions(), SparkOptions(memory="4g")
    known = recorded([Path("a.csv")], reading, AnalyzeOptions(timeout_s=9), deciding, spark, IndexOptions())
    assert (known["sources"], known["source_name"], known["timeout_s"]) == (["a.csv"], "label", 9)
    assert (known["memory"], known["index_memory"], known["index_recall"]) == ("4g", "2GB", 0.95)
    options = (IngestOptions, AnalyzeOptions, DedupOptions, SparkOptions)
    assert known.keys() >= {field.name for kind in options for field in fields(kind)}
