"""Versions compared as versions: pairs of tags and the level they must reach."""

import pyarrow as pa
import pytest

from dedup.fields import FIELD_NAMES, FIELDS
from dedup.records import SEPARATOR
from dedup.versions import version_levels

CASES = [
    ((), (), "both plain"),
    (("live",), (), "plain against version"),
    (("edit:radio",), (), "one plain, one version"),
    (("live",), ("live",), "same"),
    (("live",), ("remix:ada lind",), "conflict"),
    (("remix:ada lind",), ("remix:bo berg",), "conflict"),
    (("remix:ada lind",), ("remix:lind ada",), "same"),
    (("remix:ada lind",), ("remix",), "same"),
    (("remaster:2009",), (), "neutral difference"),
    (("remaster:2009",), ("remaster:2015",), "neutral difference"),
    (("part:1",), ("part:2",), "conflict"),
    (("part:1",), ("part:1",), "same"),
    (("part:1",), (), "one plain, one version"),
    (("number:4",), ("number:5",), "conflict"),
    (("explicit",), ("clean",), "conflict"),
    (("explicit",), (), "neutral difference"),
    (("instrumental",), (), "plain against version"),
    (("live",), ("remaster:2009",), "plain against version"),
    (("karaoke",), ("instrumental",), "conflict"),
    (("acoustic", "live"), ("live",), "same"),
    (("instrumental", "remix:ada lind"), ("remix:ada lind",), "conflict"),
    (("demo", "live"), ("live",), "conflict"),
    (("live", "part:1"), ("live", "part:2"), "conflict"),
    (("live:wembley 1985",), ("live:wembley 1986",), "conflict"),
    (("live:forum january 17 1970 first show",), ("live:forum january 17 1970 second show",), "conflict"),
    (("live:wembley 86",), ("live:wembley 1986",), "same"),
    (("live:wembley",), ("live:wembley 1986",), "same"),
    (("live:wembley 12 july 1986",), ("live:wembley 1986",), "same"),
    (("live:wembley 1986 2011 remaster",), ("live:wembley 1986 remastered 2003",), "same"),
    (("live:1985", "live:wembley"), ("live:1986", "live:wembley"), "conflict"),
    (("remix", "remix:ada lind"), ("remix:bo berg",), "conflict"),
    (("live:may 3 2003",), ("live:may 4 2003",), "conflict"),
    (("live:2003 05 03",), ("live:2003 05 04",), "conflict"),
    (("live:3 may 2003",), ("live:2003",), "same"),
    (("version:spanish",), (), "plain against version"),
    (("version:spanish",), ("version:espanol",), "same"),
    (("version:spanish",), ("version:english",), "conflict"),
    (("version:super cool",), (), "one plain, one version"),
    (("8d",), (), "plain against version"),
    (("reversed",), (), "plain against version"),
    (("live", "number:5"), ("number:5",), "plain against version"),
    (("instrumental", "part:2"), ("part:2",), "plain against version"),
    (("number:5", "version:spanish"), ("number:5",), "plain against version"),
    (("excerpt", "movement:1", "number:5"), ("movement:1", "number:5"), "one plain, one version"),
    (("part:2", "version:super cool"), ("part:2",), "one plain, one version"),
    (("number:14", "number:2", "opus:27"), ("number:14",), "same"),
    (("number:14", "number:2"), ("number:13", "number:2"), "conflict"),
    (("extended", "remix:ada lind"), ("edit:radio", "remix:ada lind"), "conflict"),
    (("dub", "remix:ada lind"), ("remix:ada lind",), "one plain, one version"),
    (("alternate",), (), "plain against version"),
    (("alternate",), ("original",), "plain against version"),
    (("voice:male",), ("voice:female",), "conflict"),
    (("voice:female",), (), "plain against version"),
    (("voice:male",), (), "one plain, one version"),
    (("version:spanglish",), ("version:spanish",), "conflict"),
    (("bpm:120",), ("bpm:121",), "conflict"),
    (("bpm:120",), (), "neutral difference"),
    (("interlude:intro",), ("interlude:outro",), "conflict"),
    (("interlude:intro",), ("interlude",), "neutral difference"),
    (("from:dilwale",), ("from:deewane",), "conflict"),
    (("original",), ("edit:radio",), "plain against version"),
    (("original",), ("edit:radio", "original"), "plain against version"),
    (("original",), ("extended",), "plain against version"),
    (("original",), ("vocal",), "plain against version"),
    (("album",), ("edit:radio",), "one plain, one version"),
    (("single",), ("extended",), "plain against version"),
    (("single",), ("edit:radio",), "one plain, one version"),
    (("original",), (), "neutral difference"),
    (("original",), ("piano",), "one plain, one version"),
    (("dub",), (), "plain against version"),
    (("vip",), (), "plain against version"),
    (("vip:ada lind",), ("remix:ada lind",), "conflict"),
    (("mixed",), (), "plain against version"),
    (("mixed", "remix:ada lind"), ("remix:ada lind",), "conflict"),
    (("tool",), (), "plain against version"),
    (("edit:club",), ("club",), "conflict"),
    (("club", "remix:ada lind"), ("edit:radio", "remix:ada lind"), "conflict"),
    (("rerecorded:taylors", "version:taylors"), (), "plain against version"),
    (("rerecorded:taylors", "version:taylors"), ("rerecorded",), "same"),
    (("rerecorded:taylors", "version:taylors"), ("rerecorded:spotify",), "conflict"),
    (("from:star wars",), ("from:star wars a new hope",), "neutral difference"),
]


@pytest.mark.parametrize(("a", "b", "level"), CASES)
def test_version_levels(a: tuple[str, ...], b: tuple[str, ...], level: str) -> None:
    names = [step.name for step in FIELDS[FIELD_NAMES.index("version")].levels]
    left, right = (pa.array([SEPARATOR.join(tags)], pa.large_string()) for tags in (a, b))
    assert names[version_levels(left, right)[0]] == level
    assert names[version_levels(right, left)[0]] == level


def test_many_pairs_at_once_are_as_each_alone() -> None:
    sides = [pa.array([SEPARATOR.join(case[side]) for case in CASES], pa.large_string()) for side in (0, 1)]
    names = [step.name for step in FIELDS[FIELD_NAMES.index("version")].levels]
    assert [names[level] for level in version_levels(*sides)] == [case[2] for case in CASES]
