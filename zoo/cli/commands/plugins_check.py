"""`zoo plugins check`: the conformance kit from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import Name, as_json, pass_app
from zoo.cli.tables import wrapped
from zoo.errors import PluginError

if TYPE_CHECKING:
    from zoo.api.house import Zoo

__all__ = ["command"]

WORDS = {"passed": "ok", "failed": "FAILED", "skipped": "skipped", "expected": "expected"}
"""Statuses as they are shown, the important one loud."""


def _plugin_names(zoo: Zoo) -> Iterable[tuple[str, str]]:
    return [(plugin.name, plugin.distribution) for plugin in zoo.catalogue.plugins]


def _reasons(ctx: click.Context, param: click.Parameter, value: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in value:
        name, equals, reason = text.partition("=")
        if not equals or not name.strip() or not reason.strip():
            raise click.BadParameter(f"{text!r} is not CHECK=REASON", ctx, param)
        found[name.strip()] = reason.strip()
    return found


@click.command("check", cls=Command)
@click.argument("target", type=Name("plugin", _plugin_names, files=True), metavar="NAME|PATH")
@click.option("--only", multiple=True, metavar="CHECK", help="Run only these checks; may be repeated.")
@click.option(
    "--expect",
    multiple=True,
    metavar="CHECK=REASON",
    callback=_reasons,
    help="A check that may fail, and why; may be repeated.",
)
@as_json
@pass_app
def command(
    app: Application, *, target: str, only: Sequence[str], expect: Mapping[str, str], as_json: bool
) -> None:
    """Check that plugin NAME, or the one in folder PATH, keeps the rules of the zoo.

    A folder need not be installed. Models are trained on a tiny dataset; nothing is downloaded
    and nothing is kept. Ends with exit code 5 if a check fails; --debug shows the
    traceback of what the plugin raised, on stderr.
    """
    from zoo.testing import check_plugin

    report = check_plugin(
        target,
        expected_failures=expect,
        only=only,
        settings=app.zoo.settings,
        reporter=app.reporter,
    )
    data = {"schema": 1, **report.to_data(), "warnings": app.say_warnings()}
    app.show(data, lines, as_json=as_json)
    for result in report.results:
        app.say_traceback(result.id, result.traceback)
    if not report.conforms:
        app.exit_code = PluginError.exit_code


def lines(data: Mapping[str, Any]) -> Iterator[str]:
    """One line a check; what failed says below what to do."""
    for check in data["checks"]:
        yield f"{WORDS[check['status']]:<9} {check['check']}"
        if check["status"] == "failed":
            yield from wrapped(f"rule: {check['summary']}", indent=10)
        if check["text"]:
            yield from wrapped(check["text"], indent=10)
    counts = data["counts"]
    words = [f"{count} {status}" for status, count in counts.items() if count]
    verdict = "it keeps the rules" if data["conforms"] else "it does not keep the rules"
    yield f"{data['plugin']}: {', '.join(words) or 'no checks'}; {verdict}"
