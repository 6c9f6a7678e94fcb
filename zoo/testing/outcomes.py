"""How a check ends, and what is known after all of them."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from typing import Any, Literal

from zoo.errors import PluginError

__all__ = ["MORE", "FailedError", "Report", "Result", "SkippedError", "Status"]

Status = Literal["passed", "failed", "skipped", "expected"]
"""``expected``: failed, as was declared beforehand."""

MORE = "`zoo plugins check --debug` shows more"
"""Only where `FailedError.traceback` is not empty."""


class FailedError(AssertionError):
    """The plugin breaks a rule; the message says which and what to do.

    Args:
        text: The message.
        trace: Traceback of what the plugin raised, where it is known as text only; that of the
            cause of this error is found without it.
    """

    def __init__(self, text: str, trace: str = "") -> None:
        super().__init__(text)
        self.trace = trace

    @property
    def traceback(self) -> str:
        """What ``--debug`` shows: where in the plugin it happened; empty where nothing was raised."""
        if self.trace or self.__cause__ is None:
            return self.trace
        return "".join(traceback.format_exception(self.__cause__))


class SkippedError(Exception):
    """The check does not apply, or needs something that is not there; the message says what."""


@dataclass(frozen=True)
class Result:
    """What became of one check.

    Attributes:
        id: ``shapes[small-net]``.
        summary: The rule, in one line.
        text: Why it failed or was skipped, and what to do; empty where it passed.
        seconds: How long it took.
        traceback: Of what the plugin raised, if it did: for the one who mends it.
    """

    id: str
    summary: str
    status: Status
    text: str
    seconds: float
    traceback: str = field(default="", repr=False, compare=False)

    def to_data(self) -> dict[str, Any]:
        return {
            "check": self.id,
            "summary": self.summary,
            "status": self.status,
            "text": self.text,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Report:
    """What became of all checks of a plugin."""

    plugin: str
    results: tuple[Result, ...]

    def having(self, status: Status) -> tuple[Result, ...]:
        """The results with this status."""
        return tuple(result for result in self.results if result.status == status)

    @property
    def conforms(self) -> bool:
        """Whether nothing failed but what was expected to."""
        return not self.having("failed")

    def raise_if_failed(self) -> None:
        """Raise `zoo.PluginError` with every failure, or do nothing if there is none."""
        failed = self.having("failed")
        if failed:
            text = "; ".join(f"{result.id}: {result.text}" for result in failed)
            raise PluginError(f"plugin {self.plugin}: {text}", plugin=self.plugin)

    def to_data(self) -> dict[str, Any]:
        counts = {status: len(self.having(status)) for status in Status.__args__}  # type: ignore[attr-defined]
        return {
            "plugin": self.plugin,
            "conforms": self.conforms,
            "counts": counts,
            "checks": [result.to_data() for result in self.results],
        }
