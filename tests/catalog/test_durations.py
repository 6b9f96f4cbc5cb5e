import csv
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.durations import parse_duration, read_duration

READ = [
    ("4.367", "min", 262.02),
    ("4,367", "min", 262.02),
    ("276", "s", 276),
    ("354.6615247075177", "s", 354.661525),  # a binary fraction, with all its digits
    ("187.43900000000002", "s", 187.439),
    ("4.366666666666667", "min", 262),
    ("321266", "ms", 321.266),
    ("215000", "s", 215),  # one value in milliseconds in a source of seconds
    ("215", "ms", 215),  # and the other way round
    ("400", "min", 400),
    ("04:04", "s", 244),
    ("9 9:09", "s", 99 * 60 + 9),
    ("O3:22", "s", 202),
    ("1:02:03", "s", 3723),
    ("24:48:00", "s", 24 * 60 + 48),  # m:ss that a spreadsheet took for h:mm
    ("3:05.250", "s", 185.25),
    ("1m 58sec", "s", 118),
    ("4M 1SEC", "s", 241),
    ("9m-12sec", "s", 552),
    ("3 min. 20 sek.", "s", 200),
    ("5 minutes", "s", 300),
    ("1h 2m 3s", "s", 3723),
    ("200000ms", "s", 200),
    ("200000.0 ms", "s", 200),  # a column with gaps
    ("200000.5 ms", "s", 200.0005),
    ("4'33''", "s", 273),
    ("4′33″", "s", 273),
    ("PT3M5S", "s", 185),
    ("PT3M5.5S", "s", 185.5),
    ("PT1H", "s", 3600),
]
UNKNOWN = [None, "", " ", "unk.", "n.a.", "nul l", "null", "--", "m sec", "0", "00:00", "0m 0sec"]
REFUSED = ["9.g9", "3:75", "1:75:00", "PT", "Four Gardens", "MBox3403282-HH", "99999999", "321,266 ms"]


@pytest.mark.parametrize(("text", "unit", "seconds"), READ)
def test_readable(text, unit, seconds):
    assert parse_duration(text, unit) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize("text", UNKNOWN)
def test_unknown_is_null_without_a_complaint(text):
    assert read_duration(text, "s") == (None, "")


@pytest.mark.parametrize("text", REFUSED)
def test_unreadable_says_the_mend(text):
    value, refused = read_duration(text, "s")
    assert value is None
    assert "m:ss" in refused


@given(st.text(), st.sampled_from(["s", "ms", "min"]))
def test_never_raises_and_gives_positive_seconds(text, unit):
    value = parse_duration(text, unit)
    assert value is None or value > 0


@given(st.integers(1, 5 * 3600))
def test_clock_round_trip(seconds):
    hours, rest = divmod(seconds, 3600)
    printed = f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    assert parse_duration(printed) == seconds
    assert parse_duration(f"PT{hours}H{rest // 60}M{rest % 60}S") == seconds


def test_five_spellings_of_one_catalogue_agree(shared_data):
    units = {"1": "s", "2": "s", "3": "min", "4": "s", "5": "ms"}
    found: dict[str, list[float]] = {source: [] for source in units}
    rows = filled = 0
    with (shared_data / "musicbrainz20k" / "original.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows += 1
            value, refused = read_duration(row["duration"], units[row["source"]])
            filled += not refused
            found[row["source"]] += [value] if value else []
    medians = [statistics.median(values) for values in found.values()]
    assert max(medians) - min(medians) < 6
    assert filled / rows > 0.995


@pytest.mark.parametrize(("text", "seconds"), [("03:10:00", 190), ("0:47:00.0", 47), ("3:10", 190), ("0:03:10", 190)])
def test_clocks_of_a_source_that_a_spreadsheet_shifted(text, seconds):
    assert read_duration(text, shifted=True).value == seconds
