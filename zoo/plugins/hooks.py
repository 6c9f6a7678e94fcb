"""Which functions of a plugin are hooks, and which were only meant to be."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any

import pluggy

from zoo import hookspecs
from zoo.errors import complaint
from zoo.hookspecs import HOOKS

__all__ = ["Manager", "misuses"]

SIMILAR = 0.8
"""How like a hook's name an unmarked function's must be to count as a slip of the pen."""

LOOSE = 0.5
"""The same for a marked function, which is meant as a hook whatever it is called."""


class Manager(pluggy.PluginManager):
    """Holds one plugin alone, and passes over the functions that are known to be misused."""

    def __init__(self, misused: Mapping[str, str]) -> None:
        super().__init__("zoo")
        self.misused = misused

    def hold(self, plugin: object, name: str) -> None:
        """Register the plugin; looking for misuses alone needs no specifications."""
        self.add_hookspecs(hookspecs)
        self.register(plugin, name=name)

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        if name in self.misused:
            return None
        # pluggy looks every attribute up as if it could run code; those of a plain module cannot.
        if type(plugin) is types.ModuleType and not inspect.isroutine(vars(plugin).get(name)):
            return None
        return super().parse_hookimpl_opts(plugin, name)


def misuses(plugin: object) -> dict[str, str]:
    """Find functions that were meant as hooks and cannot be: attribute → what is wrong.

    pluggy finds most of these too, but refuses the whole plugin for one of them.
    """
    manager = Manager({})
    found = {}
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        if options is None:
            text = _unmarked(attribute, plugin)
        else:
            name = options.get("specname") or attribute
            text = _marked(name, options, getattr(plugin, attribute))
        if text:
            found[attribute] = text
    return found


def _marked(name: str, options: Mapping[str, Any], function: Callable[..., object]) -> str:
    if name not in HOOKS:
        return "" if options.get("optionalhook") else _no_hook(name, LOOSE) or _no_hook(name, 0.0)
    if options.get("wrapper") or options.get("hookwrapper"):
        return f"{name}: a wrapper has nothing to wrap, as each plugin is called alone; return a list"
    needed = [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    return complaint(name, expected="no arguments", got=f"({', '.join(needed)})") if needed else ""


def _unmarked(attribute: str, plugin: object) -> str:
    if not attribute.startswith("zoo_"):
        return ""
    value = inspect.getattr_static(plugin, attribute, None)
    if not inspect.isroutine(value) or hasattr(value, "zoo_spec"):
        return ""
    if attribute in HOOKS:
        return f"{attribute} is not marked with @zoo.hookimpl, so it is never called"
    return _no_hook(attribute, SIMILAR)


def _no_hook(name: str, cutoff: float) -> str:
    """Say what was probably meant; nothing if no hook is as similar as `cutoff` asks."""
    if not cutoff:
        return f"{name} is no hook of the zoo; hooks: {', '.join(HOOKS)}"
    import difflib  # only when something is wrong

    close = difflib.get_close_matches(name, HOOKS, n=1, cutoff=cutoff)
    return f"{name} is no hook of the zoo; did you mean {close[0]}?" if close else ""
