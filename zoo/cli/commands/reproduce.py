"""`zoo reproduce`: train again from the provenance of weights, and compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from zoo.api.sharing import TOLERANCE
from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import as_json, data_option, model_argument, pass_app, weights_option
from zoo.cli.results import title
from zoo.cli.tables import facts, table, wrapped

__all__ = ["command"]


@click.command("reproduce", cls=Command)
@model_argument
@weights_option
@data_option
@click.option(
    "--tolerance",
    type=float,
    default=TOLERANCE,
    show_default=True,
    metavar="X",
    help="Largest difference of a figure that counts as the same.",
)
@as_json
@pass_app
def command(
    app: Application, *, model: str, weights: str, data: str, tolerance: float, as_json: bool
) -> None:
    """Train MODEL again as its weights say they were trained, and compare.

    Exits with 1 if a figure differs by more than the tolerance, or if the weights state none. On the
    same machine with the same versions the arrays are identical. Nothing is kept.
    """
    found = app.zoo.reproduce(model, weights=weights, data=data, tolerance=tolerance)
    app.exit_code = found.exit_code
    app.show(found.to_data(), lambda data: lines(data, app), as_json=as_json)


def lines(data: Mapping[str, Any], app: Application) -> Iterator[str]:
    seconds = data["seconds"]
    head = (
        f"{title(data)} on {data['dataset']['name']}: trained again in {seconds['again']:.1f} s "
        f"({seconds['stated']:.1f} s then), seed {data['seed']}"
    )
    yield from map(app.heading, wrapped(head))
    rows = [
        (name, *(_figure(values[key]) for key in ("stated", "measured", "again", "difference")))
        for name, values in data["metrics"].items()
    ]
    yield from table(("FIGURE", "STATED", "MEASURED", "AGAIN", "DIFFERENCE"), rows, right=".rrrr")
    yield ""
    tolerance = f"within {data['tolerance']:g}"
    figures = {
        True: f"agree {tolerance}",
        False: f"do NOT agree {tolerance}",
        None: "none was stated to compare with",
    }
    arrays = "identical" if data["identical"] else f"differ by up to {data['largest_difference']:.2g}"
    yield from facts(
        [
            ("figures", figures[data["agrees"]]),
            ("arrays", arrays),
            ("weights", f"{data['weights']['path']}"),
        ]
    )
    for note in data["notes"]:
        yield from wrapped(f"note: {note}")


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
