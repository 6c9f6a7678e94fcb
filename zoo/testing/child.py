"""The process that `probe` starts: imports one plugin, calls its hooks, writes what came with it."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from zoo.hookspecs import HOOKS
from zoo.plugins.guard import described
from zoo.plugins.hooks import Manager, misuses
from zoo.plugins.loading import HEAVY
from zoo.plugins.resolving import load_object

__all__ = ["main"]


def main() -> None:
    """Arguments: the path to search, the entry point's target, the file to write into."""
    target, answer = sys.argv[2:4]
    facts: dict[str, object] = {"ended": "", "at_import": [], "in_hooks": []}
    before = set(sys.modules)
    try:
        plugin = load_object(target)
        facts["at_import"] = _heavy(before)
        before = set(sys.modules)
        manager = Manager(misuses(plugin))
        manager.register(plugin)
        for hook in HOOKS:
            with contextlib.suppress(Exception):  # another check tells it
                getattr(manager.hook, hook)()
        facts["in_hooks"] = _heavy(before)
    except BaseException as error:
        facts["ended"] = described(error)
    Path(answer).write_text(json.dumps(facts), encoding="utf-8")


def _heavy(before: set[str]) -> list[str]:
    return [name for name in HEAVY if name in sys.modules and name not in before]
