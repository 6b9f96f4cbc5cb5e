"""Version phrases whose wording is free but whose form is not: "Live at ...", "In the style of ...", "remixed by ...".

A rule must fit a whole folded phrase; its group is the detail of the tag.
"""

import re

from catalog.versions import LANGUAGES

_HOSTS = "spotify|amazon(?: music)?|deezer|apple music|itunes|youtube(?: music)?|tidal|vevo|bbc|kexp|npr|audiotree"
"""Who has songs recorded anew, under names of its own: "Spotify Singles", "Amazon Original", "Vevo Live"."""

RULES = tuple(
    (re.compile(pattern), tag)
    for pattern, tag in (
        (r"(?:recorded )?live(?: acoustic)? (?:at|in|from|on|auf|aus|im|en|au|bei) (.+)", "live"),
        (r"(?:recorded )?live(?: version| recording)? ((?:19|20)\d\d.*|.+ (?:19|20)\d\d)", "live"),
        (r"(?:19|20)\d\d.* live (?:at|in|from|on) (.+)", "live"),
        (r"(?:en vivo|ao vivo|en directo|dal vivo|en direct) (?:en|em|desde|da|a|au|at|no|na) (.+)", "live"),
        (r"(?:.* )?(?:as )?(?:made famous|made popular|originally performed|popularized) by (.+)", "karaoke"),
        (r"(?:karaoke(?: version)? |instrumental (?:version )?)?in (?:the )?style of (.+)", "karaoke"),
        (r"(?:.* )?tribute to (.+)", "tribute"),
        (r"remix(?:ed)? (?:by|von|par|de) (.+)", "remix"),
        (r"(.+) (?:re)?mix (?:of|to|for) .+|.+ (?:re)?mix by (.+)", "remix"),
        (r"cover(?: version)? (?:of|by) (.+)|(.+) cover version", "cover"),
        (r"(?:.* )?renditions? of (.+)", "cover"),
        (r"(?:.* )?((?:live lounge|tiny desk)(?: concert| session)?(?: (?:19|20)\d\d)?)", "live"),
        (rf"({_HOSTS}) live(?: .+)?", "live"),
        (rf"({_HOSTS}) (?:singles?|originals?|dscvr)", "rerecorded"),
        (r"recorded at (spotify .+)|a? ?(colors) show", "rerecorded"),
        (r"recorded at (.+)", "session"),
        (r"(?!.*\b(?:live|version)\b)(.+) unplugged", "acoustic"),
        (rf"(?:(?:versi[a-z]+ )?(?:in|en|em|auf) )?({'|'.join(sorted(LANGUAGES))})", "version"),
        (r"(?:8|16) ?bit(?: version)?", "chiptune"),
        (r"prod(?:uced|uction)?(?: by)? (.+)", "producer"),
        (
            r"from (?:the )?(?:.* )?(?:motion picture|soundtrack|film|movie|musical|series|game)"
            r"(?: (?:version|edit|mix|score|ost)| (.+))?",
            "from",
        ),
        (r"((?:19|20)\d\d)", "year"),
        (r"(?:disc|disk|disco|disque|cd|dvd|lp) ?(\d{1,2}|[a-d])", "disc"),
        (r"(?:19|20)\d\d (?:19|20)?\d\d|unknown|new|", ""),
    )
)
"""Pattern of a whole folded phrase, and the kind of its tag; an empty kind says nothing but is no title either."""

_WORDS = frozenset(
    "in en em auf live vivo direct directo by style tribute remix remixed mix cover prod produced production from "
    "unknown new rendition renditions lounge tiny recorded colors unplugged spotify amazon deezer itunes youtube tidal "
    "vevo bbc kexp npr audiotree apple".split()
) | frozenset(LANGUAGES)
_STARTS = (*"0123456789", "dis", "cd", "dvd", "lp")
"""A phrase with neither such a word nor such a start fits no rule; most phrases have none."""

QUOTED_SOURCE = re.compile(
    r"from (?:the )?(?:''|[\"“‘'«„])?\s*(?P<work>.+?)\s*(?:''|[\"”’'»“])\s*(?:soundtrack|ost)?", re.IGNORECASE
)
"""A film or show that is named in quotes, in the printed phrase: `From "Frozen"`."""


def tags_by_rule(folded: str) -> tuple[str, ...] | None:
    """Tags of a folded phrase, None where no rule fits."""
    if folded and _WORDS.isdisjoint(folded.split()) and not folded.startswith(_STARTS):
        return None
    for pattern, kind in RULES:
        if match := pattern.fullmatch(folded):
            detail = next((group for group in match.groups() if group), "")
            return () if not kind else (f"{kind}:{detail}",) if detail else (kind,)
    return None
