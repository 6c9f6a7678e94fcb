"""`zoo cache`: what the zoo keeps on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Group
from zoo.cli.options import as_json, pass_app
from zoo.cli.reporter import amount
from zoo.cli.tables import table

__all__ = ["command"]

KINDS = ("artifacts", "datasets", "trained", "exports")


@click.group("cache", cls=Group, default="list")
def command() -> None:
    """Look at what the zoo keeps on disk, or clean it."""


@command.command("path")
@as_json
@pass_app
def path_command(app: Application, *, as_json: bool) -> None:
    """Say where the folder is (ZOO_HOME moves it)."""
    data = {"schema": 1, "path": str(app.zoo.settings.folder)}
    app.show(data, lambda data: [data["path"]], as_json=as_json)


@command.command("list")
@as_json
@pass_app
def list_command(app: Application, *, as_json: bool) -> None:
    """List what is kept: downloads, datasets, trained weights, inference graphs."""
    app.show(_document(app, app.zoo.folders.entries()), list_lines, as_json=as_json)


@command.command("clean")
@click.argument("kinds", nargs=-1, type=click.Choice(KINDS), metavar="[KIND…]")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@as_json
@pass_app
def clean_command(app: Application, *, kinds: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Remove what is kept, or only KIND: artifacts, datasets, trained, exports.

    Only what the zoo itself wrote is removed. All of it can be fetched or trained again.
    """
    folders = app.zoo.folders
    if dry_run:
        gone = [entry for entry in folders.entries() if not kinds or entry.kind in kinds]
    else:
        gone = folders.clean(kinds)
    words = "would remove" if dry_run else "removed"
    data = {**_document(app, gone), "dry_run": dry_run}
    app.show(data, lambda data: clean_lines(data, words), as_json=as_json)


def _document(app: Application, entries: Sequence[Any]) -> dict[str, Any]:
    return {
        "schema": 1,
        "path": str(app.zoo.settings.folder),
        "entries": [
            {"kind": e.kind, "name": e.name, "path": str(e.path), "bytes": e.bytes}
            for e in sorted(entries, key=lambda e: (e.kind, e.name))
        ],
        "bytes": sum(entry.bytes for entry in entries),
    }


def list_lines(data: Mapping[str, Any]) -> Iterator[str]:
    if not data["entries"]:
        yield f"nothing is kept in {data['path']}"
        return
    rows = [(entry["kind"], amount(entry["bytes"]), entry["name"]) for entry in data["entries"]]
    yield from table(("KIND", "SIZE", "NAME"), rows, right=".r.")
    yield f"{amount(data['bytes'])} in {data['path']}"


def clean_lines(data: Mapping[str, Any], words: str) -> Iterator[str]:
    for entry in data["entries"]:
        yield f"{words} {entry['kind']} {entry['name']}"
    yield f"{words} {len(data['entries'])} entries, {amount(data['bytes'])}"
