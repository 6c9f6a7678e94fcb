"""Options of `zoo visualize` made from the declaration of a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from zoo.cli.options import command_line
from zoo.cli.results import typed
from zoo.errors import InvalidValueError
from zoo.parameters import Parameter, describe
from zoo.specs import ViewSpec

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from zoo.api.house import Zoo

__all__ = ["ViewOption", "make_options", "redrawing", "texts_of", "values_of"]

RESERVED: tuple[str, ...] = (
    *("--help", "--json", "--output"),
    *("--offline", "--mirror", "--registry", "--no-plugins", "--quiet", "--debug", "--version"),
)
"""Options that keep their meaning before any view; a view may take over the others."""

PREFIX = "view_"
"""Of the names click keeps the values under: they share a namespace with the command's own."""


class _Declared(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """Reads and checks a value as its `Parameter` says; limits of the model are checked later."""

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        self.name = "IMAGE" if parameter.image else parameter.kind.__name__.upper()

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002
        ctx: click.Context | None,  # noqa: ARG002
    ) -> Any:
        try:
            read = self.parameter.read(value) if isinstance(value, str) else value
        except InvalidValueError:
            if self.parameter.limited:
                return value  # refused as soon as the model is known, with its numbers
            raise
        return self.parameter.check(read)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        if self.parameter.image:
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(c) for c in self.parameter.choices if c.startswith(incomplete)]


class ViewOption(click.Option):
    """An option that belongs to the view, not to the command."""

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        option = parameter.option
        if option in RESERVED:
            option = "--view-" + option.removeprefix("--")
        facts: dict[str, Any] = {"default": None, "help": _words(parameter)}
        names = [PREFIX + parameter.name, option]
        if parameter.kind is bool and not parameter.many and not parameter.optional:
            names[1] = f"{option}/--no-{option.removeprefix('--')}"
        else:
            facts["type"] = _Declared(parameter)
            facts["metavar"] = _metavar(parameter)
        super().__init__(names, **facts)


def make_options(view: ViewSpec) -> list[ViewOption]:
    """One option for each parameter of the view; reserved names get the prefix ``--view-``."""
    return [ViewOption(parameter) for parameter in describe(view.parameters)]


def texts_of(values: Mapping[str, Any], view: ViewSpec | None) -> list[str]:
    """The given parameters as they are typed, each one word: ``--unit=3``, ``--no-random``."""
    words = []
    for option in make_options(view) if view is not None else ():
        name = option.parameter.name
        if name not in values:
            continue
        if option.is_flag:
            words.append((option.opts if values[name] else option.secondary_opts)[0])
        else:
            words.append(f"{option.opts[0]}={typed(values[name])}")
    return words


def redrawing(
    zoo: Zoo, model: str, options: Mapping[str, object], given: Mapping[str, Any] | None = None
) -> Callable[[str], str]:
    """Return a function of a view's name: the command that draws this one picture again.

    Args:
        zoo: Whose views.
        model: As it was typed.
        options: Those of the model, as `command_line` takes them.
        given: Parameters of the view.
    """

    def command(view: str) -> str:
        spec = zoo.catalogue.view(view).spec
        renamed = {name for option in make_options(spec) for name in option.opts}
        words = view, *texts_of(given or {}, spec)
        return command_line("visualize", model, options, *words, renamed=renamed)

    return command


def values_of(ctx: click.Context, view: ViewSpec | None) -> dict[str, Any]:
    """The view's parameters that were given, by their declared names."""
    names = [parameter.name for parameter in describe(view.parameters)] if view is not None else []
    given = click.core.ParameterSource.COMMANDLINE
    return {
        name: ctx.params[PREFIX + name]
        for name in names
        if ctx.get_parameter_source(PREFIX + name) is given
    }


def _words(parameter: Parameter) -> str:
    facts = []
    if parameter.kind is not bool or parameter.many or parameter.optional:
        facts.append(parameter.allowed())
    if typed(parameter.default):
        facts.append(f"default: {typed(parameter.default)}")
    return f"{parameter.help}  [{'; '.join(facts)}]".strip()


def _metavar(parameter: Parameter) -> str:
    if parameter.image:
        return "IMAGE"
    word = {bool: "YES|NO", int: "N", float: "X", str: "TEXT"}[parameter.kind]
    if parameter.choices:
        word = "|".join(parameter.choices)
        word = word if len(word) <= 30 else "NAME"
    return f"{word},…" if parameter.many else word
