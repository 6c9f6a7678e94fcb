"""`zoo compare`: several models side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import MODEL, as_json, data_option, pass_app, weights_option
from zoo.cli.reporter import amount
from zoo.cli.results import percent
from zoo.cli.tables import table, wrapped

__all__ = ["command"]


@click.command("compare", cls=Command)
@click.argument("models", nargs=-1, required=True, type=MODEL, metavar="MODEL…")
@data_option
@weights_option
@as_json
@pass_app
def command(
    app: Application, *, models: tuple[str, ...], data: str, weights: str, as_json: bool
) -> None:
    """Measure several MODELs on the same test images: figures, sizes, times, agreement.

    TRAINED is what the weights say of themselves, on whichever machine that was; AN IMAGE is measured
    here. The agreement of two models is the share of the images that both give the same answer.
    """
    compared = app.zoo.compare(models, data=data, weights=weights)
    app.show(compared.to_data(), lambda data: lines(data, app), as_json=as_json)


def lines(data: Mapping[str, Any], app: Application) -> Iterator[str]:
    models, dataset = data["models"], data["dataset"]
    most = max(model["n"] for model in models)
    yield from map(app.heading, wrapped(f"{dataset['name']}: {most:,} test images"))
    head = ("MODEL", "ACCURACY", "LOSS", "PARAMETERS", "SIZE", "TRAINED", "AN IMAGE")
    yield from table(head, [_row(model) for model in models], right=".rrrrrr")
    fewer = [f"{model['title']} ({model['n']:,})" for model in models if model["n"] < most]
    if fewer:
        yield from wrapped(f"on the images of its own classes only: {', '.join(fewer)}")
    if len(models) > 1:
        yield ""
        yield app.heading("Agreement: share of the images that get the same answer")
        titles = [model["title"] for model in models]
        rows = [(name, *map(percent, row)) for name, row in zip(titles, data["agreement"], strict=True)]
        yield from table(("MODEL", *titles), rows, right="." + "r" * len(titles))
    yield ""
    for model in models:
        weights = model["weights"]
        yield from wrapped(f"{model['title']}: weights {weights['source']}, {weights['reason']}")


def _row(model: Mapping[str, Any]) -> tuple[str, ...]:
    loss, trained = model["loss"], model["training_seconds"]
    return (
        model["title"],
        percent(model["accuracy"]),
        "–" if loss is None else f"{loss:.4f}",
        f"{model['parameters']:,}",
        amount(model["bytes"]),
        "–" if trained is None else f"{trained:.1f} s",
        _duration(model["inference_seconds"]),
    )


def _duration(seconds: float) -> str:
    """Two digits at least: a model of one matrix product takes less than a microsecond an image."""
    micro = 1e6 * seconds
    return f"{micro:,.0f} µs" if micro >= 10 else f"{micro:.2g} µs"
