"""Recognition on codes drawn at random: places, phases, several recordings in one sound, none in strangers."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from dedup.recognise import LEAST_TRACKS, Index, Sound, aligned, recognise, voted
from dedup.sound import Side

Codes = NDArray[np.uint8]
TRACKS = 50


def codes(rng: np.random.Generator, n: int) -> Codes:
    return rng.integers(0, 256, (n, 16), np.uint8)


def worn(rng: np.random.Generator, sound: Codes, share: float) -> Codes:
    """The codes with that share of their bits flipped."""
    return np.packbits(np.unpackbits(sound, axis=1) ^ (rng.random((len(sound), 128)) < share), axis=1)


@pytest.fixture
def library(rng: np.random.Generator) -> dict[int, Side]:
    return {7 * n: (codes(rng, 60), np.ones(60, bool)) for n in range(TRACKS)}


class Exact:
    """Exact search by brute force, in the manner of the index; nothing is scanned unless `scans`."""

    def __init__(self, library: Mapping[int, Side], *, scans: bool) -> None:
        self._library, self._scans = library, scans
        self._codes = np.concatenate([side[0] for side in library.values()])
        self._rows = np.repeat(list(library), [len(side[0]) for side in library.values()])
        self._places = np.concatenate([np.arange(len(side[0]), dtype=np.float32) for side in library.values()])

    def search(self, queries: Codes, k: int) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
        distance = np.bitwise_count(queries[:, None] ^ self._codes[None]).sum(axis=2)
        best = np.argsort(distance, axis=1, kind="stable")[:, :k]
        share = 1 - np.take_along_axis(distance, best, 1) / 128
        return share.astype(np.float32), self._rows[best], self._places[best]

    def scan(self, soft: NDArray[np.float32], begins_s: NDArray[np.float64], count: int) -> list[int]:
        return list(self._library)[:count] if self._scans else []


def searching(library: Mapping[int, Side], *, scans: bool = False) -> Index:
    return Exact(library, scans=scans)


def found_in(sound: Sound, library: Mapping[int, Side], *, scans: bool = False) -> list[tuple[int, int]]:
    """(row, offset in whole seconds from the sound's beginning) of every match."""

    def sides(rows: Sequence[int]) -> Mapping[int, Side]:
        return {row: library[row] for row in rows}

    found = recognise(sound, searching(library, scans=scans), sides, 1.0)
    return [(match.row, round(match.alignment.offset_s - match.start_s)) for match in found]


@pytest.mark.parametrize(("start", "length", "share"), [(0, 60, 0.2), (20, 8, 0.15), (40, 1, 0.1), (59, 1, 0.0)])
def test_an_excerpt_is_found_at_its_place(
    rng: np.random.Generator, library: dict[int, Side], start: int, length: int, share: float
) -> None:
    part = worn(rng, library[35][0][start : start + length], share)
    assert found_in(Sound(part, np.ones(length, bool), 1.0), library) == [(35, start)]


def test_the_phase_that_fits_is_found(rng: np.random.Generator, library: dict[int, Side]) -> None:
    fine = codes(rng, 40)
    fine[3::4] = worn(rng, library[70][0][5:15], 0.1)  # segments three quarters of a second into the sound, and on
    found = found_in(Sound(fine, np.ones(40, bool), 0.25, start_s=-0.5), library)
    assert found == [(70, 5)]  # the sound begins a quarter of a second before second 5


def test_a_mix_holds_several_and_each_once(rng: np.random.Generator, library: dict[int, Side]) -> None:
    mix = worn(rng, np.concatenate([library[14][0][10:30], library[0][0][:25], library[63][0][30:60]]), 0.12)
    found = found_in(Sound(mix, np.ones(len(mix), bool), 1.0), library)
    assert sorted(found) == [(0, -20), (14, 10), (63, -15)]


@pytest.mark.parametrize("length", [1, 10, 200])
def test_a_stranger_is_nobody(rng: np.random.Generator, library: dict[int, Side], length: int) -> None:
    assert found_in(Sound(codes(rng, length), np.ones(length, bool), 1.0), library) == []


def test_silence_is_nobody_even_where_its_codes_are_stored(library: dict[int, Side]) -> None:
    assert found_in(Sound(library[7][0], np.zeros(60, bool), 1.0), library) == []
    assert found_in(Sound(np.zeros((0, 16), np.uint8), np.zeros(0, bool), 1.0), library) == []


def test_the_work_is_bounded(rng: np.random.Generator, library: dict[int, Side]) -> None:
    assert len(voted(Sound(codes(rng, 20), np.ones(20, bool), 1.0), searching(library))) == LEAST_TRACKS


def test_sure_bits_weigh_more(rng: np.random.Generator, library: dict[int, Side]) -> None:
    true = np.unpackbits(library[21][0][30:38], axis=1) * 2.0 - 1
    unsure = rng.random(true.shape) < 0.5
    flipped = unsure & (rng.random(true.shape) < 0.7)  # a third of the bits, all of them unsure ones
    soft = (np.where(flipped, -true, true) * np.where(unsure, 0.1, 1.0)).astype(np.float32)
    part = np.packbits(soft > 0, axis=1)
    assert found_in(Sound(part, np.ones(8, bool), 1.0), library) == []
    assert found_in(Sound(part, np.ones(8, bool), 1.0, soft=soft), library) == [(21, 30)]


def test_an_excerpt_that_no_segment_gives_away_is_found_by_all_of_them(
    rng: np.random.Generator, library: dict[int, Side]
) -> None:
    part = worn(rng, library[49 * 7][0][10:40], 0.36)
    soft = np.where(np.unpackbits(part, axis=1) > 0, 1.0, -1.0).astype(np.float32)
    excerpt = Sound(part, np.ones(30, bool), 1.0, soft=soft)
    best = aligned(excerpt, searching(library, scans=True), lambda rows: {row: library[row] for row in rows}, 1.0)
    assert max(best, key=lambda found: found.strength).row == 49 * 7


def test_an_excerpt_in_fine_steps_lies_where_it_was_cut(rng: np.random.Generator) -> None:
    steps = np.cumsum(rng.normal(size=(240, 128)), axis=0)
    steps -= np.stack([np.convolve(column, np.ones(9) / 9, "same") for column in steps.T], axis=1)  # four a second
    track: Side = (np.packbits(steps[::4] > 0, axis=1), np.ones(60, bool))
    off = []
    for begin in range(41, 61):
        part = steps[begin : begin + 80].astype(np.float32)
        sound = Sound(np.packbits(part > 0, axis=1), np.ones(80, bool), 0.25, soft=part)
        off.append(sound.aligned(0, track, 1.0)[0].alignment.offset_s - begin / 4)
    assert np.median(off) == pytest.approx(0, abs=0.06)
