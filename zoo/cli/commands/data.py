"""`zoo data`: the datasets, and getting one before it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Group
from zoo.cli.options import Name, as_json, data_names, pass_app
from zoo.cli.tables import facts, table

__all__ = ["command"]


@click.group("data", cls=Group, default="list")
def command() -> None:
    """List datasets, or get one."""


@command.command("list")
@as_json
@pass_app
def list_command(app: Application, *, as_json: bool) -> None:
    """List the datasets."""
    datasets = [_dataset(app, offer) for offer in app.zoo.datasets()]
    data = {"schema": 1, "datasets": datasets, "warnings": app.say_warnings()}
    app.show(data, list_lines, as_json=as_json)


def _dataset(app: Application, offer: Any) -> dict[str, Any]:
    from zoo.data import is_at_hand

    zoo, spec, plugin = app.zoo, offer.spec, offer.plugin
    train, test = spec.counts
    return {
        "dataset": spec.name,
        "full_name": offer.full_name,
        "summary": spec.summary,
        "classes": spec.classes,
        "train": train,
        "test": test,
        "splits": [split.name for split in spec.splits],
        "at_hand": bool(
            is_at_hand(spec.name, catalogue=zoo.catalogue, registry=zoo.registry, folders=zoo.folders)
        ),
        "plugin": {"distribution": plugin.distribution, "version": plugin.version},
        "licence": spec.licence,
    }


def list_lines(data: Mapping[str, Any]) -> Iterator[str]:
    if not data["datasets"]:
        yield "no datasets; `zoo plugins` shows what is installed"
        return
    rows = [
        (
            d["dataset"],
            f"{d['train']:,}",
            f"{d['test']:,}",
            "yes" if d["at_hand"] else "no",
            d["summary"],
        )
        for d in data["datasets"]
    ]
    yield from table(("DATASET", "TRAIN", "TEST", "AT HAND", "WHAT"), rows, right=".rr..")


@command.command("get")
@click.argument("name", type=Name("dataset", data_names, files=True), metavar="NAME", default="auto")
@as_json
@pass_app
def get_command(app: Application, *, name: str, as_json: bool) -> None:
    """Get dataset NAME (or the first that can be had) and keep it, checked."""
    dataset = app.zoo.dataset(name)
    data = {
        "schema": 1,
        "dataset": {
            "name": dataset.name,
            "sha256": dataset.sha256,
            "source": dataset.way,
            "reason": dataset.reason,
            "path": None if dataset.path is None else str(dataset.path),
        },
        "warnings": list(dict.fromkeys((*app.say_warnings(), *dataset.warnings))),
    }
    app.show(data, get_lines, as_json=as_json)


def get_lines(data: Mapping[str, Any]) -> Iterator[str]:
    found = data["dataset"]
    yield from facts(
        [
            ("dataset", f"{found['name']}: {found['reason']}" if found["reason"] else found["name"]),
            ("path", found["path"]),
            ("sha256", found["sha256"]),
        ]
    )
