import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import report_text

OVERRIDES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


class Parts(HTMLParser):
    """The tags and the words of some HTML."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words.append(data)


@given(st.text(max_size=400))
def test_any_text_becomes_one_harmless_element(value):
    parts = Parts(str(report_text.text(value)))
    assert parts.tags in (["bdi"], ["span"])
    assert len("".join(parts.words)) <= report_text.LIMIT


@given(st.text())
def test_no_character_that_breaks_a_line_or_turns_it_round_remains(value):
    plain = report_text.clean(value)
    assert not any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in plain)
    assert not any(unicodedata.bidirectional(character) in OVERRIDES for character in plain)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (report_text.number(1234567), "1,234,567"),
        (report_text.number(None), "–"),
        (report_text.signed(-3.14), "−3.1"),
        (report_text.signed(-0.01), "0.0"),
        (report_text.clock(59.7), "1:00"),
        (report_text.clock(3725), "1:02:05"),
        (report_text.clock(float("nan")), ""),
        (report_text.elapsed(200), "3 min 20 s"),
        (report_text.elapsed(7500), "2 h 05 min"),
        (report_text.percent(0.5), "50%"),
        (report_text.percent(1 - 1e-9), ">99.9%"),
        (report_text.percent(1e-9), "<0.1%"),
        (report_text.probability(0.99934), "0.9993"),
        (report_text.probability(0.5), "0.50"),
        (report_text.probability(1.0), ">0.9999"),
    ],
)
def test_values_as_people_read_them(shown, expected):
    assert shown == expected
