"""The command line: `zoo VERB …`. It has no logic of its own: every verb is one call of `zoo.Zoo`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    try:
        from zoo.cli.wiring import cli
    except KeyboardInterrupt:  # Ctrl-C while Python is still importing
        sys.stderr.write("error: interrupted\n")
        sys.exit(130)
    cli.main(args, prog_name="zoo")
