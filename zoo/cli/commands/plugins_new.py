"""`zoo plugins new`: a plugin package from a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import as_json, pass_app
from zoo.cli.tables import wrapped
from zoo.scaffold import KINDS, LICENCES, make_plugin

__all__ = ["command"]


def _licence(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Take a licence in any case, and name all as the help does: click would write them small."""
    found = {name.lower(): name for name in LICENCES}.get(value.lower())
    if found is None:
        raise click.BadParameter(f"{value!r} is not one of {', '.join(LICENCES)}", ctx, param)
    return found


@click.command("new", cls=Command)
@click.argument("name", metavar="NAME")
@click.option(
    "--kind",
    type=click.Choice(list(KINDS)),
    default="keras",
    show_default=True,
    help="What it offers: " + ", ".join(f"{kind} ({words})" for kind, words in KINDS.items()) + ".",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="Folder in which the package gets its own; default: this one.",
)
@click.option(
    "--licence",
    callback=_licence,
    default="MIT",
    metavar="|".join(LICENCES),
    show_default=True,
    help="What others may do with it.",
)
@as_json
@pass_app
def command(app: Application, *, name: str, kind: str, to: Path, licence: str, as_json: bool) -> None:
    """Write a package zoo-NAME that offers one model, dataset or view called NAME.

    It can be installed, and passes its own tests, as it comes.
    """
    made = make_plugin(name, kind=kind, to=to, licence=licence, catalogue=app.zoo.catalogue)
    steps = [{"command": step, "what": words} for step, words in made.next_steps]
    data = {"schema": 1, **made.to_data(), "next": steps, "warnings": app.say_warnings()}
    app.show(data, lines, as_json=as_json)


def lines(data: Mapping[str, Any]) -> Iterator[str]:
    yield f"{data['distribution']}: {KINDS[data['kind']]}, in {data['folder']}"
    for file in data["files"]:
        yield f"  {file}"
    yield "next:"
    for step in data["next"]:
        yield f"  {step['command']}"
        yield from wrapped(step["what"], indent=6)
