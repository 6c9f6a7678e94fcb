"""`zoo plugins`: what is installed and what is wrong with it; `check` and `new` are beside this."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Group
from zoo.cli.options import as_json, pass_app
from zoo.cli.tables import table, wrapped

__all__ = ["command"]

_HERE = "zoo.cli.commands"


@click.group(
    "plugins",
    cls=Group,
    default="list",
    lazy={
        "check": (f"{_HERE}.plugins_check:command", "Check that a plugin keeps the rules."),
        "new": (f"{_HERE}.plugins_new:command", "Write a new plugin package."),
    },
)
def command() -> None:
    """List plugins, check one, or write a new one."""


@command.command("list", short_help="List the plugins.")
@click.option("--requirements", is_flag=True, help="Write lines for `pip install -r` instead.")
@as_json
@pass_app
def list_command(app: Application, *, requirements: bool, as_json: bool) -> None:
    """Show every plugin: its version, what it offers, and why it failed if it did.

    With --debug the traceback of each that failed goes to stderr.
    """
    catalogue = app.zoo.catalogue
    data = {
        "schema": 1,
        "plugins": [_plugin(plugin) for plugin in catalogue.plugins],
        "requirements": _requirements(catalogue.plugins),
        "warnings": list(catalogue.warnings),
    }
    app.reporter.warnings += catalogue.warnings  # they are the result here; once is enough
    app.show(data, requirement_lines if requirements else lines, as_json=as_json)
    for plugin in catalogue.plugins:
        app.say_traceback(f"plugin {plugin.label}", plugin.traceback)


def _plugin(plugin: Any) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "module": plugin.module,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "status": plugin.status,
        "stage": plugin.stage,
        "reason": plugin.reason,
        "hooks": list(plugin.hooks),
        "heavy": list(plugin.heavy),
        "models": list(plugin.models),
        "datasets": list(plugin.datasets),
        "views": list(plugin.views),
    }


def _requirements(plugins: Any) -> list[str]:
    """One line for each distribution with plugins, the zoo itself first."""
    from importlib.metadata import PackageNotFoundError, version

    from zoo.plugins.entries import OWN
    from zoo.plugins.requirements import requirement

    found = {plugin.distribution: plugin.version for plugin in plugins}
    if OWN not in found:
        with contextlib.suppress(PackageNotFoundError):
            found = {OWN: version(OWN), **found}
    ordered = sorted(found, key=lambda name: (name != OWN, name))
    return [requirement(name, found[name]) for name in ordered]


def requirement_lines(data: Mapping[str, Any]) -> Iterator[str]:
    from zoo.plugins.requirements import LOCAL

    for line in data["requirements"]:
        if LOCAL in line:
            yield "# only on this machine; for others publish it, or build a wheel of it"
        yield line


def lines(data: Mapping[str, Any]) -> Iterator[str]:
    if not data["plugins"]:
        yield "no plugins"
        return
    rows = [
        (p["name"], f"{p['distribution']} {p['version']}", _hooks(p), p["status"], _offers(p))
        for p in data["plugins"]
    ]
    yield from table(("PLUGIN", "FROM", "HOOKS", "STATUS", "OFFERS"), rows)
    notes = [f"{p['name']}: {p['reason']}" for p in data["plugins"] if p["reason"]]
    notes += [
        f"{p['name']}: imports {', '.join(p['heavy'])} at once" for p in data["plugins"] if p["heavy"]
    ]
    shown = tuple(f"plugin {p['name']} (" for p in data["plugins"])
    notes += [warning for warning in data["warnings"] if not warning.startswith(shown)]
    if notes:
        yield ""
    for note in notes:
        yield from wrapped(note)


def _hooks(plugin: Mapping[str, Any]) -> str:
    return " ".join(hook.removeprefix("zoo_") for hook in plugin["hooks"])


def _offers(plugin: Mapping[str, Any]) -> str:
    parts = []
    for kind, word in (("models", "model"), ("datasets", "dataset"), ("views", "view")):
        names = plugin[kind]
        if names:
            plural = "s" if len(names) > 1 else ""
            parts.append(f"{word}{plural} {', '.join(names)}")
    return "; ".join(parts) or "nothing"
