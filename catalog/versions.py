"""The vocabulary of version words: which phrases say that a recording is not the plain one, and what they mean.

`effect` follows the project's definition of a recording: a remix is another recording, a remaster is not. The rows
stand in `performance_words`, `mix_words` and `release_words`, with examples that tests run; `catalog.version_phrases`
reads phrases by them.
"""

from functools import cache

from catalog.mix_words import MIXES
from catalog.performance_words import PERFORMANCES
from catalog.release_words import RELEASES
from catalog.text import fold
from catalog.version_kind import NEUTRAL, VersionKind

KINDS = (*PERFORMANCES, *MIXES, *RELEASES)

RULE_KINDS = {"year": NEUTRAL, "from": NEUTRAL, "producer": NEUTRAL, "disc": NEUTRAL, "bpm": NEUTRAL}
"""Kinds that are read by rules (`catalog.version_rules`) instead of words, and their effect."""

NUMBERED_KINDS = frozenset(["part", "volume", "movement", "opus", "number", "catalogue", "book", "act", "scene"])
"""Kinds whose detail is a number that tells works apart (`catalog.part_numbers`)."""

NEUTRAL_KINDS = frozenset([*(row.kind for row in RELEASES), *RULE_KINDS])
"""Kinds that do not make another recording."""

LANGUAGES = {
    word: words.split()[0]
    for words in (
        "english ingles anglais englisch inglese", "spanish espanol castellano spanisch spagnolo",
        "german deutsch aleman allemand", "french francais frances", "italian italiano",
        "portuguese portugues", "japanese", "korean", "chinese", "mandarin", "cantonese", "russian", "spanglish",
        "hindi", "tamil", "telugu", "malayalam", "kannada", "punjabi", "bengali", "marathi", "gujarati", "urdu",
        "thai", "vietnamese", "indonesian", "arabic", "hebrew", "turkish", "greek",
    )
    for word in words.split()
}  # fmt: skip
"""Folded names of languages, as they stand in titles -> one of each: what is sung in one is no other's recording."""

CONTEXT_ONLY = frozenset(
    "special limited gold complete platinum international standard premium legacy tour fan definitive enhanced short "
    "exclusive alt club radio main official score playback stripped hd release stream uncut album collector collectors "
    "preview".split()
)
"""Words that are version words beside others ("Special Edition") but titles of their own when alone ("Special")."""


@cache
def vocabulary() -> dict[tuple[str, ...], VersionKind]:
    """Folded words of every phrase -> its kind."""
    return {tuple(fold(phrase).split()): row for row in KINDS for phrase in row.words.split(" | ")}


@cache
def first_words() -> frozenset[str]:
    """The words that phrases of the vocabulary start with."""
    return frozenset(words[0] for words in vocabulary())
