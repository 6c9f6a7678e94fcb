"""What a person hears of a hundred small trainings: notices once, and no bars."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from zoo.progress import LoggingReporter, Progress, Reporter

__all__ = ["ButOf", "Quiet"]


class Quiet:
    """Passes notices on once; bars and warnings of a hundred small trainings would hide the result."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._said: set[str] = set()

    def notice(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._reporter.notice(text)

    def warning(self, text: str) -> None:
        self.notice(text)

    @contextlib.contextmanager
    def progress(self, label: str, total: int | None, unit: str) -> Iterator[Progress]:
        with _SILENT.progress(label, total, unit) as progress:
            yield progress


class ButOf(Quiet):
    """Passes nothing on about one plugin: who checks it is not helped by how to leave it out."""

    def __init__(self, label: str, reporter: Reporter) -> None:
        super().__init__(reporter)
        self._label = label

    def notice(self, text: str) -> None:
        if not text.startswith(f"plugin {self._label} "):
            super().notice(text)


_SILENT = LoggingReporter()
