"""Where brackets and dash suffixes stand in a title: `Song (Live) - Radio Edit`.

Only outermost groups are found; what nests inside belongs to them. Printed data breaks off: a bracket that is never
closed reaches to the end, and a closing one that was never opened is text.
"""

import re
from bisect import bisect_left
from collections import Counter

PAIRS = {"(": ")", "[": "]", "{": "}", "【": "】", "〔": "〕", "〈": "〉"}
_BRACKET = re.compile(rf"[{re.escape(''.join([*PAIRS, *PAIRS.values()]))}]")
_OPENING = re.compile(rf"[{re.escape(''.join(PAIRS))}]")
_DASH = re.compile(r"\s\s*[-–—~―]+\s+")  # not "\s+": what begins with one of a set is searched for faster
_LOOSE = re.compile(r" (?:(?<=[(\[{] )|(?=[)\]}.,:;!?])(?![.:] ))")


def tighten(text: str) -> str:
    """Remove the spaces that tokenised text, cleaned, has inside brackets and before punctuation: "[ feat . X ]"."""
    return _LOOSE.sub("", text)


def bracket_spans(text: str) -> list[tuple[int, int]]:
    """Outermost bracket groups as (start, stop) with their brackets, from left to right."""
    first = _OPENING.search(text)
    if first is None:
        return []
    spans: list[tuple[int, int]] = []
    expected: list[str] = []
    opened: Counter[str] = Counter()  # by closing bracket
    start = 0
    for bracket in _BRACKET.finditer(text, first.start()):
        char, place = bracket[0], bracket.start()
        if char in PAIRS:
            start = start if expected else place
            expected.append(PAIRS[char])
            opened[PAIRS[char]] += 1
        elif opened[char]:
            while (closed := expected.pop()) != char:
                opened[closed] -= 1
            opened[char] -= 1
            if not expected:
                spans.append((start, place + 1))
    return [*spans, (start, len(text))] if expected else spans


def bracket_content(text: str, span: tuple[int, int]) -> str:
    """What stands between the brackets of a span."""
    content = text[span[0] + 1 : span[1]]
    return content[:-1] if content.endswith(PAIRS[text[span[0]]]) else content


def dash_places(text: str) -> list[tuple[int, int]]:
    """Spaced dashes outside brackets, as (start, stop) with their spaces, from left to right."""
    if text.isascii() and " -" not in text and " ~" not in text and text.isprintable():
        return []
    dashes = [match.span() for match in _DASH.finditer(text)]
    if not dashes:
        return []
    spans = bracket_spans(text)
    if not spans:
        return dashes
    starts = [start for start, _ in spans]
    before = [bisect_left(starts, place) for place, _ in dashes]
    return [dash for dash, count in zip(dashes, before, strict=True) if not count or spans[count - 1][1] <= dash[0]]
