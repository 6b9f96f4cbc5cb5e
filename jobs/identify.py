"""`unisono identify`: which recordings of the catalogue a file holds, where and how surely, or none.

The file is encoded at several offsets within a segment's hop, since an excerpt begins anywhere. Its codes vote for
tracks through the segment index; the tracks with most votes are aligned with the file, and what aligns too loosely for
its length is no match.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audio.align import Alignment, align
from audio.decode import probe
from catalog.errors import AudioError
from catalog.store import Catalogue
from dedup.sound import unpack_codes
from jobs.lookup import codes_by_row, model_folder, recordings_of, tracks_by_row

if TYPE_CHECKING:
    from embeddings.encode import Encoder
    from embeddings.index import SegmentIndex

Codes = NDArray[np.uint8]
Marks = NDArray[np.bool_]

PHASES, PHASES_OF_LONG = 5, 2
"""Offsets within the hop at which a short and a long file are encoded. The hop must divide into whole frames of the
model, 0.02 s."""

LONG_S = 45.0
"""A file of this many seconds or of unknown length is long: it aligns surely from fewer offsets."""

NEIGHBOURS = 8
"""Nearest segments that each of the file's segments votes for."""

ALIGNED = 12
"""Tracks with most votes that are aligned."""


SURE = 0.5
"""Least similarity of a long stretch; a short one needs more: the best of many places is always a bit alike."""

SHORT_SEGMENTS, SHORT_MORE = 3.0, 0.15
"""A stretch of n segments needs `SHORT_MORE * SHORT_SEGMENTS / n` more, at most `SHORT_MORE`."""

SEPARATE = 0.5
"""Share of a stretch that may lie inside a better one before it is taken for the same place heard again."""


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


def identify(catalogue_dir: Path, files: Sequence[Path], *, format: str) -> None:
    """Print what each file holds; a file that cannot be decoded is said on stderr, the others go on."""
    from jobs.identify_formats import print_matches

    catalogue = Catalogue.open(catalogue_dir)
    print_matches(catalogue, identify_files(catalogue, files), format)


def identify_files(catalogue: Catalogue, files: Sequence[Path]) -> list[tuple[Path, list[Match] | AudioError]]:
    """Every file with its matches, best first and empty where there are none, or why it cannot be heard.

    Raises CatalogError where the catalogue has no index.
    """
    from embeddings.encode import Encoder
    from embeddings.index import SegmentIndex

    index = SegmentIndex.open(catalogue.index_path())
    encoder = Encoder.load(model_folder(catalogue))
    found: list[tuple[Path, list[Match] | AudioError]] = []
    for path in files:
        try:
            found.append((path, _matches(catalogue, index, encoder, path)))
        except AudioError as error:
            found.append((path, error))
    return found


def _matches(catalogue: Catalogue, index: "SegmentIndex", encoder: "Encoder", path: Path) -> list[Match]:
    hop_s, count = encoder.config.hop_s, _phases(path)
    analysis = encoder.analyse(path, hop_s=hop_s / count)
    phases = [(analysis.codes[phase::count], analysis.audible[phase::count]) for phase in range(count)]
    rows = _voted(index, analysis.codes[analysis.audible])
    tracks = {row: unpack_codes(*stored) for row, stored in codes_by_row(catalogue, rows).items()}
    stretches = [
        (row, phase, _aligned(phases[phase], codes, hop_s))
        for row, codes in tracks.items()
        if codes is not None
        for phase in range(count)
    ]
    return _described(catalogue, _chosen(stretches), hop_s / count)


def _phases(path: Path) -> int:
    seconds = probe(path).seconds
    return PHASES if seconds is not None and seconds < LONG_S else PHASES_OF_LONG


def _voted(index: "SegmentIndex", codes: Codes) -> list[int]:
    """Rows of the tracks that most of the file's segments resemble."""
    if not len(codes):
        return []
    share, rows, _ = index.search(codes, NEIGHBOURS)
    votes: defaultdict[int, float] = defaultdict(float)
    for row, weight in zip(rows.ravel().tolist(), share.ravel().tolist(), strict=True):
        if row >= 0:
            votes[row] += max(0.0, 2 * weight - 1) ** 2
    return sorted(votes, key=lambda row: -votes[row])[:ALIGNED]


def _aligned(file: tuple[Codes, Marks], track: tuple[Codes, Marks], hop_s: float) -> Alignment:
    return align(file[0], track[0], hop_s=hop_s, audible_a=file[1], audible_b=track[1])


def _surely(alignment: Alignment) -> bool:
    count = alignment.matched_segments
    return count > 0 and alignment.similarity >= SURE + SHORT_MORE * min(1.0, SHORT_SEGMENTS / count)


def _chosen(stretches: list[tuple[int, int, Alignment]]) -> list[tuple[int, int, Alignment]]:
    """The best stretch of every track, best first, without those that a better one of another track explains."""
    ranked = sorted(
        (item for item in stretches if _surely(item[2])),
        key=lambda item: -item[2].similarity * item[2].matched_segments,
    )
    chosen: list[tuple[int, int, Alignment]] = []
    for row, phase, found in ranked:
        if all(row != other and not _inside(found, better) for other, _, better in chosen):
            chosen.append((row, phase, found))
    return chosen


def _inside(one: Alignment, better: Alignment) -> bool:
    """Whether most of a stretch of the file lies in a better one that fits clearly better."""
    start, end = one.start_a_s, one.start_a_s + one.seconds
    shared = min(end, better.start_a_s + better.seconds) - max(start, better.start_a_s)
    return shared > SEPARATE * one.seconds and one.similarity < better.similarity - 0.05


def _described(catalogue: Catalogue, chosen: list[tuple[int, int, Alignment]], phase_s: float) -> list[Match]:
    """Each recording once, by its best track."""
    tracks = tracks_by_row(catalogue, "segments", [row for row, _, _ in chosen], ("track_id",))
    recordings = recordings_of(catalogue, [track["track_id"] for track in tracks.values()])
    once: dict[str, Match] = {}
    for row, phase, found in chosen:
        if row not in tracks:
            continue
        match = Match(
            track_id=tracks[row]["track_id"],
            recording_id=recordings.get(tracks[row]["track_id"]),
            score=round(found.similarity, 4),
            offset_s=round(found.offset_s - phase * phase_s, 2),
            speed=round(1 / found.speed, 4),
            covered=round(min(1.0, found.covered_a), 4),
        )
        once.setdefault(match.recording_id or match.track_id, match)
    return list(once.values())
