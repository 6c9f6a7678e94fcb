"""The report: one HTML file with the facts of a run and its pictures, complete in itself."""

from __future__ import annotations

from typing import Any

__all__ = ["write"]


def __getattr__(name: str) -> Any:
    if name == "write":
        from zoo.report.page import write

        return write
    raise AttributeError(f"module 'zoo.report' has no attribute {name!r}")
