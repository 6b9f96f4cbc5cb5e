"""The error tree: everything Unisono raises on purpose derives from `UnisonoError`.

A message names the value, the place it stands (file, line, column, track) and the mend. The command line turns a
`UsageError` into exit code 2 and every other `UnisonoError` into exit code 1, without a traceback.
"""


class UnisonoError(Exception):
    """Base of every error raised on purpose."""


class UsageError(UnisonoError):
    """The command was called wrongly: an unknown option value, a missing argument."""


class SourceError(UnisonoError):
    """A source cannot be read at all (missing file, no rows, no usable column)."""


class CatalogError(UnisonoError):
    """The catalogue directory is missing, locked, damaged, or lacks a table that is needed."""


class AudioError(UnisonoError):
    """An audio file cannot be decoded. `code` says why (`missing`, `empty`, `not_audio`, ...), as in `problems`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type["AudioError"], tuple[str, str]]:
        return (type(self), (self.code, str(self)))


class ModelError(UnisonoError):
    """A model folder is missing, damaged, or does not fit the catalogue it is used with."""


class SetupError(UnisonoError):
    """Something this machine needs is missing (Java, an extra); `unisono doctor` says how to mend it."""
