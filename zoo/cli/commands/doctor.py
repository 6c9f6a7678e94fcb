"""`zoo doctor`: check that everything works here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import as_json, pass_app
from zoo.cli.tables import table

__all__ = ["command"]


@click.command("doctor", cls=Command)
@as_json
@pass_app
def command(app: Application, *, as_json: bool) -> None:
    """Check packages, plugins, cache, registry, datasets and network settings.

    The exit code is 1 if something is wrong; warnings do not count.
    """
    checks = app.zoo.doctor()
    errors = sum(check["status"] == "error" for check in checks)
    app.exit_code = 1 if errors else 0
    app.show({"schema": 1, "checks": checks, "errors": errors}, lines, as_json=as_json)


def lines(data: Mapping[str, Any]) -> Iterator[str]:
    rows = [(check["status"], check["name"], check["text"]) for check in data["checks"]]
    yield from table(("STATUS", "CHECK", "FOUND"), rows)
    errors = data["errors"]
    yield ""
    yield "nothing is wrong" if not errors else f"{errors} error{'s' if errors > 1 else ''}"
