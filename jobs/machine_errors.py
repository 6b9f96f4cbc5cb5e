"""Errors of the machine, which are no faults of ours: what to say of each, and what helps.

What goes wrong in Spark's workers and in Java comes as text, behind pages of traces in two languages.
"""

import errno
import re

MENDS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "make room on the disk"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "check the permissions"),
    errno.EIO: "check the disk",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
}
"""What helps, by the number of the error."""

FEWER = "use fewer cores, as with --master 'local[1]', or a machine with more memory"
IN_SPARK = (
    (r"No space left on device", "no space is left for the catalogue or for temporary files; make room on the disk"),
    (r"java\.lang\.OutOfMemoryError", "Java has not enough memory; give it more with --memory"),
    (r"(?m)^(\w+\.)*\w*MemoryError\b", f"a worker has not enough memory; {FEWER}"),
    (r"Python worker exited unexpectedly", f"a worker was killed, as happens where memory is short; {FEWER}"),
    (r"Answer from Java side is empty", f"Java was killed, as happens where memory is short; {FEWER}"),
)
"""What stands in the text of Spark's errors, and what is said instead."""


def of_the_machine(error: BaseException) -> str | None:
    """What to say of an error, and what helps; None where it is none of the machine."""
    if isinstance(error, OSError) and error.errno in MENDS:
        return f"{error}; {MENDS[error.errno]}, and run the command again"
    if isinstance(error, MemoryError):
        return f"there is not enough memory; {FEWER}, and run the command again"
    return _of_spark(error)


def _of_spark(error: BaseException | None) -> str | None:
    """What Spark says, or said before the error that it leads to, as when a session whose Java is gone is stopped."""
    while error is not None:
        text = f"{type(error).__name__}: {error}"
        if type(error).__module__.partition(".")[0] in ("pyspark", "py4j"):
            for known, told in IN_SPARK:
                if re.search(known, text):
                    return f"{told}, and run the command again"
        error = error.__context__
    return None
