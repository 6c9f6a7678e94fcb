"""`zoo evaluate`: measure a model, class by class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import as_json, model_argument, model_options, pass_app
from zoo.cli.results import confusion, drawn, headline, per_class, sources

__all__ = ["command"]


@click.command("evaluate", cls=Command)
@model_argument
@model_options()
@as_json
@pass_app
def command(
    app: Application,
    *,
    model: str,
    values: dict[str, str],
    seed: int | None,
    data: str,
    weights: str,
    as_json: bool,
) -> None:
    """Measure MODEL on the test images: accuracy, precision and recall, confusion matrix."""
    run = app.zoo.run(model, values=values, data=data, weights=weights, seed=seed)
    app.exit_code = run.exit_code
    app.show(run.to_data(), lambda data: lines(data, app), as_json=as_json)


def lines(data: Mapping[str, Any], app: Application) -> Iterator[str]:
    evaluation = data["evaluation"]
    yield from map(app.heading, headline(data))
    yield from sources(data)
    yield from drawn(evaluation)
    if evaluation.get("confusion"):
        yield ""
        yield from per_class(evaluation)
        yield ""
        yield app.heading("Confusion matrix: rows are the true classes, columns the answers")
        yield from confusion(evaluation)
