import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.identifiers import check_digit_fits, isrc, read_isrc, read_upc, upc


@pytest.mark.parametrize(
    "text",
    [
        *("US-RC1-76-07839", "usrc17607839", "ISRC USRC17607839", " US RC1 76 07839 "),
        *("USRC1\uff17\uff16\uff10\uff17\uff18\uff13\uff19", "USRC17607839\u200b"),  # wide digits; an invisible space
        *('="USRC17607839"', "'USRC17607839", "ISRC CODE: USRC17607839"),
    ],
)
def test_isrc_spellings(text):
    assert isrc(text) == "USRC17607839"


@pytest.mark.parametrize("text", ["USRC1760783", "1SRC17607839", "USRC176078399", "GB0000000000", "USRC1760783A"])
def test_isrc_refused(text):
    value, refused = read_isrc(text)
    assert value is None
    assert refused


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("036000291452", "0036000291452"),
        ("36000291452", "0036000291452"),  # the leading zero was lost in a spreadsheet
        ("4006381333931", "4006381333931"),
        ("4 006381 333931", "4006381333931"),
        ("4006381333931.0", "4006381333931"),
        ("4.006381.333931", "4006381333931"),
        ("96385074", "0000096385074"),
        ('="036000291452"', "0036000291452"),
        ("'036000291452", "0036000291452"),
        ("UPC: 036000291452", "0036000291452"),
        ("", None),
        ("n.a.", None),
    ],
)
def test_upc_spellings(text, code):
    assert read_upc(text) == (code, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("4006381333932", "digit"),
        ("7.24357E+11", "spreadsheet"),
        ("7,24357E+11", "spreadsheet"),
        ("12", "14 digits"),
        ("000000000000", "zeros"),
    ],
)
def test_upc_refused(text, reason):
    value, refused = read_upc(text)
    assert value is None
    assert reason in refused


@given(st.integers(0, 10**12 - 1))
def test_exactly_one_last_digit_checks(number):
    assert sum(check_digit_fits(f"{number:012d}{last}") for last in range(10)) == 1


@given(st.text())
def test_never_raise(text):
    isrc(text)
    upc(text)


def test_a_long_cell_of_digits_is_refused_in_time():
    began = time.perf_counter()
    assert read_upc("1" * 100_000).refused
    assert time.perf_counter() - began < 5
