"""How far what is learnt from is changed, by name; `embeddings.perturb` does it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Changes:
    """How far segments are changed.

    bins: by how many music is moved up or down. stretch: how many times faster or slower it is played. voices: of the
    crowd underneath, at most. mixed: share of segments with something underneath. noise_db: above the segment's power.
    """

    bins: int
    stretch: float
    voices: int
    mixed: float
    noise_db: float


MILD = Changes(bins=4, stretch=1.0, voices=1, mixed=0.25, noise_db=0.0)
STRONG = Changes(bins=6, stretch=1.3, voices=6, mixed=0.33, noise_db=3.0)
CHANGES = {"mild": MILD, "strong": STRONG}
"""By name. What they bring and cost is in `docs/audio.md`."""
