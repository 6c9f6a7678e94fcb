"""Finding, loading and merging plugins: nothing a plugin does can hurt the others."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from zoo.errors import PluginError, one_line
from zoo.plugins.catalogue import Catalogue, Offer, Plugin, Problem, Spec, with_problems
from zoo.plugins.entries import find_entries
from zoo.plugins.guard import Watch
from zoo.plugins.loading import ALL_KINDS, Loaded, load
from zoo.plugins.selection import Selection

if TYPE_CHECKING:
    from zoo.progress import Reporter
    from zoo.settings import Settings

__all__ = ["discover"]

_LOCK = threading.RLock()
"""One discovery at a time in a process: while foreign code runs, stdout is redirected."""

_busy = False


def discover(
    settings: Settings, *, reporter: Reporter | None = None, kinds: Collection[str] = ALL_KINDS
) -> Catalogue:
    """Load every installed plugin that the settings allow.

    Each is imported and each of its hooks called alone; what fails is left out and named in the
    catalogue's ``plugins`` and ``warnings``. Nothing is said to the reporter but the name of a
    plugin that hangs, while it hangs: the warnings are for the caller to show.

    Args:
        settings: ``plugins`` (allow or block list, applied before any import) and
            ``strict_plugins`` count.
        reporter: Hears of a hanging plugin; None means the log.
        kinds: What plugins are asked for, of ``model``, ``dataset`` and ``view``: the hooks for
            others are not called, and what they would have offered is not in the catalogue.

    Raises:
        InvalidValueError: If the list of plugins cannot be read.
        PluginError: If ``strict_plugins`` is set and anything at all is wrong with any plugin.
    """
    global _busy
    selection = Selection.parse(settings.plugins)

    def say(text: str) -> None:
        if reporter is not None:
            reporter.warning(text)
            return
        from zoo.progress import LoggingReporter  # logging costs as much as half of discovery

        LoggingReporter().warning(text)

    with _LOCK:
        if _busy:
            raise PluginError("a plugin asked for the list of plugins while it was being loaded")
        _busy = True
        try:
            entries = find_entries()
            loaded = []
            with Watch(say) as watch:
                for entry in entries:
                    if selection.admits(entry):
                        loaded.append(load(entry, watch, kinds))
                    else:
                        plugin = Plugin(entry.name, entry.target, entry.distribution, entry.version)
                        blocked = dataclasses.replace(
                            plugin, status="blocked", reason="left out by ZOO_PLUGINS"
                        )
                        loaded.append(Loaded(blocked))
        finally:
            _busy = False
    catalogue = _merge(loaded, selection.unmatched(entries))
    if settings.strict_plugins and catalogue.warnings:
        wrong = [plugin for plugin in catalogue.plugins if plugin.problems]
        error = PluginError(
            one_line("; ".join(catalogue.warnings)), plugin=wrong[0].name if wrong else ""
        )
        for plugin in wrong:
            if plugin.traceback:
                error.add_note(f"plugin {plugin.label}:\n{plugin.traceback}")
        raise error
    return catalogue


def _merge(loaded: list[Loaded], warnings: list[str]) -> Catalogue:
    _note_shared_plugin_names(loaded)
    holders: dict[tuple[str, str], Loaded] = {}  # (kind, name as it is reached) → who has it
    kept: list[tuple[Loaded, str, Spec, str]] = []
    for one in loaded:
        distribution = one.plugin.distribution
        for kind, specs in one.specs.items():
            for spec in specs:
                full = f"{distribution}/{spec.name}"
                if (kind, full) in holders:
                    other = holders[kind, full].plugin.name
                    text = f"{kind} {spec.name!r} is offered by plugin {other} of {distribution} too"
                    one.problems.append(Problem("spec", f"{text}; the first one counts"))
                    continue
                holders[kind, full] = one
                holder = holders.setdefault((kind, spec.name), one)
                if holder is not one:
                    owner = holder.plugin.distribution
                    text = f"{kind} {spec.name!r} is that of {owner}; this one is {full!r}"
                    one.problems.append(Problem("name", text))
                kept.append((one, kind, spec, spec.name if holder is one else full))
    plugins = {id(one): _finished(one, kept) for one in loaded}
    offers: dict[str, list[Offer[Any]]] = {"model": [], "dataset": [], "view": []}
    for one, kind, spec, name in kept:
        offers[kind].append(Offer(spec, plugins[id(one)], name))
    found = tuple(plugins.values())
    return Catalogue(
        plugins=found,
        models=tuple(offers["model"]),
        datasets=tuple(offers["dataset"]),
        views=tuple(offers["view"]),
        warnings=(*warnings, *(plugin.warning() for plugin in found if plugin.problems)),
    )


def _finished(one: Loaded, kept: list[tuple[Loaded, str, Spec, str]]) -> Plugin:
    names: dict[str, list[str]] = {"model": [], "dataset": [], "view": []}
    for owner, kind, spec, _ in kept:
        if owner is one:
            names[kind].append(spec.name)
    plugin = dataclasses.replace(
        one.plugin,
        models=tuple(names["model"]),
        datasets=tuple(names["dataset"]),
        views=tuple(names["view"]),
    )
    return with_problems(plugin, one.problems, usable=one.unasked or any(names.values()))


def _note_shared_plugin_names(loaded: list[Loaded]) -> None:
    first: dict[str, Loaded] = {}
    for one in loaded:
        other = first.setdefault(one.plugin.name, one)
        if other is not one and one.plugin.status != "blocked":
            text = f"another plugin, of {other.plugin.distribution}, has the same name"
            one.problems.append(Problem("name", text))
