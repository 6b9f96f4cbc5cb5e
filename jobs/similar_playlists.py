"""Answers as playlists: M3U8 (UTF-8, with #EXTINF lines), XSPF version 1 (xspf.org) and its JSON form, JSPF.

A player can only play what has a file, so M3U leaves out tracks without one and says so; XSPF and JSPF name them by
title and artist, as both allow.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from jobs.console import note
from jobs.similar_answers import Answer

_NAMESPACE = "http://xspf.org/ns/0/"
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def m3u(answers: Sequence[Answer]) -> str:
    """An M3U8 playlist of the tracks that have a file."""
    lines = ["#EXTM3U"]
    for a in answers:
        if a.audio_file is None or _NOT_IN_A_LINE.search(a.audio_file):
            note(f"{a.track_id}: has no audio file that a playlist can name, and is left out")
            continue
        seconds = -1 if a.duration_s is None else round(a.duration_s)
        lines += [f"#EXTINF:{seconds},{_line(a.artist)} - {_line(a.title)}", a.audio_file]
    return "\n".join(lines) + "\n"


def jspf(query: str, answers: Sequence[Answer]) -> dict[str, object]:
    """The value of a JSPF file."""
    tracks = []
    for a in answers:
        track = _described(a)
        tracks.append(track | {name: [track[name]] for name in ("identifier", "location") if name in track})
    return {"playlist": {"title": f"Sounds like {query}", "creator": "Unisono", "track": tracks}}


def xspf(query: str, answers: Sequence[Answer]) -> str:
    """An XSPF file."""
    from xml.etree import ElementTree as ET

    playlist = ET.Element("playlist", {"version": "1", "xmlns": _NAMESPACE})
    ET.SubElement(playlist, "title").text = _xml(f"Sounds like {query}")
    ET.SubElement(playlist, "creator").text = "Unisono"
    tracks = ET.SubElement(playlist, "trackList")
    for a in answers:
        track, described = ET.SubElement(tracks, "track"), _described(a)
        for name in ("location", "identifier", "title", "creator", "album", "duration"):
            if name in described:
                ET.SubElement(track, name).text = _xml(str(described[name]))
    ET.indent(playlist)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(playlist, encoding="unicode") + "\n"


def _described(a: Answer) -> dict[str, object]:
    """What both formats say of a track; the identifier is a URN, as both ask for a URI, and durations are in ms."""
    from urllib.parse import quote

    track: dict[str, object] = {"identifier": f"urn:unisono:{quote(a.track_id, safe='')}"}
    if a.audio_file:
        track["location"] = Path(a.audio_file).as_uri()
    if a.duration_s is not None:
        track["duration"] = round(1000 * a.duration_s)
    named = {"title": a.title, "creator": a.artist, "album": a.album}
    return track | {name: value for name, value in named.items() if value}


def _line(text: str | None) -> str:
    """A text in one line, as playlists have it."""
    return _NOT_IN_A_LINE.sub("", " ".join((text or "").split()))


def _xml(text: str) -> str:
    """Without the characters that no XML may hold, escaped or not."""
    return _NOT_XML.sub("", text)
