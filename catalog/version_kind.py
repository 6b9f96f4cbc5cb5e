"""One kind of version: how it is called in print and what it means for identity."""

from dataclasses import dataclass

RECORDING = "recording"
"""Another recording than the plain title's."""

NEUTRAL = "neutral"
"""Says where or how the recording was published; does not make another one."""


@dataclass(frozen=True)
class VersionKind:
    """A row of the version vocabulary.

    kind: the tag. effect: `RECORDING` or `NEUTRAL`. words: printed phrases in any script, separated by " | ", compared
    in folded form. head: the words may end a phrase whose beginning is free ("Mirko Loko Remix"); all others count only
    in phrases made of nothing but version words. yes, no: examples that tests run, phrases which must be read as this
    kind, and which must not be read as any, where they stand in brackets.
    """

    kind: str
    effect: str
    words: str
    head: bool = False
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
