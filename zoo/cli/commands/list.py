"""`zoo list`: the models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import as_json, pass_app
from zoo.cli.tables import table, wrapped

if TYPE_CHECKING:
    from zoo.api.house import Zoo

__all__ = ["command"]


@click.command("list", cls=Command)
@click.option("--all", "everything", is_flag=True, help="Show full names, plugins and clashes of names.")
@as_json
@pass_app
def command(app: Application, *, everything: bool, as_json: bool) -> None:
    """List the models of all installed plugins."""
    app.kinds = ("model", "dataset")
    app.show(listing(app), full if everything else short, as_json=as_json)


def listing(app: Application) -> dict[str, Any]:
    """Every model as plain data, under the shortest name that leads to it."""
    zoo = app.zoo
    models = [_model(zoo, offer) for offer in zoo.models()]
    return {"schema": 1, "models": models, "warnings": app.say_warnings()}


def _model(zoo: Zoo, offer: Any) -> dict[str, Any]:
    spec, plugin = offer.spec, offer.plugin
    entries = [entry for entry in zoo.registry.weights if entry.model == offer.full_name]
    return {
        "name": offer.name,
        "model": spec.name,
        "full_name": offer.full_name,
        "summary": spec.summary,
        "task": spec.task,
        "presets": [preset.name for preset in spec.presets],
        "datasets": list(spec.datasets),
        "weights": [
            {"tag": e.tag, "preset": e.preset, "dataset": e.dataset, "default": e.default}
            for e in entries
        ],
        "plugin": {"distribution": plugin.distribution, "version": plugin.version},
    }


def short(data: Mapping[str, Any]) -> Iterator[str]:
    models = data["models"]
    if not models:
        yield "no models; `zoo plugins` shows what is installed"
        return
    rows = [(m["name"], _presets(m), m["summary"], _weights(m)) for m in models]
    yield from table(("MODEL", "PRESETS", "WHAT", "PUBLISHED WEIGHTS"), rows)


def full(data: Mapping[str, Any]) -> Iterator[str]:
    rows = []
    clashes = []
    for model in data["models"]:
        plugin = model["plugin"]
        rows.append(
            (model["full_name"], model["summary"], f"{plugin['distribution']} {plugin['version']}")
        )
        if model["name"] != model["model"]:
            other = next(
                (m["full_name"] for m in data["models"] if m["name"] == model["model"]), "another"
            )
            clashes.append(f"clash: {model['model']} means {other}; {model['name']} is the other one")
    yield from table(("MODEL", "WHAT", "PLUGIN"), rows)
    if clashes:
        yield ""
    for clash in clashes:
        yield from wrapped(clash)


def _presets(model: Mapping[str, Any]) -> str:
    return ", ".join(name for name in model["presets"] if name != "default") or "–"


def _weights(model: Mapping[str, Any]) -> str:
    return ", ".join(dict.fromkeys(entry["dataset"] for entry in model["weights"])) or "–"
