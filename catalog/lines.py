"""Lines of a text file of any size, in bounded memory: numbered, cleaned, and reported where they had to be cleaned.

Zero bytes are dropped. Bytes that are not UTF-8 in a file that is are read as Windows-1252, byte by byte: such files
are UTF-8 and Latin-1 rows put together. A line longer than `LONGEST` is no record of a track and is skipped.

Text is read in blocks of whole lines. Who can make records of a block at once asks for it (`block`) and passes over it;
a block that is refused is handed out line by line.
"""

import codecs
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

from catalog.delivered import BATCH_ROWS
from catalog.encoding import SAMPLE_BYTES, Encoding, detect, is_binary
from catalog.errors import SourceError

LONGEST = 1 << 20  # characters
BLOCK = 1 << 18  # characters; smaller ones cost more each, larger ones are irregular more often
_PIECE = 64  # records between two looks at the size; divides BATCH_ROWS
BATCH_BYTES = 1 << 26
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!")
"""How packed files begin, but ZIP: so does a spreadsheet that was only renamed."""

T = TypeVar("T")
Report = Callable[[int, str, str], None]  # line, code, message


class Lines:
    """Lines with their ends; every iterator goes on where the last one stopped.

    `number` is that of the last line handed out, `taken` are the lines handed out since `forget`.
    """

    def __init__(self, file: TextIOWrapper, handle: BinaryIO, report: Report) -> None:
        self.number = 0
        self.taken: list[str] = []
        self._file = file
        self._handle = handle  # the bytes below `file`: what has been read of them costs nothing to ask
        self._report = report
        self._pending: deque[str] = deque()
        self._ahead = ""  # a block that was asked for
        self._block = StringIO()  # the one that lines are taken of
        self._end = 0
        self._refused = False  # whether that one has been asked for
        self._rest = ""  # the start of the line after what was read

    @property
    def inside(self) -> bool:
        """Whether lines wait to be handed out one by one: again, or of a block that was refused."""
        return self.returned or (self._refused and self._block.tell() < self._end)

    @property
    def returned(self) -> bool:
        """Whether lines wait to be handed out again, which they also do after the end of the file."""
        return bool(self._pending)

    def chunks(self, records: Iterator[T]) -> Iterator[list[T]]:
        """Records made of these lines, in lists of at most `BATCH_ROWS`, shorter where the lines are very long."""
        chunk: list[T] = []
        start = self._handle.tell()
        while piece := list(islice(records, _PIECE)):
            chunk += piece
            if len(chunk) >= BATCH_ROWS or self._handle.tell() - start > BATCH_BYTES:
                yield chunk
                chunk, start = [], self._handle.tell()
        if chunk:
            yield chunk

    def block(self) -> str:
        """The next lines, none of which has been handed out; empty at the end of the file, or while `inside`."""
        if self.inside:
            return ""
        self._ahead = self._ahead or self._block.read() or self._whole_lines()
        return self._ahead

    def pass_over(self, lines: int) -> None:
        """Go on after the block, which has so many lines."""
        self._ahead = ""
        self.number += lines

    def refuse(self) -> None:
        """Have the block handed out line by line."""
        self._open(refused=True)

    def piece(self) -> list[str]:
        """The next few lines, empty at the end of the file; they count as one record."""
        return list(islice(self, _PIECE))

    def forget(self) -> None:
        """Start a new record."""
        self.taken.clear()

    def back(self, keep: int = 0) -> None:
        """Hand out again, later, all lines of this record but the first `keep`."""
        returned = self.taken[keep:]
        self._pending.extendleft(reversed(returned))
        self.number -= len(returned)
        del self.taken[keep:]

    def __iter__(self) -> Iterator[str]:
        taken, pending = self.taken, self._pending
        while line := pending.popleft() if (again := bool(pending)) else self._readline():
            self.number += 1
            if not again and (not line.isascii() or "\0" in line or len(line) == LONGEST):
                line = self._clean(line)
            taken.append(line)
            yield line

    def _readline(self) -> str:
        if line := self._block.readline(LONGEST):
            return line
        self._open(refused=False)
        return self._block.readline(LONGEST)

    def _open(self, *, refused: bool) -> None:
        text = self._ahead or self._whole_lines()
        self._block, self._end, self._ahead, self._refused = StringIO(text, newline=""), len(text), "", refused

    def _whole_lines(self) -> str:
        """About `BLOCK` characters that end with a line; a line without an end in `LONGEST` comes in parts."""
        text = self._rest
        while more := self._file.read(BLOCK):
            text += more
            stop = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1  # a last "\r" may go on with "\n"
            if not stop and len(text) > LONGEST:
                stop = len(text) - text.endswith("\r")
            if stop:
                self._rest = text[stop:]
                return text[:stop]
        self._rest = ""
        return text

    def _clean(self, line: str) -> str:
        if len(line) == LONGEST and not line.endswith(("\n", "\r")):
            self._skip_rest()
            self._report(self.number, "long_line", f"longer than {LONGEST:,} characters; the line is left out")
            return "\n"
        if "\0" in line:
            line = line.replace("\0", "")
            self._report(self.number, "nul", "zero bytes in the line were dropped; write the file as plain text")
        if "\ufffd" in line and not self._file.encoding.startswith("utf-8"):
            self._report(self.number, "undecodable", f"bytes that are not {self._file.encoding}; save as UTF-8")
        return line if _is_text(line) else self._mend(line)

    def _skip_rest(self) -> None:
        while (rest := self._readline()) and not rest.endswith(("\n", "\r")):
            pass

    def _mend(self, line: str) -> str:
        self._report(self.number, "not_utf8", "bytes that are not UTF-8 were read as Windows-1252; save as UTF-8")
        return "".join(_windows(c) if "\udc80" <= c <= "\udcff" else c for c in line)


@contextmanager
def open_lines(path: Path, encoding: str | None, report: Report) -> Iterator[Lines]:
    """The lines of `path` in `encoding`, or in the encoding that a sample shows; raises SourceError if it is binary."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
        found = Encoding(_codec(encoding, path)) if encoding else detect(sample)
        if not found.name.startswith(("utf-16", "utf-32")) and is_binary(sample):
            unpacked = "unpack it, and " if sample.startswith(PACKED) else ""
            raise SourceError(f"{path}: holds binary data, not text; {unpacked}give a CSV, JSON Lines or Parquet file")
        if found.guessed:
            report(1, "encoding", f"not UTF-8; read as {found.name}, which is a guess; save it as UTF-8 to be sure")
        file.seek(0)
        errors = "surrogateescape" if found.name.startswith("utf-8") else "replace"
        with TextIOWrapper(file, encoding=found.name, errors=errors, newline="") as text:
            yield Lines(text, file, report)


def _codec(name: str, path: Path) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise SourceError(f"{path}: there is no encoding {name!r}; try utf-8, utf-16 or cp1252") from None


def _is_text(line: str) -> bool:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _windows(escaped: str) -> str:
    return bytes([ord(escaped) - 0xDC00]).decode("cp1252", "replace")
