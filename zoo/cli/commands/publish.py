"""`zoo publish`: weights and their entry into a registry folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from zoo.api.sharing import TAG
from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import Place, as_json, model_argument, model_options, output_folder, pass_app
from zoo.cli.reporter import amount
from zoo.cli.results import percent, title
from zoo.cli.tables import facts, wrapped

__all__ = ["command"]


@click.command("publish", cls=Command)
@model_argument
@click.option(
    "--to",
    "folder",
    type=Place(),
    callback=output_folder,
    metavar="FOLDER",
    required=True,
    help="Registry folder: registry.toml and weights/ are written there, nothing elsewhere.",
)
@click.option(
    "--tag",
    default=TAG,
    show_default=True,
    metavar="TAG",
    help="Name of these weights, for --weights TAG.",
)
@click.option("--default", is_flag=True, help="Use them where no weights are asked for.")
@click.option("--replace", is_flag=True, help="Let them take the place of others with this tag.")
@click.option(
    "--graph",
    is_flag=True,
    help="Also write the inference graph beside the file, for a folder that is part of a package.",
)
@model_options()
@as_json
@pass_app
def command(
    app: Application,
    *,
    model: str,
    folder: Path,
    tag: str,
    default: bool,
    replace: bool,
    graph: bool,
    values: dict[str, str],
    seed: int | None,
    data: str,
    weights: str,
    as_json: bool,
) -> None:
    """Add weights of MODEL, and what they score, to a registry FOLDER.

    Any static web server can host the folder; `zoo --registry FOLDER-or-URL …` uses it. Weights are
    obtained as by `zoo run`; --weights PATH publishes a file of your own, --weights train trains.
    """
    published = app.zoo.publish(
        model,
        to=folder,
        tag=tag,
        default=default,
        replace=replace,
        graph=graph,
        values=values,
        data=data,
        weights=weights,
        seed=seed,
    )
    app.show(published.to_data(), lambda data: lines(data, app), as_json=as_json)


def lines(data: Mapping[str, Any], app: Application) -> Iterator[str]:
    evaluation, training = data["evaluation"], data["training"]
    done = {"unchanged": "published already, as it is"}.get(data["change"], data["change"])
    words = ", the default" if data["default"] else ""
    head = f"{title(data)} for {data['dataset']['name']}, tag {data['tag']}{words}: {done}"
    yield from map(app.heading, wrapped(head))
    accuracy, loss = evaluation["accuracy"], evaluation["loss"]
    trained = None
    if training is not None:
        trained = f"in {training['seconds']:.1f} s with seed {training['seed']}"
    yield from facts(
        [
            ("registry", data["registry"]),
            ("file", f"{data['path']} ({amount(data['bytes'])})"),
            ("graph", ", ".join(data["graph"]) or None),
            ("sha256", data["sha256"]),
            ("accuracy", None if accuracy is None else percent(accuracy)),
            ("loss", None if loss is None else f"{loss:.4f}"),
            ("trained", trained),
        ]
    )
    yield ""
    yield "to use them:"
    yield f"  {data['command']}"
