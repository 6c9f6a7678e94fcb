"""The longest a check may take: a plugin that hangs must not hold up all that is to be said of it."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from typing import NoReturn

__all__ = ["LIMIT", "PATIENCE", "OverdueError", "limited", "taking_long"]

LIMIT = 300.0
"""Seconds of one check. The longest real ones, a Keras model trained, drawn and kept, take ten."""

PATIENCE = 15.0
"""Seconds after which it is said which check is running; TensorFlow alone takes five to come."""

CAN_INTERRUPT = hasattr(signal, "setitimer")
"""Windows has no such timer: there a check that hangs is named, and ends by Ctrl-C."""


class OverdueError(BaseException):
    """A check took longer than it may; not an `Exception`, which the code that hangs might catch."""


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Interrupt the body after `LIMIT` seconds, in the main thread of a system that can.

    A timer that somebody else has set, such as that of pytest-timeout, keeps its time.

    Raises:
        OverdueError: From wherever the body was.
    """
    if not CAN_INTERRUPT or threading.current_thread() is not threading.main_thread():
        yield
        return
    left, again = signal.getitimer(signal.ITIMER_REAL)
    if 0 < left <= LIMIT:
        yield
        return
    started = time.monotonic()
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - time.monotonic() + started, 1e-3), again)


def taking_long(check: str) -> str:
    """Return the notice about a check that has been running for `PATIENCE` seconds."""
    end = f"it is given up after {LIMIT:g} s; " if CAN_INTERRUPT else ""
    return f"{check} is taking long; {end}Ctrl-C ends it now"


def _ring(*_: object) -> NoReturn:
    raise OverdueError(f"it takes more than {LIMIT:g} s")
