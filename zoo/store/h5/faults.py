"""Faults of a file, collected with their paths so that one message can list them all."""

from __future__ import annotations

from zoo.errors import complaint
from zoo.store.h5.limits import FAULTS_SHOWN

__all__ = ["DamagedError", "Faults", "fault"]


class DamagedError(Exception):
    """The file is not what it should be; the text has no file name yet."""


class Faults:
    """Collects faults; `check` raises them together."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def add(self, path: str, *, expected: str, got: str) -> None:
        self._texts.append(_text(path, expected, got))

    def check(self) -> None:
        """Raise `DamagedError` if there is any fault."""
        if self._texts:
            shown = self._texts[:FAULTS_SHOWN]
            more = len(self._texts) - len(shown)
            raise DamagedError("; ".join([*shown, *([f"{more} more faults"] if more else [])]))


def fault(path: str, *, expected: str, got: str) -> DamagedError:
    """Make the exception for a fault that ends the reading; an empty path means the whole file."""
    return DamagedError(_text(path, expected, got))


def _text(path: str, expected: str, got: str) -> str:
    return complaint(path, expected=expected, got=got).removeprefix(": ")
