"""Running foreign code at arm's length: errors contained, stdout kept clean, hangs named."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from zoo.errors import one_line

__all__ = ["PATIENCE", "Broken", "Watch", "attempt", "clean_stdout", "described"]

T = TypeVar("T")

PATIENCE = 3.0
"""Seconds a plugin may take for one step before its name is said; people give up at about five."""

REASON_LIMIT = 300
"""Characters of a foreign error message that are repeated: enough for a path and a sentence."""


class Broken(Exception):  # noqa: N818 - not an error of the zoo: it always becomes a reason
    """Foreign code failed; the message is the reason in one line, the cause what it raised."""

    def __init__(self, reason: str, traceback: str = "") -> None:
        super().__init__(reason)
        self.traceback = traceback


def attempt(call: Callable[[], T]) -> T:
    """Call foreign code with clean stdout; whatever it raises but Ctrl-C becomes `Broken`.

    `SystemExit` counts: a plugin must not end the program that lists it.
    """
    with clean_stdout():
        try:
            return call()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise Broken(described(error), _traceback(error)) from error


def described(error: BaseException) -> str:
    """Return one bounded line for any exception, even one whose message cannot be made."""
    name = type(error).__name__
    try:
        text = one_line(str(error), REASON_LIMIT)
    except Exception:
        text = ""
    if isinstance(error, SystemExit):
        return f"it called sys.exit({text if error.code is not None else ''})"
    return f"{name}: {text}" if text else name


_cleaned = threading.local()
"""Whether stdout is kept clean already: a plugin is loaded in many steps."""


@contextlib.contextmanager
def clean_stdout() -> Iterator[None]:
    """Send everything written to stdout to stderr instead, also what bypasses `sys.stdout`.

    File descriptor 1 belongs to the whole process: what other threads write meanwhile goes to
    stderr too, so the context is only held while foreign code runs. Inside another one it does
    nothing more.
    """
    if getattr(_cleaned, "yes", False):
        yield
        return
    _cleaned.yes = True
    try:
        with _redirected():
            yield
    finally:
        _cleaned.yes = False


@contextlib.contextmanager
def _redirected() -> Iterator[None]:
    old = sys.stdout
    _flush(old)
    saved: int | None = None
    with contextlib.suppress(OSError):  # a process may have neither descriptor (a daemon, pythonw)
        saved = os.dup(1)
        os.dup2(2, 1)
    with contextlib.ExitStack() as stack:
        if sys.stderr is not None:
            stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        try:
            yield
        finally:
            for stream in (old, sys.__stdout__):  # text that waits in their buffers is not a result
                _flush(stream)
            if saved is not None:
                os.dup2(saved, 1)
                os.close(saved)


class Watch:
    """Says which step hangs, from a thread of its own, while the main thread is stuck in it.

    The thread cannot speak while foreign code holds the interpreter lock without ever letting go.
    """

    def __init__(self, say: Callable[[str], None], patience: float = PATIENCE) -> None:
        self._say = say
        self._patience = patience
        self._step: tuple[Callable[[], str], float] | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="zoo-plugin-watch", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @contextlib.contextmanager
    def step(self, text: Callable[[], str]) -> Iterator[None]:
        """Watch the body; `text` is made and said once if it takes longer than the patience."""
        self._step = (text, time.monotonic())
        try:
            yield
        finally:
            self._step = None

    def _run(self) -> None:
        told: tuple[Callable[[], str], float] | None = None
        while not self._done.wait(self._patience / 8):
            step = self._step
            if step is not None and step is not told and time.monotonic() - step[1] > self._patience:
                told = step
                with contextlib.suppress(Exception):  # a broken reporter must not end the watch
                    self._say(step[0]())


def _flush(stream: object) -> None:
    with contextlib.suppress(Exception):  # closed, absent, or an object of someone else
        stream.flush()  # type: ignore[attr-defined]


def _traceback(error: BaseException) -> str:
    import traceback  # only when something failed

    try:
        frames = error.__traceback__
        if frames is not None:  # the first is the one that called it
            frames = frames.tb_next
        return "".join(traceback.format_exception(type(error), error, frames))
    except Exception:
        return ""
