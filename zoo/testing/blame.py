"""Where in a plugin something went wrong: of a long traceback the one line its author can mend."""

from __future__ import annotations

import os
import sysconfig
import traceback
from pathlib import Path

import zoo
from zoo.plugins.guard import described

__all__ = ["place", "told"]

HERE = str(Path(zoo.__file__).parent) + os.sep
"""Of frames in here a traceback tells the author of a plugin nothing."""

STANDARD = sysconfig.get_paths()["stdlib"] + os.sep
INSTALLED = ("site-packages", "dist-packages")
"""Of frames in libraries neither, unless the plugin itself is installed among them."""


def told(error: BaseException) -> str:
    """Return one line for an error: what it is, and in which line of the plugin."""
    return f"{described(error)}{place(error)}"


def place(error: BaseException) -> str:
    """Return ``, in FILE:LINE``, the last line that is the plugin's own; empty if there is none."""
    while error.__cause__ is not None:  # the zoo lays what a plugin raised at its door
        error = error.__cause__
    frames = traceback.extract_tb(error.__traceback__)
    foreign = [frame for frame in frames if not frame.filename.startswith((HERE, "<"))]
    own = [frame for frame in foreign if not _of_a_library(frame.filename)] or foreign
    return f", in {own[-1].filename}:{own[-1].lineno}" if own else ""


def _of_a_library(file: str) -> bool:
    return file.startswith(STANDARD) or any(name in Path(file).parts for name in INSTALLED)
