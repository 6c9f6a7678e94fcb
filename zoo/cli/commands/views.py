"""`zoo views`: which pictures there are, and which of them a model has all it takes for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from zoo.cli.application import Application
from zoo.cli.group import Command
from zoo.cli.options import MODEL, as_json, pass_app
from zoo.cli.results import typed
from zoo.cli.tables import table, wrapped
from zoo.parameters import describe
from zoo.views.capabilities import FOLLOWING, FROM_THE_RUN, OFFERED, lacking

if TYPE_CHECKING:
    from zoo.plugins import Offer
    from zoo.specs import ViewSpec
    from zoo.weights.selection import Selection

__all__ = ["command"]


@click.command("views", cls=Command)
@click.argument("model", type=MODEL, metavar="[MODEL]", required=False)
@as_json
@pass_app
def command(app: Application, *, model: str | None, as_json: bool) -> None:
    """List the views, what they need, and whether MODEL offers that.

    `zoo visualize MODEL VIEW --help` lists the options of a view.
    """
    selection = app.zoo.select(model) if model is not None else None
    data: dict[str, Any] = {
        "schema": 1,
        "views": [_view(offer, selection) for offer in app.zoo.catalogue.views],
        "warnings": app.say_warnings(),
    }
    if selection is None:
        data["capabilities"] = {**OFFERED, **FOLLOWING, **FROM_THE_RUN}
    else:
        data |= {"model": selection.spec.name, "preset": selection.preset, "title": selection.title}
    app.show(data, _of_all if selection is None else _of_model, as_json=as_json)


def _view(offer: Offer[ViewSpec], selection: Selection | None) -> dict[str, Any]:
    spec = offer.spec
    data: dict[str, Any] = {
        "name": offer.name,
        "full_name": offer.full_name,
        "summary": spec.summary,
        "plugin": offer.plugin.name,
        "needs": list(spec.needs),
        "slider": spec.frames,
        "parameters": [
            {
                "name": parameter.name,
                "option": parameter.option,
                "default": list(parameter.default) if parameter.many else parameter.default,
                "allowed": parameter.allowed(),
                "help": parameter.help,
            }
            for parameter in describe(spec.parameters)
        ],
    }
    if selection is not None:
        missing = lacking(spec.needs, selection.spec, selection.shapes)
        data |= {
            "offered": not missing,
            "missing": missing,
            "default": spec.name in selection.spec.default_views,
        }
    return data


def _of_all(data: Mapping[str, Any]) -> Iterator[str]:
    if not data["views"]:
        yield "no views; `zoo plugins` shows what is installed"
        return
    rows = [(v["name"], v["summary"], ", ".join(v["needs"]) or "–") for v in data["views"]]
    yield from table(("VIEW", "WHAT", "NEEDS"), rows)


def _of_model(data: Mapping[str, Any]) -> Iterator[str]:
    offered = [view for view in data["views"] if view["offered"]]
    if not offered:
        yield f"no view fits {data['title']}"
    else:
        rows = [(v["name"] + ("*" if v["default"] else ""), v["summary"], _options(v)) for v in offered]
        yield from table(("VIEW", "WHAT", "OPTIONS"), rows)
        yield from wrapped(f"* drawn by `zoo run {data['title']} --visualize`")
    others = [view for view in data["views"] if not view["offered"]]
    if others:
        yield ""
    for view in others:
        yield from wrapped(f"not offered: {view['name']} needs {', '.join(view['missing'])}")


def _options(view: Mapping[str, Any]) -> str:
    words = []
    for parameter in view["parameters"]:
        default = parameter["default"]
        value = typed(tuple(default) if isinstance(default, list) else default)
        words.append(f"{parameter['option']} {value}".rstrip())
    return ", ".join(words) or "–"
