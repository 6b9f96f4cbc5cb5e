"""Where the artist model starts from, before a catalogue's own releases have been counted.

Level probabilities per field of `artist_evidence.FIELDS`, disagreement first, for two releases of one artist
(`TYPICAL`) and of two (`STRANGERS`). `TYPICAL` was set by hand near what the estimate found on some thousand
credits, and widened towards indifference; a catalogue with few names of several releases leans on it, a large one
overrules it. Strangers' pairs are many in any catalogue, so `STRANGERS` matters only for a field that hardly any
release has.
"""

TYPICAL: dict[str, tuple[float, ...]] = {
    "label": (0.65, 0.35),
    "country": (0.40, 0.60),
    "year": (0.10, 0.14, 0.16, 0.22, 0.38),
    "genre": (0.08, 0.12, 0.25, 0.55),
    "label (compilation)": (0.95, 0.05),
    "country (compilation)": (0.65, 0.35),
    "year (compilation)": (0.12, 0.20, 0.20, 0.24, 0.24),
    "genre (compilation)": (0.15, 0.25, 0.30, 0.30),
    "album": (0.85, 0.15),
    "title": (0.80, 0.20),
    "co-artist": (0.60, 0.40),
    "recording": (0.80, 0.20),
    "upc": (0.95, 0.05),
    "language": (0.15, 0.85),
    "script": (0.04, 0.96),
    "sound": (0.05, 0.10, 0.25, 0.30, 0.30),
}
TYPICAL_WEIGHT = 40.0  # pseudo-pairs behind `TYPICAL`

STRANGERS: dict[str, tuple[float, ...]] = {
    "label": (0.99, 0.01),
    "country": (0.85, 0.15),
    "year": (0.30, 0.30, 0.18, 0.13, 0.09),
    "genre": (0.85, 0.09, 0.04, 0.02),
    "album": (0.99, 0.01),
    "title": (0.999, 0.001),
    "co-artist": (0.99, 0.01),
    "recording": (0.9995, 0.0005),
    "upc": (0.9998, 0.0002),
    "language": (0.40, 0.60),
    "script": (0.20, 0.80),
    "sound": (0.25, 0.25, 0.40, 0.09, 0.01),
}
STRANGERS_WEIGHT = 5.0
SAME_SHARE, SAME_SHARE_WEIGHT = 0.97, 60.0  # few names have namesakes; pseudo-pairs behind that
SAME_SHARE_LEAST = (
    0.8  # chosen on half 1 of the names of `benchmarks.artists`: 2 bits for one artist, whatever is estimated
)
