"""The command line: `zoo VERB …`. It has no logic of its own: every verb is one call of `zoo.Zoo`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

__all__ = ["main"]

COLLECT_AFTER = 500_000
"""Objects made until Python looks for garbage, in place of 700: starting makes many and leaves few."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    try:
        from zoo.cli.wiring import cli
    except KeyboardInterrupt:  # Ctrl-C while Python is still importing
        sys.stderr.write("error: interrupted\n")
        sys.exit(130)
    try:
        cli.main(args, prog_name="zoo")
    finally:
        gc.freeze()  # the process ends: Python would look through all it has loaded for garbage
