"""`zoo train`: fit a model now and keep its weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import as_json, command_line, model_argument, model_options, pass_app
from zoo.cli.results import headline, percent, sources
from zoo.cli.tables import table

__all__ = ["command"]

ROWS = 20
"""Most epochs shown; of longer training every n-th and the last."""


@click.command("train", cls=Command)
@model_argument
@model_options(weights=False)
@as_json
@pass_app
def command(
    app: Application, *, model: str, values: dict[str, str], seed: int | None, data: str, as_json: bool
) -> None:
    """Train MODEL now, whatever weights there are, and keep the outcome.

    Same values, same seed, same data give the same key; `zoo run MODEL --weights PATH` uses the file.
    """
    run = app.zoo.train(model, values=values, data=data, seed=seed)
    app.exit_code = run.exit_code
    result = run.to_data()
    options = {"set": values, "data": data, "weights": result["weights"]["path"]}
    again = command_line("run", model, options)
    app.show(result, lambda data: lines(data, app, again), as_json=as_json)


def lines(data: Mapping[str, Any], app: Application, again: str) -> Iterator[str]:
    training = data["training"]
    yield from map(app.heading, headline(data))
    yield from sources(data)
    yield ""
    yield from epochs(training["epochs"])
    if training["seconds"] is not None:
        yield f"trained in {training['seconds']:.1f} s with seed {training['seed']}"
    yield ""
    yield "to use these weights:"
    yield f"  {again}"


def epochs(measured: Mapping[str, Any]) -> Iterator[str]:
    """One line an epoch, of long training a selection."""
    columns = [name for name in measured if measured[name]]
    count = max((len(measured[name]) for name in columns), default=0)
    if not count:
        return
    step = -(-count // ROWS)
    chosen = sorted({*range(step - 1, count, step), count - 1})
    rows = [(n + 1, *(_cell(name, measured[name], n) for name in columns)) for n in chosen]
    head = ("EPOCH", *(name.replace("_", " ").upper() for name in columns))
    yield from table(head, rows, right="r" * len(head))


def _cell(name: str, values: Any, n: int) -> str:
    if n >= len(values) or values[n] is None:
        return "–"
    return percent(values[n]) if "accuracy" in name else f"{values[n]:.4g}"
