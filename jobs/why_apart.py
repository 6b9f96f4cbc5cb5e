"""Why two tracks are apart, or together against their own weight: labels, other tracks, or nobody compared them."""

from typing import Any

import pyarrow.dataset as ds

from catalog.published import Published
from dedup.candidates import DURATION_STEP_S, Blocking
from dedup.grams import GRAM
from jobs.labelled import Said
from jobs.lookup import among, members_of
from jobs.matches import REMARKABLE

Track = dict[str, Any]
COPIED = frozenset(["title and artist", "the ISRC"])
"""Keys of which all pairs are compared, unless too many tracks have one (`dedup.blocks`)."""


def why_joined(said: Said, alone: bool) -> str:
    """What joined two tracks, where it is not their own weight. alone: whether that is enough."""
    if said.directly:
        return "; labelled the same"
    if said.follows:
        return "; labelled the same, by way of other tracks"
    return "" if alone else "; joined by other tracks of it, this pair alone would not merge"


def why_told_apart(said: Said) -> list[str]:
    """What labels say of two tracks that are apart."""
    if said.directly:
        return ["labelled the same, which other labels forbid"]
    if said.directly is False:
        return ["labelled different"]
    return ["labelled different, by way of other tracks"] if said.follows is False else []


def why_unlisted(catalogue: Published, a: Track, b: Track, bits: float) -> str:
    """Why a pair is not in `matches`. Every compared pair of `REMARKABLE` bits or more is."""
    if promised(catalogue) and a["source"] == b["source"]:
        return f"distinct: never compared, source {a['source']} promises to list a recording once"
    if bits < REMARKABLE:
        return f"distinct: less than {REMARKABLE:+.0f} bits, too unlike to be listed"
    return f"distinct: never compared; {_shared(a, b)}"


def promised(catalogue: Published) -> bool:
    """Whether the published matches rest on the promise that a source lists a recording once."""
    return catalogue.manifest("matches").parameters.get("unique_within") == "source"


def _shared(a: Track, b: Track) -> str:
    """What the two have in common of the keys that candidates come from."""
    keys = [name for name, both in _keys(a, b) if both is not None and both[0] == both[1]]
    ours, theirs = _pieces(a), _pieces(b)
    pieces = f"{len(ours & theirs)} of {min(len(ours), len(theirs))} pieces of text"
    common = f"they have {' and '.join(keys)} and {pieces} in common" if keys else f"they have {pieces} in common"
    if COPIED.isdisjoint(keys):
        return common + ", none of them rare enough, or too little text alike besides"
    return common + f"; of more than {Blocking.copies} such tracks only some pairs are compared"


def _keys(a: Track, b: Track) -> list[tuple[str, tuple[Any, Any] | None]]:
    """Name and both values of every exact key; None where a side lacks one."""
    wanted: list[tuple[str, tuple[str, ...]]] = [
        ("title and artist", ("title_core", "artist_core")),
        ("album and position", ("album_core", "position")),
        ("artist and duration", ("artist_core", "duration_s")),
        ("the ISRC", ("isrc_code",)),
    ]
    return [(name, _both(a, b, fields)) for name, fields in wanted]


def _both(a: Track, b: Track, fields: tuple[str, ...]) -> tuple[Any, Any] | None:
    values = [[_step(track[field]) for field in fields] for track in (a, b)]
    return None if any(value in (None, "") for side in values for value in side) else (values[0], values[1])


def _step(value: Any) -> Any:
    return value // DURATION_STEP_S if isinstance(value, float) else value


def _pieces(track: Track) -> set[str]:
    """The pieces of a track's texts that candidates are found by."""
    texts = (f" {track[name]} " for name in ("title_core", "artist_core", "album_core") if track[name])
    return {text[start : start + GRAM] for text in texts for start in range(len(text) - GRAM + 1)}


def _ids(pair: Track) -> set[str]:
    return {pair["track_id_a"], pair["track_id_b"]}


def why_not_joined(catalogue: Published, a: Track, b: Track, recordings: dict[str, str]) -> list[str]:
    """What keeps two recordings apart though two of their tracks agree: a source twice, or a pair that differs."""
    ids = [recordings[track["track_id"]] for track in (a, b)]
    members = members_of(catalogue, ids)
    everyone = [track for recording in ids for track in members[recording]]
    table = catalogue.read("tracks", ["track_id", "source"], among("track_id", everyone))
    source = dict(zip(table.column("track_id").to_pylist(), table.column("source").to_pylist(), strict=True))
    sides = [{source[track] for track in members[recording]} for recording in ids]
    reasons = []
    if promised(catalogue) and sides[0] & sides[1]:
        reasons.append(f"kept apart: together they would hold two tracks of source {min(sides[0] & sides[1])}")
    between = ds.field("track_id_a").isin(everyone) & ds.field("track_id_b").isin(everyone)
    pairs = catalogue.read("matches", ["track_id_a", "track_id_b", "decision"], between).to_pylist()
    against = [pair for pair in pairs if pair["decision"] != "merge" and _ids(pair) != {a["track_id"], b["track_id"]}]
    told = [f"kept apart: {pair['track_id_a']} and {pair['track_id_b']} are not the same" for pair in against[:1]]
    return [*reasons, *told]
