"""An outside project's clean-up cases for titles and credits, each put as the question that it is here.

    python -m benchmarks.title_cases

A case passes where the matching function reads the given text as it reads the expected one: repaired text is compared
as printed; quotes in comparison form; credits by their first name or their names; suffixes by the whole parsed title;
what is removed from a title, by whether both would be one recording (an equal core and no tag that makes another one);
from an album, by an equal core. Where the project means to answer otherwise, `benchmarks.title_differences` says why.
"""

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from benchmarks.title_differences import DIFFERENT
from catalog.credits import parse_credit
from catalog.text import clean, fold
from catalog.titles import parse_album, parse_title
from catalog.versions import NEUTRAL_KINDS

CASES = Path(__file__).resolve().parents[2] / "shared" / "data" / "titles" / "cases.csv"

Question = Callable[[str, str], bool]
PASSED, DIFFERS, FAILED, STALE = "passed", "differs", "failed", "listed, yet passed"
OUTCOMES = (PASSED, DIFFERS, FAILED, STALE)


def printed_so(given: str, expected: str) -> bool:
    """Repaired text is what was expected, to the letter."""
    return clean(given) == expected


def compared_so(given: str, expected: str) -> bool:
    """Both have one comparison form. The printed text stays as it was delivered."""
    return fold(given) == fold(expected)


def credited_first(given: str, expected: str) -> bool:
    """The first name of the credit."""
    return parse_credit(given)[0].name == expected


def credited_alike(given: str, expected: str) -> bool:
    """The same names in the same roles."""
    return [credit[:2] for credit in parse_credit(given)] == [credit[:2] for credit in parse_credit(expected)]


def parsed_alike(given: str, expected: str) -> bool:
    """The same core, versions and guests, however they were set off."""
    return parse_title(given) == parse_title(expected)


def same_recording(given: str, expected: str) -> bool:
    """Titles with one core of which neither says that it is another recording; albums with one core."""
    if given.startswith("Album"):
        return parse_album(given).core == parse_album(expected).core
    a, b = parse_title(given), parse_title(expected)
    return a.core == b.core and another_recording(a.versions) == another_recording(b.versions)


def another_recording(tags: tuple[str, ...]) -> set[str]:
    """Tags that make another recording."""
    return {tag for tag in tags if tag.partition(":")[0] not in NEUTRAL_KINDS}


QUESTIONS: dict[str, Question] = {
    "album-artist-from-artist": credited_first,
    "decode-html-entities": printed_so,
    "fix-track-suffix": parsed_alike,
    "fix-various-artists": credited_alike,
    "normalize-feature": credited_alike,
    "remove-additional-artists": credited_first,
    "remove-clean-explicit": same_recording,
    "remove-feature": credited_first,
    "remove-live": same_recording,
    "remove-reissue": same_recording,
    "remove-remastered": same_recording,
    "remove-version": same_recording,
    "remove-zero-width": printed_so,
    "replace-nbsp": printed_so,
    "replace-smart-quotes": compared_so,
    "youtube": same_recording,
}


def main() -> None:
    """Print counts by kind, then every case that failed and every one that differs, with the reason."""
    if not CASES.exists():
        return print("title_cases: skipped, ../shared/data is not there")
    with CASES.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row["kind"]][outcome(**row)].append((row["given"], row["expected"]))
    print(f"{'kind':26} {'function':16}" + "".join(f"{name:>20}" for name in OUTCOMES))
    for kind, by_outcome in found.items():
        counts = "".join(f"{len(by_outcome[name]):20}" for name in OUTCOMES)
        print(f"{kind:26} {QUESTIONS[kind].__name__:16}{counts}")
    for name in (FAILED, STALE, DIFFERS):
        for kind, by_outcome in found.items():
            for given, expected in by_outcome[name]:
                print(f"{name}: {kind}: {given!r}, theirs {expected!r}{reason(given)}")


def outcome(kind: str, given: str, expected: str) -> str:
    """What became of a case."""
    if QUESTIONS[kind](given, expected):
        return STALE if given in DIFFERENT else PASSED
    return DIFFERS if given in DIFFERENT else FAILED


def reason(given: str) -> str:
    """Why the project differs, where it does."""
    return f"\n    {DIFFERENT[given]}" if given in DIFFERENT else ""


if __name__ == "__main__":
    main()
