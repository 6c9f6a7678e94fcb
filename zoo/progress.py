"""How long work reports itself: library code talks to a `Reporter`, front ends show it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

__all__ = ["LoggingReporter", "Progress", "Reporter"]


class Progress(Protocol):
    """One bar."""

    def advance(self, amount: int = 1, note: str = "") -> None:
        """Move on by `amount` units; `note` replaces the short text behind the bar."""


class Reporter(Protocol):
    """Where notices, warnings and progress go."""

    def notice(self, text: str) -> None:
        """Say one line that a person may want to know, such as "importing TensorFlow"."""

    def warning(self, text: str) -> None:
        """Say one line that a person should know; it also belongs in the result's warnings."""

    def progress(self, label: str, total: int | None, unit: str) -> AbstractContextManager[Progress]:
        """Show a bar while the context is open; `unit` is ``"bytes"`` or ``"epochs"``."""


class _Silent:
    def advance(self, amount: int = 1, note: str = "") -> None:
        pass


class LoggingReporter:
    """The default for library use: notices and warnings are logged, bars are not shown."""

    def __init__(self) -> None:
        import logging  # costs 5 ms, which a front end with a reporter of its own need not pay

        self.log = logging.getLogger("zoo")

    def notice(self, text: str) -> None:
        self.log.info(text)

    def warning(self, text: str) -> None:
        self.log.warning(text)

    @contextlib.contextmanager
    def progress(self, label: str, total: int | None, unit: str) -> Iterator[Progress]:
        self.log.info("%s (%s %s)", label, total if total is not None else "?", unit)
        yield _Silent()
