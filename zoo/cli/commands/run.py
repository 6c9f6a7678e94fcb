"""`zoo run`: obtain weights, evaluate, draw, report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import (
    Place,
    as_json,
    model_argument,
    model_options,
    output_folder,
    pass_app,
    show_option,
)
from zoo.cli.results import headline, pictures, sources
from zoo.cli.view_options import redrawing

__all__ = ["command"]


@click.command("run", cls=Command)
@model_argument
@model_options()
@click.option("--visualize", is_flag=True, help="Draw the model's default views and write a report.")
@click.option(
    "--output",
    "-o",
    type=Place(),
    callback=output_folder,
    metavar="DIR",
    help="Folder for pictures and report (zoo-out/MODEL); means --visualize.",
)
@show_option
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
    visualize: bool,
    output: Path | None,
    show: str,
    as_json: bool,
) -> None:
    """Obtain weights of MODEL, evaluate it on the test images, and draw what it has learned.

    Weights are downloaded where some are published, and trained otherwise; the result says which
    way, and why.
    """
    from zoo.cli.showing import check, show_pictures

    check(show, as_json=as_json)
    options = {"set": values, "seed": seed, "data": data, "weights": weights}
    run = app.zoo.run(
        model,
        values=values,
        data=data,
        weights=weights,
        seed=seed,
        visualize=visualize or output is not None or show in ("browser", "terminal"),
        output=output,
        command=redrawing(app.zoo, model, options),
    )
    result = run.to_data()
    app.exit_code = run.exit_code
    app.show(result, lambda data: lines(data, app), as_json=as_json)
    show_pictures(app, result, run.drawing.pictures, show, as_json=as_json)


def lines(data: Mapping[str, Any], app: Application) -> Iterator[str]:
    yield from map(app.heading, headline(data))
    yield from sources(data)
    if data["views"]:
        yield ""
        yield from pictures(data)
