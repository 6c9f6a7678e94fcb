"""From ``"module:Name"``, as specs write it, to the object itself."""

from __future__ import annotations

import functools
import importlib
import re

from zoo.errors import PluginError, complaint
from zoo.plugins.guard import Broken, attempt

__all__ = ["REFERENCE", "load_object", "resolve"]

REFERENCE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
"""``package.module:Name``; the name may have dots (a method of a class)."""


def resolve(reference: str, *, plugin: str) -> object:
    """Import what a spec names by string.

    Args:
        reference: ``"package.module:Name"``.
        plugin: Name of the plugin whose spec it is, for the message.

    Raises:
        PluginError: If the module cannot be imported, for whatever reason, or has no such name.
    """
    if not isinstance(reference, str) or not REFERENCE.fullmatch(reference):
        text = complaint(f"plugin {plugin}", expected="a reference 'module:Name'", got=repr(reference))
        raise PluginError(text, plugin=plugin)
    try:
        return attempt(lambda: load_object(reference))
    except Broken as broken:
        text = complaint(
            f"plugin {plugin}: {reference} cannot be loaded: {broken}",
            do=f"repair or update the plugin, or leave it out with ZOO_PLUGINS=-{plugin}",
        )
        raise PluginError(text, plugin=plugin) from broken.__cause__


def load_object(target: str) -> object:
    """Import ``"module"`` or ``"module:object.attribute"``; errors are the module's own."""
    module, _, path = target.partition(":")
    found: object = importlib.import_module(module)
    return functools.reduce(getattr, path.split("."), found) if path else found
