"""The audio files of a folder, by suffix, in a fixed order and without leaving the folder.

Hidden files and folders are passed over, links to folders are not followed, and a link to a file counts only where the
file lies inside the folder.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

AUDIO_SUFFIXES = frozenset(
    (".mp3", ".mp2", ".flac", ".ogg", ".oga", ".opus", ".wav", ".m4a", ".m4b", ".mp4", ".aac", ".aif", ".aiff", ".wma")
)


def audio_files(folder: Path, others: Counter[str]) -> Iterator[Path]:
    """Audio files below `folder`, sorted folder by folder; files of other kinds are counted into `others` by suffix."""
    root = folder.resolve()
    for base, folders, names in os.walk(folder):
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
    """Whether the path is a file of this folder; a broken link is, so that it is reported and not lost."""
    if not path.is_symlink():
        return path.is_file()
    return path.resolve().is_relative_to(root)
