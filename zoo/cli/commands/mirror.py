"""`zoo mirror`: everything that is published, in one folder."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import MODEL, Name, Place, as_json, data_names, output_folder, pass_app
from zoo.cli.reporter import amount
from zoo.cli.tables import table, wrapped

__all__ = ["command"]


def _names(ctx: click.Context, param: click.Parameter, value: str | None) -> list[str] | None:
    if value is None:
        return None
    names = list(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    if not names:
        raise click.BadParameter("nothing is named; `none` leaves all of them out", ctx, param)
    return names


@click.command("mirror", cls=Command)
@click.argument("folder", type=Place(), callback=output_folder, metavar="FOLDER")
@click.option(
    "--models",
    type=MODEL,
    callback=_names,
    metavar="MODEL,…|none",
    help="Only weights of these models.",
)
@click.option(
    "--datasets",
    type=Name("dataset", lambda zoo: list(data_names(zoo))[1:]),
    callback=_names,
    metavar="NAME,…|none",
    help="Only these datasets.",
)
@as_json
@pass_app
def command(
    app: Application,
    *,
    folder: Path,
    models: list[str] | None,
    datasets: list[str] | None,
    as_json: bool,
) -> None:
    """Gather all published weights and datasets into FOLDER, each verified.

    Machines without internet then use ZOO_MIRROR=FOLDER, or the address of a web server that serves
    it. Right files that are there are kept: stop and start again as you like. Exits with 3 if
    something could not be had.
    """
    mirrored = app.zoo.mirror(folder, models=models, datasets=datasets)
    app.exit_code = mirrored.exit_code
    app.show(mirrored.to_data(), lambda data: lines(data, app), as_json=as_json)


def lines(data: Mapping[str, Any], app: Application) -> Iterator[str]:
    files, failed = data["files"], data["failed"]
    size = amount(sum(file["bytes"] for file in files))
    count = f"{len(files)} file{'' if len(files) == 1 else 's'}"
    yield from map(app.heading, wrapped(f"{data['folder']}: {count}, {size}"))
    if files:
        rows = [(f["file"], f["title"], f["way"], amount(f["bytes"])) for f in files]
        yield from table(("FILE", "WHAT", "FROM", "SIZE"), rows, right="...r")
    for one in failed:
        yield ""
        yield from wrapped(f"missing: {one['title']}")
        yield from wrapped(one["reason"], indent=4)
    if files:
        yield ""
        yield "to use it:"
        yield f"  zoo --mirror {shlex.quote(data['folder'])} run MODEL"
