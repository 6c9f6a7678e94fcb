"""Import a plugin in a process of its own, and see what it pulls in and what it prints."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from zoo.errors import one_line
from zoo.plugins.entries import Entry

__all__ = ["Probed", "probe"]

PATIENCE = 60.0
"""Seconds for importing it and calling its hooks; a light plugin takes hundredths of one."""

SHOWN = 80
"""Characters of what it printed that are repeated."""

CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); import zoo.testing.child as c; c.main()"
)


@dataclass(frozen=True)
class Probed:
    """What was seen.

    Attributes:
        ended: Why nothing else is known; empty where all went well.
        at_import, in_hooks: Heavy libraries that came with the module, and with its hooks.
        printed: What reached stdout, at import and in the hooks.
        fatal: Whether it did what no exception handler can hold: end the process, or hang.
    """

    ended: str = ""
    at_import: tuple[str, ...] = ()
    in_hooks: tuple[str, ...] = ()
    printed: str = ""
    fatal: bool = False


@functools.lru_cache(maxsize=8)
def _probed(path: tuple[str, ...], target: str) -> Probed:
    with tempfile.TemporaryDirectory(prefix="zoo-probe-") as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-c", CHILD, json.dumps(path), target, str(answer)]
        try:
            ended = subprocess.run(
                command, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return Probed(f"it takes more than {PATIENCE:g} s", fatal=True)
        if not answer.exists():
            return Probed(f"it ends the whole process, with code {ended.returncode}", fatal=True)
        facts = json.loads(answer.read_text(encoding="utf-8"))
    return Probed(
        ended=facts["ended"],
        at_import=tuple(facts["at_import"]),
        in_hooks=tuple(facts["in_hooks"]),
        printed=one_line(ended.stdout.decode("utf-8", "replace"), SHOWN),
    )


def probe(entry: Entry) -> Probed:
    """Import the plugin and call its hooks in a fresh process, with the path of this one."""
    return _probed(tuple(sys.path), entry.target)
