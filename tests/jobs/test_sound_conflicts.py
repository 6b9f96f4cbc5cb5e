"""Sound and names that contradict each other are told from copies, versions and strangers."""

import numpy as np
import pytest

from dedup.decide import same_names_other_sound, same_sound_other_names
from dedup.fields import FIELD_NAMES, MISSING, level_of
from dedup.weights import Levels
from jobs.sound_conflicts import SAME_NAMES, SAME_SOUND


def levels(**said: str) -> Levels:
    row = np.full((1, len(FIELD_NAMES)), MISSING, np.int8)
    for field, level in said.items():
        row[0, FIELD_NAMES.index(field)] = level_of(field, level)
    return row


CASES = [
    ({"title": "different", "artist": "different", "audio": "same sound"}, SAME_SOUND),
    ({"title": "different", "audio": "same sound"}, SAME_SOUND),
    ({"audio": "same sound"}, None),  # nothing contradicts: names are missing
    ({"title": "exact", "artist": "different", "audio": "same sound"}, None),  # a name agrees
    ({"title": "different", "artist": "different", "audio": "similar sound"}, None),
    ({"title": "different", "artist": "different", "audio": "same sound in part"}, None),
    ({"title": "exact", "artist": "exact", "version": "both plain", "audio": "other sound"}, SAME_NAMES),
    ({"title": "exact, common title", "artist": "near", "audio": "other sound"}, SAME_NAMES),
    ({"title": "exact", "artist": "exact", "version": "conflict", "audio": "other sound"}, None),  # a live take
    ({"title": "exact", "artist": "exact", "version": "plain against version", "audio": "other sound"}, None),
    ({"title": "exact", "artist": "different", "audio": "other sound"}, None),  # a cover
    ({"title": "exact", "artist": "exact", "version": "both plain", "audio": "similar sound"}, None),
]


@pytest.mark.parametrize(("said", "code"), CASES)
def test_contradictions(said: dict[str, str], code: str | None) -> None:
    assert bool(same_sound_other_names(levels(**said))[0]) == (code == SAME_SOUND)
    assert bool(same_names_other_sound(levels(**said))[0]) == (code == SAME_NAMES)
