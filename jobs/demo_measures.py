"""Measures over a whole sample: pairwise precision and recall of a clustering, and what nearest neighbours share."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np

from dedup.metrics import pairwise
from jobs.demo_answers import Answers, Credit, Known

SHOWN = 4  # examples in a detail
ABOVE_CHANCE = 2.0  # a similarity that means anything at least doubles the share of chance

Key = TypeVar("Key", str, Credit)


@dataclass(frozen=True)
class Check:
    """One line of the demo's result; `detail` names what was missed."""

    name: str
    expected: str
    found: str
    ok: bool
    detail: str = ""


def check_pairs(name: str, truth: Mapping[Key, str], said: Mapping[Key, str]) -> list[Check]:
    """Two checks, of precision and of recall, over all the truth speaks of; a key without an answer stands alone."""
    keys = sorted(truth)
    labels = {key: said.get(key, f"unanswered {key}") for key in keys}
    scores = pairwise([truth[key] for key in keys], list(labels.values()))
    together = {pair for pair in combinations(keys, 2) if labels[pair[0]] == labels[pair[1]]}
    belonging = {pair for pair in combinations(keys, 2) if truth[pair[0]] == truth[pair[1]]}
    wrong, missed = sorted(together - belonging), sorted(belonging - together)
    kept = f"{scores.correct_pairs} of {scores.true_pairs} pairs, recall {scores.recall:.3f}"
    joined = f"{len(wrong)} of {scores.predicted_pairs} pairs, precision {scores.precision:.3f}"
    return [
        Check(f"{name}: none joined wrongly", "0 pairs", joined, not wrong, examples(wrong)),
        Check(f"{name}: all found", f"{scores.true_pairs} pairs", kept, not missed, examples(missed)),
    ]


def examples(pairs: list[tuple[Key, Key]]) -> str:
    """The first few pairs: track ids, and which name of the credit."""
    shown = [
        " + ".join(key if isinstance(key, str) else f"{key[0]} name {key[1] + 1}" for key in pair)
        for pair in pairs[:SHOWN]
    ]
    return "; ".join(shown) + (f"; {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else "")


def check_neighbours(known: Known, answers: Answers) -> Check:
    """How often the most similar other song is by the same artist, against picking any other song.

    Asked are tracks whose artist has another song among those with a vector; tracks of the same song say nothing.
    """
    tracks = sorted(track for track in answers.vectors if (track, 0) in known.artists)
    songs = np.array([known.songs[track] for track in tracks])
    artists = np.array([known.artists[track, 0] for track in tracks])
    name, expected = "similar songs share an artist", f"at least {ABOVE_CHANCE:g} x chance"
    if not tracks:
        return Check(name, expected, "no vectors", False, "run the analysis of the audio")
    vectors = np.stack([answers.vectors[track] for track in tracks])
    others = songs[:, None] != songs[None, :]
    same = (artists[:, None] == artists[None, :]) & others
    nearest = np.where(others, vectors @ vectors.T, -np.inf).argmax(axis=1)
    asked = same.any(axis=1)
    share = float(same[np.arange(len(tracks)), nearest][asked].mean()) if asked.any() else 0.0
    chance = float((same.sum(axis=1) / np.maximum(others.sum(axis=1), 1))[asked].mean()) if asked.any() else 0.0
    found = f"{share:.2f}, chance {chance:.2f} ({int(asked.sum())} asked)"
    return Check(name, expected, found, bool(asked.any()) and share >= ABOVE_CHANCE * chance)
