"""Options and arguments that several verbs share, each with its completion."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from zoo.cli.application import Application
from zoo.cli.group import application

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from zoo.api.house import Zoo

__all__ = [
    "Place",
    "as_json",
    "command_line",
    "data_names",
    "data_option",
    "model_argument",
    "model_options",
    "output_folder",
    "pass_app",
    "show_option",
]

NAME_BYTES = 255
"""Longest name of a file or folder that common file systems take."""

F = TypeVar("F", bound=Callable[..., Any])

pass_app = click.make_pass_decorator(Application, ensure=True)

as_json = click.option("--json", "as_json", is_flag=True, help="Write one JSON document to stdout.")


class Name(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """A text that the shell can complete from what the catalogue knows.

    Args:
        kind: Name of the type in usage messages.
        known: From the zoo to (name, help) pairs.
        files: Let the shell offer file names too.
    """

    def __init__(
        self, kind: str, known: Callable[[Zoo], Iterable[tuple[str, str]]], *, files: bool = False
    ) -> None:
        self.name = kind
        self.known = known
        self.files = files

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        head, comma, last = (
            incomplete.rpartition(",") if param.name in ("models", "datasets") else ("", "", incomplete)
        )
        try:
            names = list(self.known(application(ctx).zoo))
        except Exception:
            names = []
        items = [
            CompletionItem(f"{head}{comma}{name}", help=words)
            for name, words in names
            if name.startswith(last)
        ]
        return items or ([CompletionItem(incomplete, type="file")] if self.files else [])


def model_names(zoo: Zoo) -> Iterable[tuple[str, str]]:
    """Every ``model`` and ``model:preset`` that may be typed."""
    for offer in zoo.models():
        for preset in offer.spec.presets:
            if preset.name == "default":
                yield offer.name, offer.spec.summary
            else:
                yield f"{offer.name}:{preset.name}", preset.summary


def data_names(zoo: Zoo) -> Iterable[tuple[str, str]]:
    yield "auto", "the first that can be had"
    for offer in zoo.datasets():
        yield offer.name, offer.spec.summary


def _weight_names(zoo: Zoo) -> Iterable[tuple[str, str]]:
    yield from (
        ("auto", "published, else trained"),
        ("download", "published only"),
        ("train", "train only"),
    )
    for tag in sorted({entry.tag for entry in zoo.registry.weights}):
        yield tag, "tag of published weights"


MODEL = Name("model", model_names)

model_argument = click.argument("model", type=MODEL, metavar="MODEL")

data_option = click.option(
    "--data",
    type=Name("dataset", data_names, files=True),
    metavar="auto|NAME|FILE",
    default="auto",
    help="Dataset: its name, a file, or the first of the model's that can be had (auto).",
)

show_option = click.option(
    "--show",
    type=click.Choice(["auto", "never", "browser", "terminal"]),
    default="auto",
    help="Where to show pictures; auto opens the browser on a desktop.",
)


class _Setting(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """``NAME=VALUE``; completes the names of the model that was typed before."""

    name = "setting"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, equals, text = str(value).partition("=")
        if not equals or not name.strip():
            self.fail(f"{value!r} is not NAME=VALUE", param, ctx)
        return name.strip().replace("-", "_"), text.strip()

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from zoo.parameters import describe

        try:
            spec = application(ctx).zoo.select(str(ctx.params.get("model"))).spec
            declarations: tuple[type, ...] = (spec.hyperparameters, spec.recipe)
            parameters = [p for declaration in declarations for p in describe(declaration)]
        except Exception:
            return []
        return [
            CompletionItem(f"{p.name}=", help=p.help)
            for p in parameters
            if f"{p.name}=".startswith(incomplete)
        ]


def _together(
    ctx: click.Context, param: click.Parameter, value: Sequence[tuple[str, str]]
) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, text in value:
        if values.setdefault(name, text) != text:
            raise click.BadParameter(f"{name} is given twice, as {values[name]} and {text}", ctx, param)
    return values


set_option = click.option(
    "--set",
    "values",
    type=_Setting(),
    metavar="NAME=VALUE",
    multiple=True,
    callback=_together,
    help="Hyperparameter or recipe field, as `zoo info MODEL` lists them; may be repeated.",
)

seed_option = click.option(
    "--seed", type=int, metavar="N", help="Seed of training; one that is given means trained weights."
)

weights_option = click.option(
    "--weights",
    type=Name("weights", _weight_names, files=True),
    metavar="auto|download|train|TAG|PATH",
    default="auto",
    help="Which weights; auto takes published ones, else trains.",
)


def model_options(*, weights: bool = True) -> Callable[[F], F]:
    """Options that say which model exactly: values, seed, data, and where its weights come from."""

    def decorate(function: F) -> F:
        options = [set_option, seed_option, data_option, *([weights_option] if weights else [])]
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


class Place(click.Path):
    """The name of a file or folder to write: neither empty, as of an unset variable, nor too long."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the name is empty", param, ctx)
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if any(len(os.fsencode(part)) > NAME_BYTES for part in path.parts):
            self.fail(f"no name may be longer than {NAME_BYTES} bytes; choose a shorter one", param, ctx)
        return path


def output_folder(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """Refuse an output folder that is something else, before anything heavy starts."""
    if value is not None and value.exists() and not value.is_dir():
        raise click.BadParameter(f"{str(value)!r} is not a folder", ctx, param)
    return value


def command_line(
    verb: str,
    model: str,
    options: Mapping[str, object],
    *rest: str,
    renamed: Collection[str] = (),
) -> str:
    """The command that draws a picture again, without what cannot change it (folders, verbosity).

    Args:
        verb: Of the command.
        model: As it was typed.
        options: Option names without hyphens, with their values; ``set`` has a mapping.
        rest: Words after the model.
        renamed: Options that a view of the same name made step aside.
    """
    import shlex

    words = ["zoo", verb, model, *rest]
    for name, value in options.items():
        option = f"--model-{name}" if f"--{name}" in renamed else f"--{name}"
        if isinstance(value, Mapping):
            words += [word for key in sorted(value) for word in (option, f"{key}={value[key]}")]
        elif value is not None and value != "auto":
            words += [option, str(value)]
    return shlex.join(words)
