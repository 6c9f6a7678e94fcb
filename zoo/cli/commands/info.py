"""`zoo info`: all there is to know about one model before it is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import as_json, model_argument, pass_app, set_option
from zoo.cli.reporter import amount
from zoo.cli.results import percent, title, typed
from zoo.cli.tables import facts, table, wrapped

__all__ = ["command"]


@click.command("info", cls=Command)
@model_argument
@set_option
@as_json
@pass_app
def command(app: Application, *, model: str, values: dict[str, str], as_json: bool) -> None:
    """Show layers, presets, hyperparameters, recipe, published weights and views of MODEL."""
    app.show(app.zoo.info(model, values), lambda data: lines(data, app), as_json=as_json)


def lines(data: Mapping[str, Any], app: Application) -> Iterator[str]:
    plugin = data["plugin"]
    yield from map(app.heading, wrapped(f"{title(data)}: {data['summary']}"))
    yield from facts(
        [
            ("plugin", f"{plugin['distribution']} {plugin['version']}"),
            ("task", data["task"]),
            ("datasets", ", ".join(data["datasets"])),
            ("needs", ", ".join(data["requires"]) or None),
            ("licence", data["licence"] or None),
        ]
    )
    yield from _section(app, f"Layers ({data['parameters']:,} parameters)")
    yield from table(
        ("LAYER", "SHAPES", "PARAMETERS"), [_layer(layer) for layer in data["layers"]], right="..r"
    )
    yield from _section(app, "Presets")
    yield from table(("PRESET", "WHAT", "CHANGES"), [_preset(preset) for preset in data["presets"]])
    for name, words in (("hyperparameters", "Hyperparameters"), ("recipe", "Recipe")):
        if data[name]:
            yield from _section(app, f"{words} (--set NAME=VALUE)")
            values = [(p["name"], typed(p["value"]), p["allowed"], p["help"]) for p in data[name]]
            yield from table(("NAME", "VALUE", "ALLOWED", "WHAT"), values)
    yield from _section(app, "Published weights")
    if data["weights"]:
        yield from table(
            ("TAG", "PRESET", "DATASET", "ACCURACY", "SIZE", "WHAT"),
            [_weights(entry) for entry in data["weights"]],
            right="...rr",
        )
        yield "* taken by default"
    else:
        yield "none: the model is trained on first use"
    yield from _section(app, "Views (zoo visualize)")
    if data["views"]:
        views = [(v["name"] + ("*" if v["default"] else ""), v["summary"]) for v in data["views"]]
        yield from table(("VIEW", "WHAT"), views)
        yield "* drawn by default"
    else:
        yield "none"


def _section(app: Application, words: str) -> Iterator[str]:
    yield ""
    yield app.heading(words)


def _layer(layer: Mapping[str, Any]) -> tuple[str, str, str]:
    shapes = ", ".join(
        f"{name} {'×'.join(map(str, shape)) or 'scalar'}" for name, shape in layer["variables"].items()
    )
    return layer["name"], shapes, f"{layer['parameters']:,}"


def _preset(preset: Mapping[str, Any]) -> tuple[str, str, str]:
    changes = {**preset["hyperparameters"], **preset["recipe"]}
    return (
        preset["name"],
        preset["summary"],
        ", ".join(f"{k}={typed(v)}" for k, v in changes.items()) or "–",
    )


def _weights(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        entry["tag"] + ("*" if entry["default"] else ""),
        entry["preset"],
        entry["dataset"],
        percent(entry.get("published_accuracy")),
        "–" if entry["bytes"] is None else amount(entry["bytes"]),
        entry["summary"],
    )
