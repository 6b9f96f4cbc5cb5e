"""Halves of names: thresholds are chosen on one and reported on the other."""

import hashlib


def half_of(name: str) -> int:
    """0 or 1, the same for a text in every run: the half that thresholds may be chosen on, and the one to report."""
    return hashlib.blake2b(name.encode(), digest_size=1).digest()[0] % 2
