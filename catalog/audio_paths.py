"""Which file a delivered audio path means: inside its source's folder, or refused.

A path comes from somebody else's table. After following ".." and symbolic links it must still lie in the folder it is
relative to, so that no table can make Unisono read other files. Whether the file exists is the audio stage's question,
except where its name could be read otherwise: a backslash divides folders unless a file is called so.
"""

import os
import re
from functools import lru_cache
from pathlib import Path

from catalog.reading import Reading

OUTSIDE, NOT_A_FILE = "path_outside_source", "not_a_file"
"""Problem codes of refused paths."""

_ADDRESS = re.compile(r"(?i:[a-z][a-z0-9+.-]+://|data:|mailto:)")


def resolve_audio(path: str, root: str) -> tuple[Reading[str], str]:
    """The absolute file and "", or a refusal and its problem code."""
    known = ("\\" in path or _ADDRESS.match(path)) and os.path.lexists(os.path.join(root, path))  # noqa: PTH118
    if _ADDRESS.match(path) and not known:
        return Reading(None, "an address, not a file; download it and give its path"), NOT_A_FILE
    if "\0" in path:
        return Reading(None, "a path holds no zero byte"), NOT_A_FILE
    try:
        file = _real(os.path.join(root, path if known or os.sep != "/" else path.replace("\\", "/")))  # noqa: PTH118
        base = _real_folder(root)
    except (OSError, ValueError, RuntimeError) as error:
        return Reading(None, f"cannot be followed ({error})"), NOT_A_FILE
    if file != base and file.startswith(base.rstrip(os.sep) + os.sep):
        return Reading(file), ""
    return Reading(None, f"leads out of {root}; put the file into that folder"), OUTSIDE


def _real(path: str) -> str:
    """A path without links; the folder's part is followed once for all its files."""
    folder, name = os.path.split(path)
    if name in ("", ".", ".."):
        return str(Path(path).resolve())
    file = os.path.join(_real_folder(folder), name)  # noqa: PTH118
    return str(Path(file).resolve()) if os.path.islink(file) else file  # noqa: PTH114


@lru_cache(1 << 12)
def _real_folder(folder: str) -> str:
    return str(Path(folder or ".").resolve())
