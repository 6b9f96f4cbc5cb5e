"""`unisono identify`: which recordings of the catalogue a file holds, where and how surely, or none.

The file is encoded at several offsets within a segment's hop; `dedup.recognise` looks it up and aligns it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audio.decode import DecodeLimits, decode, probe
from catalog.errors import AudioError
from catalog.published import Published
from catalog.store import Catalogue
from dedup.recognise import Found, Sound, recognise
from dedup.sound import Side, unpack_codes
from jobs.lookup import codes_by_row, recordings_of, tracks_by_row
from jobs.model_folder import model_folder

if TYPE_CHECKING:
    from embeddings.encode import Encoder
    from embeddings.index_segments import SegmentIndex

PHASES_OF_LONG = 2
"""Offsets within the hop at which a long file is encoded; a short one is at every output of the net."""

LONG_S = 45.0
"""A file of this many seconds is long: it aligns surely from fewer offsets."""

FEW = 8
"""Files up to which the net runs without torch, whose import takes longer than they do."""


@dataclass(frozen=True)
class Match:
    """One recording in the file.

    score: similarity of the aligned codes, 0..1. offset_s: second of the track at which the file begins, negative where
    the file begins earlier. speed: of the file against the track. covered: share of the file.
    """

    track_id: str
    recording_id: str | None
    score: float
    offset_s: float
    speed: float
    covered: float


def identify(catalogue_dir: Path, files: Sequence[Path], *, format: str) -> bool:
    """Print what each file holds; a file that cannot be decoded is said on stderr, the others go on.

    Returns whether all could be heard.
    """
    from jobs.identify_formats import print_matches

    catalogue = Catalogue.open(catalogue_dir)
    found = identify_files(catalogue, files)
    print_matches(catalogue, found, format)
    return not any(isinstance(answer, AudioError) for _, answer in found)


def identify_files(catalogue: Catalogue, files: Sequence[Path]) -> list[tuple[Path, list[Match] | AudioError]]:
    """Every file with its matches, best first and empty where there are none, or why it cannot be heard.

    Raises CatalogError where the catalogue has no index.
    """
    from embeddings.encode import Encoder
    from embeddings.index_segments import SegmentIndex

    index = SegmentIndex.open(catalogue.index_path())
    load = Encoder.quick if len(files) <= FEW else Encoder.load
    encoder = load(model_folder(catalogue.root, catalogue.state))
    found: list[tuple[Path, list[Match] | AudioError]] = []
    for path in files:
        try:
            found.append((path, matches_of(catalogue, index, encoder, path)))
        except AudioError as error:
            found.append((path, error))
    return found


def matches_of(catalogue: Published, index: "SegmentIndex", encoder: "Encoder", path: Path) -> list[Match]:
    """What a file holds, best first. Raises AudioError where it cannot be decoded."""

    def sides_of(rows: Sequence[int]) -> Mapping[int, Side]:
        sides = {row: unpack_codes(*stored) for row, stored in codes_by_row(catalogue, rows).items()}
        return {row: side for row, side in sides.items() if side is not None}

    return _described(catalogue, recognise(heard(encoder, path), index, sides_of, encoder.config.hop_s))


def heard(encoder: "Encoder", path: Path) -> Sound:
    """A file as it is looked up. Raises AudioError where it cannot be decoded.

    A header that states a short length may err, as that of joined files does: laid over every place as an excerpt is,
    hours would take all memory. So what is decoded counts.
    """
    stated = probe(path).seconds
    begun = None
    if stated is None or stated < LONG_S:
        begun = decode(path, rate=encoder.config.features.rate, limits=DecodeLimits(max_seconds=LONG_S))
    if begun is not None and "cut" not in begun.notes:
        analysis = encoder.excerpt(begun.samples)
    else:
        analysis = encoder.analyse(path, hop_s=encoder.config.hop_s / PHASES_OF_LONG)
    return Sound(analysis.codes, analysis.audible, analysis.hop_s, analysis.start_s, analysis.soft)


def _described(catalogue: Published, chosen: list[Found]) -> list[Match]:
    """Each recording once, by its best track."""
    tracks = tracks_by_row(catalogue, "segments", [found.row for found in chosen], ("track_id",))
    recordings = recordings_of(catalogue, [track["track_id"] for track in tracks.values()])
    once: dict[str, Match] = {}
    for found in chosen:
        if found.row not in tracks:
            continue
        alignment, track_id = found.alignment, tracks[found.row]["track_id"]
        match = Match(
            track_id=track_id,
            recording_id=recordings.get(track_id),
            score=round(alignment.similarity, 4),
            offset_s=round(alignment.offset_s - found.start_s, 2),
            speed=round(1 / alignment.speed, 4),
            covered=round(min(1.0, alignment.covered_a), 4),
        )
        once.setdefault(match.recording_id or match.track_id, match)
    return list(once.values())
