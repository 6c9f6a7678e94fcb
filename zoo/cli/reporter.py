"""Notices, warnings and progress of a command, on stderr."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from zoo.cli.terminal import colourful, is_terminal, plain

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

__all__ = ["TerminalReporter", "amount"]

BAR_AFTER = 0.5
"""Seconds of work before a bar appears: a flash of a bar tells nobody anything."""

DRAW_EVERY = 0.1
"""Seconds between drawings: faster than this nobody reads, and drawing takes time from the work."""

LINE_AFTER = 2.0
"""The same for lines, which stay."""

LINE_EVERY = 10.0
"""Seconds between progress lines where no bar can be drawn: a log file is read later."""


class TerminalReporter:
    """Bars where stderr is a terminal, lines elsewhere, silence where that was asked for.

    Attributes:
        quiet: Show neither notices nor progress. Warnings stay.
        warnings: Every warning said so far, in order.
    """

    def __init__(self) -> None:
        self.quiet = False
        self.warnings: list[str] = []
        self._bars: Bars | None = None
        self._open = 0

    def notice(self, text: str) -> None:
        if not self.quiet:
            self._say(plain(text))

    def warning(self, text: str) -> None:
        if text in self.warnings:
            return
        self.warnings.append(text)
        colour = colourful(sys.stderr) and self._bars is None
        label = "\x1b[33mwarning:\x1b[0m" if colour else "warning:"
        self._say(f"{label} {plain(text)}")

    @contextlib.contextmanager
    def progress(self, label: str, total: int | None, unit: str) -> Iterator[_Work]:
        work = _Work(self, plain(label), total, plain(unit))
        self._open += 1
        try:
            yield work
        finally:
            self._open -= 1
            work.close()
            if not self._open and self._bars is not None:
                self._bars.stop()
                self._bars = None

    def bars(self) -> Bars:
        """The live display, started on first use; only one may exist in a terminal."""
        if self._bars is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[done]}"),
                TextColumn("{task.fields[note]}"),
                console=Console(stderr=True, highlight=False),
                transient=True,
                auto_refresh=False,  # a thread of ours draws it: no other one is left behind
            )
            self._bars.start()
        return self._bars

    def _say(self, text: str) -> None:
        if sys.stderr is None:  # pythonw
            return
        with contextlib.suppress(OSError, ValueError):  # stderr was closed: nobody is listening
            if self._bars is not None:
                self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)
            else:
                sys.stderr.write(text + "\n")
                sys.stderr.flush()


class _Work:
    """One piece of work that reports how far it is."""

    def __init__(self, reporter: TerminalReporter, label: str, total: int | None, unit: str) -> None:
        self.reporter, self.label, self.total, self.unit = reporter, label, total, unit
        self.done = 0
        self.note = ""
        self.start = time.monotonic()
        self.task: TaskID | None = None
        self.last_line: float | None = None
        self.drawn = 0.0

    def advance(self, amount: int = 1, note: str = "") -> None:
        self.done += amount
        self.note = plain(note) or self.note
        if self.reporter.quiet:
            return
        now = time.monotonic()
        if is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb":
            if self.task is not None or now - self.start >= BAR_AFTER:
                self._draw(now)
        elif now - (self.last_line or self.start) >= (LINE_EVERY if self.last_line else LINE_AFTER):
            self.last_line = now
            self.reporter.notice(
                f"{self.label}: {self._count()}" + (f", {self.note}" if self.note else "")
            )

    def _draw(self, now: float) -> None:
        bars = self.reporter.bars()
        fields: dict[str, Any] = {"done": self._count(), "note": self.note}
        if self.task is None:
            self.task = bars.add_task(self.label, total=self.total, **fields)
        bars.update(self.task, completed=self.done, **fields)
        if now - self.drawn >= DRAW_EVERY:
            self.drawn = now
            bars.refresh()

    def _count(self) -> str:
        if self.unit == "bytes":
            return amount(self.done) + (f" of {amount(self.total)}" if self.total else "")
        return f"{self.done} of {self.total} {self.unit}" if self.total else f"{self.done} {self.unit}"

    def close(self) -> None:
        if self.task is not None and self.reporter._bars is not None:
            self.reporter._bars.remove_task(self.task)


def amount(size: int) -> str:
    """Bytes for people: ``11.5 MB``."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 999_500 else f"{size / 1e6:.1f} MB"
