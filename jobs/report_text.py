"""How the report writes values: delivered text made harmless, numbers with separators, times that people read.

Titles are untrusted. Besides HTML they may hold control characters and direction overrides that would reorder the text
around them (Unicode Standard Annex 9), so these are removed and every text stands in its own `bdi` element.
"""

import math
import re

from markupsafe import Markup, escape

LIMIT = 160  # characters of one text
_REMOVED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DIRECTION = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
NOTHING = Markup('<span class="none" aria-label="none">–</span>')


def text(value: object, limit: int = LIMIT) -> Markup:
    """Delivered text as HTML: escaped, isolated, shortened; a dash where there is none."""
    plain = clean(value)
    if not plain:
        return NOTHING
    short = plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"
    return Markup("<bdi>{}</bdi>").format(escape(short))


def clean(value: object) -> str:
    """Text on one line without control characters and without overrides of its direction."""
    if value is None:
        return ""
    return " ".join(_DIRECTION.sub("", _REMOVED.sub(" ", str(value))).split())


def number(value: float | None, digits: int = 0) -> str:
    """1234.5 -> 1,234 (or with `digits` decimals); a dash for nothing."""
    return "–" if value is None or math.isnan(value) else f"{value:,.{digits}f}"


def signed(bits: float) -> str:
    """A weight with its sign, one decimal: +3.2, −1.0, 0.0."""
    return f"{abs(bits):.1f}" if abs(bits) < 0.05 else f"{'+' if bits > 0 else '−'}{abs(bits):.1f}"


def clock(seconds: float | None) -> str:
    """245.3 -> 4:05; 3725 -> 1:02:05; empty for nothing."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def elapsed(seconds: float) -> str:
    """How long something took: 0.4 s, 12 s, 3 min 20 s, 2 h 05 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def percent(share: float | None) -> str:
    """0.1234 -> 12.3%; never 100% or 0% for what is merely close to it."""
    if share is None or math.isnan(share):
        return "–"
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}%".replace(".0%", "%")


def probability(value: float) -> str:
    """A probability with the digits that matter near its ends: 0.52, 0.9993, >0.9999."""
    if value > 0.9999:
        return ">0.9999"
    if value < 0.0001:
        return "<0.0001"
    return f"{value:.4f}" if value > 0.99 or value < 0.01 else f"{value:.2f}"
