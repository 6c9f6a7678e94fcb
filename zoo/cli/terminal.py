"""What the two streams of a command can show: width, colour, safe characters."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from typing import IO, Any

__all__ = ["colourful", "is_terminal", "plain", "prepare", "width"]

WIDEST = 80
"""Text is laid out for 80 columns, so that a wide terminal, a pipe and a document show the same."""

NARROWEST = 20
"""Below this nothing is laid out any more; the terminal breaks the lines itself."""


def prepare() -> None:
    """Make both streams write something for every character, whatever the console's code page."""
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", None) == "strict":
            with contextlib.suppress(AttributeError, OSError, ValueError):
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def width() -> int:
    """Columns to lay text out for: those of the terminal (or ``COLUMNS``), at most 80."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))


def is_terminal(stream: IO[Any] | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # a closed stream
        return False


def colourful(stream: IO[Any] | None) -> bool:
    """Whether to colour: a terminal that can, unless ``NO_COLOR`` (https://no-color.org) is set."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def plain(value: object) -> str:
    """Text for one cell or line: no control characters, whoever wrote it (plugins, registries)."""
    text = " ".join(str(value).split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
