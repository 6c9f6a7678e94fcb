"""`zoo visualize`: one view with its own options, or the default views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zoo.cli.application import Application
from zoo.cli.faults import WORDS
from zoo.cli.group import Command, application
from zoo.cli.options import (
    MODEL,
    Name,
    Place,
    as_json,
    model_options,
    show_option,
)
from zoo.cli.results import pictures, sources, title
from zoo.cli.view_options import ViewOption, make_options, redrawing, values_of

if TYPE_CHECKING:
    from zoo.api.house import Zoo
    from zoo.specs import ViewSpec

__all__ = ["command"]

VIEW = "zoo.cli.view"
"""Key in the context under which the chosen view's declaration is kept."""

FORMATS = ("png", "svg", "pdf", "gif")
ENDINGS = tuple(f".{name}" for name in FORMATS)


class _Visualize(Command):
    """Adds the options of the view that is named, which only the catalogue knows."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            self._find_view(ctx, args)
        except Exception:
            if not ctx.resilient_parsing:  # pressing TAB must never fail
                raise
        return super().parse_args(ctx, args)

    def _find_view(self, ctx: click.Context, args: list[str]) -> None:
        """Find MODEL and VIEW among the words that are no options.

        The view's own options are not known yet, so a word behind one of them may be its value: it
        is taken for the view only if it is the name of one.
        """
        words, perhaps = self._words(ctx, args)
        if len(words) + len(perhaps) < 2:
            return
        with application(ctx).results_only():
            catalogue = application(ctx).zoo.catalogue
            names = {offer.name for offer in catalogue.views}
            named = next((word for word in (*words[1:], *perhaps) if word in names), None)
            chosen = named or next(iter(words[1:]), None)
            if chosen is not None:
                ctx.meta[VIEW] = catalogue.view(chosen).spec
                ctx.meta[WORDS] = (words[0], chosen)

    def _words(self, ctx: click.Context, args: list[str]) -> tuple[list[str], list[str]]:
        """Split off options; also let settings count that decide which views there are."""
        known = {name for param in self.get_params(ctx) for name in (*param.opts, *param.secondary_opts)}
        takes_value = self.takes_value(ctx)
        words: list[str] = []
        perhaps: list[str] = []
        target = words
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                words += rest
            elif not arg.startswith("-") or arg == "-":
                target.append(arg)
                target = words
            elif arg.partition("=")[0] in takes_value:
                name, equals, value = arg.partition("=")
                text = value if equals else next(rest, None)
                if name in ("--mirror", "--registry"):
                    application(ctx).override(name.removeprefix("--"), text)
            elif arg == "--no-plugins":
                application(ctx).override("plugins", "none")
            elif arg == "--offline":
                application(ctx).override("offline", True)
            else:
                target = words if "=" in arg or arg in known else perhaps
        return words, perhaps

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        view: ViewSpec | None = ctx.meta.get(VIEW)
        params = super().get_params(ctx)
        if view is None:
            return params
        options = make_options(view)
        taken = {name for option in options for name in (*option.opts, *option.secondary_opts)}
        return [*options, *(_step_aside(param, taken) for param in params)]

    def section(self, ctx: click.Context, param: click.Parameter) -> str:
        if isinstance(param, ViewOption):
            return f"Options of the view {ctx.meta[VIEW].name}"
        return super().section(ctx, param)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        view: ViewSpec | None = ctx.meta.get(VIEW)
        if view is None:
            super().format_help_text(ctx, formatter)
            return
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(f"Draw {view.name}: {view.summary}")


def _step_aside(param: click.Parameter, taken: set[str]) -> click.Parameter:
    """Rename an option of the command that the view has one of the same name as."""
    if not isinstance(param, click.Option) or not taken & {*param.opts, *param.secondary_opts}:
        return param
    import copy

    renamed = copy.copy(param)
    renamed.opts = [f"--model-{name.lstrip('-')}" if name in taken else name for name in param.opts]
    return renamed


def _check_output(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """A picture file of a known kind, or a folder; anything else is refused before work starts."""
    if value is None or value.is_dir():
        return value
    if value.suffix.lower() in ENDINGS:
        if not ctx.params.get("view") and not ctx.resilient_parsing:
            raise click.BadParameter(
                f"{str(value)!r} is one picture; name a VIEW, or a folder", ctx, param
            )
        return value
    if value.exists() or value.suffix:
        raise click.BadParameter(
            f"{str(value)!r} is neither a folder nor a .png, .svg, .pdf or .gif", ctx, param
        )
    return value


def _view_names(zoo: Zoo) -> Iterator[tuple[str, str]]:
    yield from ((offer.name, offer.spec.summary) for offer in zoo.catalogue.views)


@click.command("visualize", cls=_Visualize)
@click.argument("model", type=MODEL, metavar="MODEL", is_eager=True)
@click.argument("view", type=Name("view", _view_names), metavar="[VIEW]", required=False, is_eager=True)
@model_options()
@click.option(
    "--output",
    "-o",
    type=Place(),
    callback=_check_output,
    metavar="FILE|DIR",
    help="Picture to write (.png, .svg, .pdf or .gif), or a folder (zoo-out/MODEL).",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="Of the picture; a gif runs through the values of the view's slider.  [default: png]",
)
@show_option
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    model: str,
    view: str | None,
    values: dict[str, str],
    seed: int | None,
    data: str,
    weights: str,
    output: Path | None,
    format_: str | None,
    show: str,
    as_json: bool,
    **_: Any,
) -> None:
    """Draw VIEW of MODEL, or its default views.

    `zoo visualize MODEL VIEW --help` lists the options of a view, `zoo info MODEL` the views.
    """
    from zoo.cli.showing import check, show_pictures

    check(show, as_json=as_json)
    app = application(ctx)
    spec: ViewSpec | None = ctx.meta.get(VIEW)
    given = values_of(ctx, spec)
    options = {"set": values, "seed": seed, "data": data, "weights": weights, "format": format_}
    run = app.zoo.visualize(
        model,
        view,
        given,
        values=values,
        data=data,
        weights=weights,
        seed=seed,
        output=output,
        format=format_,
        command=redrawing(app.zoo, model, options, given),
    )
    result = run.to_data()
    app.exit_code = run.exit_code
    app.show(result, lambda data: lines(data, app), as_json=as_json)
    one_file = output is not None and output.suffix.lower() in ENDINGS
    if not (one_file and show == "auto"):  # who names a file wants the file
        show_pictures(app, result, run.drawing.pictures, show, as_json=as_json)


def lines(data: Mapping[str, Any], app: Application) -> Iterator[str]:
    yield app.heading(title(data))
    yield from sources(data)
    yield ""
    yield from pictures(data)
