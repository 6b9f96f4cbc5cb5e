"""What `unisono doctor` found: one line a subject, with the mend where something is missing."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "missing"]


@dataclass(frozen=True)
class Finding:
    """One line of the table: what was looked at, whether it is there, what was seen, and the mend where it is not."""

    subject: str
    state: State
    seen: str
    mend: str = ""
