"""The audio files of a folder, by suffix, in a fixed order and without leaving the folder.

Hidden files and folders are passed over, links to folders are not followed, and a link to a file counts only where the
file lies inside the folder. What cannot be looked at counts, so that it is reported and not lost.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

AUDIO_SUFFIXES = frozenset(
    (
        *(".mp3", ".mp2", ".flac", ".ogg", ".oga", ".opus", ".wav", ".m4a", ".m4b", ".mp4", ".aac", ".aif", ".aiff"),
        *(".wma", ".aifc", ".ape", ".dsf", ".mka", ".mpc", ".tta", ".wv"),
    )
)


def audio_files(folder: Path, others: Counter[str], refused: Callable[[OSError], None]) -> Iterator[Path]:
    """Audio files below `folder`, sorted folder by folder; files of other kinds are counted into `others` by suffix.

    `refused` is told of every folder that cannot be listed.
    """
    root = folder.resolve()
    for base, folders, names in os.walk(folder, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(base, name)
            if name.startswith(".") or not _inside(path, root):
                continue
            if path.suffix.lower() in AUDIO_SUFFIXES:
                yield path
            else:
                others[path.suffix.lower() or "no suffix"] += 1


def _inside(path: Path, root: Path) -> bool:
    """Whether the path is a file of this folder; a link that is broken, or leads round in a circle, is one too."""
    try:
        if not path.is_symlink():
            return path.is_file()
        file = path.resolve()
        return file.is_relative_to(root) and (file.is_file() or not file.exists())
    except (OSError, RuntimeError):
        return True


def is_utf8(path: Path) -> bool:
    """Whether a path is text: tables can hold it."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def shown(path: Path | str) -> str:
    """A path for messages, bytes that are not UTF-8 escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
