"""Ctrl-C while Spark works: the command ends at once, with exit code 130 and without pages of traceback.

While the session starts it waits: PySpark, interrupted there, would leave a Java machine behind that nobody stops.
PySpark's own handler cancels jobs over the connection that the interrupted call is still using, which fails; stopping
the session cancels them too. py4j logs the interruption, partly to the root logger, before it raises it.

An interruption can get lost: compiled modules that are being imported swallow it now and then, and what is cleaned up
after one may fail for it and raise an error of its own. So it is remembered until Spark has started, and looked for in
what an error was raised after.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import LogRecord
    from types import FrameType

_came: list[int] = []


def remember_interruptions() -> None:
    """Answer Ctrl-C as Python does by itself, and keep in mind that it came; where it is not ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(number: int, frame: "FrameType | None") -> None:  # noqa: ARG001  (what handlers are given)
    _came.append(number)
    raise KeyboardInterrupt


def interrupted(error: BaseException | None) -> bool:
    """Whether an exception is an interruption, or was raised while one was being answered."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__ or error.__cause__
    return error is not None


@contextmanager
def interruption_put_off() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the body, and be answered then by what answered it before the body.

    So is one that came before and got lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler or signal.default_int_handler)
    lost = bool(_came)
    _came.clear()
    if came:
        signal.raise_signal(signal.SIGINT)
    if lost:
        raise KeyboardInterrupt


def silence_py4j() -> None:
    """Let py4j log nothing, whose exceptions say it all."""
    import logging  # lookups never need it

    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    root = logging.getLogger()
    if _not_from_py4j not in root.filters:
        root.addFilter(_not_from_py4j)


def _not_from_py4j(record: "LogRecord") -> bool:
    return "py4j" not in record.pathname
