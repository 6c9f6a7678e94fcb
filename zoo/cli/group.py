"""Commands and groups: loaded when used, with the options that every one of them takes."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from zoo.cli.application import Application, OutputClosedError
from zoo.errors import unknown

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["Command", "Group", "Lazy", "application"]

Lazy = Mapping[str, tuple[str, str]]
"""Name → (``"module:attribute"`` of the command, one line for the list of commands)."""


def application(ctx: click.Context) -> Application:
    """The `Application` of this command line."""
    return ctx.find_root().ensure_object(Application)


def _override(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    app = application(ctx)
    if value is None or value is False:
        return
    match param.name:
        case "any_debug":
            app.debug = True
        case "any_quiet":
            app.reporter.quiet = True
        case "any_no_plugins":
            app.override("plugins", "none")
        case _ if not str(value).strip():  # as of an unset variable; it would mean none in silence
            raise click.BadParameter("the value is empty", ctx, param)
        case name:
            app.override(str(name).removeprefix("any_"), value)


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        import zoo

        click.echo(f"zoo {zoo.__version__}")
        ctx.exit()


def everywhere() -> list[click.Option]:
    """Options taken before and after the verb, where people type them."""

    def option(*names: str, help: str, **facts: Any) -> click.Option:  # noqa: A002
        name = "any_" + names[0].removeprefix("--").replace("-", "_")
        facts = {"expose_value": False, "callback": _override, **facts}
        return click.Option([name, *names], help=help, **facts)

    return [
        option("--offline", is_flag=True, help="Open no network connection (ZOO_OFFLINE=1)."),
        option("--mirror", metavar="PATH|URL", help="Ask here for files first (ZOO_MIRROR)."),
        option("--registry", metavar="PATH|URL", help="Read one more registry (ZOO_REGISTRY)."),
        option("--no-plugins", is_flag=True, help="Load only zoo's own plugins (ZOO_PLUGINS=none)."),
        option("--quiet", "-q", is_flag=True, help="Show no notices and no progress."),
        option("--debug", is_flag=True, help="Show the traceback of an error."),
        option("--version", is_flag=True, is_eager=True, callback=_version, help="Show the version."),
    ]


class _Sections(click.Command):
    """Adds the options that every command takes, in a help section of their own."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        params = super().get_params(ctx)
        taken = {opt for param in params for opt in param.opts}
        return [*params, *(option for option in everywhere() if not taken & set(option.opts))]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing and args and args[-1] in self.takes_value(ctx):
            args = args[:-1]  # its value is what is being completed; click would drop MODEL with it
        try:
            return super().parse_args(ctx, args)  # --help and --version write from here
        except BrokenPipeError:
            raise OutputClosedError from None

    def takes_value(self, ctx: click.Context) -> dict[str, click.Option]:
        """Options that are followed by a value."""
        return {
            name: param
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and not param.is_flag
            for name in param.opts
        }

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                sections.setdefault(self.section(ctx, param), []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)

    def section(self, ctx: click.Context, param: click.Parameter) -> str:  # noqa: ARG002
        """Title of the help section this option is listed in."""
        return "Options everywhere" if str(param.name).startswith("any_") else "Options"


class Command(_Sections):
    """One verb. Whatever it prints goes to stderr; results are handed to the `Application`."""

    def invoke(self, ctx: click.Context) -> Any:
        app = application(ctx)
        with app.results_only():
            try:
                return super().invoke(ctx)
            finally:
                app.say_warnings()


class Group(_Sections, click.Group):
    """A group that imports a command only when it is used.

    Args:
        lazy: Commands that are not imported yet.
        default: Verb that the bare noun means.
    """

    command_class = Command

    def __init__(self, *args: Any, lazy: Lazy | None = None, default: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy or {}
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {*self.list_commands(ctx), *self.get_help_option_names(ctx), "--version"}
        bare = not known & set(args) and (not args or args[0].startswith("-"))
        if self.default and bare and not ctx.resilient_parsing:
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.lazy[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-") and not ctx.resilient_parsing:
            raise unknown("command", name, known)
        return super().resolve_command(ctx, args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        rows = [(name, short) for name, (_, short) in self.lazy.items()]
        rows += [(name, command.get_short_help_str(60)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_commands(ctx, formatter)
        super().format_options(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        rows = [(name, short) for name, (_, short) in self.lazy.items()]
        rows += [(name, command.get_short_help_str(60)) for name, command in self.commands.items()]
        items = [CompletionItem(name, help=short) for name, short in rows if name.startswith(incomplete)]
        return items + click.Command.shell_complete(self, ctx, incomplete)
