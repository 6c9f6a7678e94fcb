"""The command `zoo`: which verbs there are, and how every one of them ends."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import click

from zoo.cli import terminal
from zoo.cli.application import Application, OutputClosedError, silence
from zoo.cli.faults import explain
from zoo.cli.group import Group, application

__all__ = ["cli"]


class _StoppedError(Exception):
    """Carries what click would otherwise treat in its own way up to `Top.main`."""


class Top(Group):
    """The outermost group: every way to end passes through its `main`."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _carried():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with _carried():
            return super().invoke(ctx)

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        **extra: Any,
    ) -> NoReturn:
        """Run, then leave the process with the exit code; errors are one line on stderr."""
        terminal.prepare()
        extra.pop("standalone_mode", None)
        app: Application = extra.pop("obj", None) or Application()
        app.debug = "--debug" in (sys.argv[1:] if args is None else args)
        code: Any
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, obj=app, **extra)
            code = code if isinstance(code, int) else app.exit_code
        except OutputClosedError:
            silence(sys.stdout)
            code = app.exit_code
        except _StoppedError as stopped:
            code = _report(stopped.__cause__ or stopped, app)
        except Exception as error:
            code = _report(error, app)
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except (OSError, ValueError):  # said above; Python would say it again when it exits
            silence(sys.stdout)
        sys.exit(code)


@contextlib.contextmanager
def _carried() -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, EOFError, OSError, SystemExit) as error:
        raise _StoppedError from error


def _report(error: BaseException, app: Application) -> int:
    code, line = explain(error)
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # stderr was closed: the exit code remains
            if app.debug:
                import traceback

                traceback.print_exception(error, file=sys.stderr)
            label = "\x1b[31merror:\x1b[0m" if terminal.colourful(sys.stderr) else "error:"
            sys.stderr.write(f"{label} {line}\n")
            sys.stderr.flush()
    return code


@click.pass_context
def _help_or_verb(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        application(ctx).write(ctx.get_help() + "\n")


_COMMANDS = "zoo.cli.commands"

cli = Top(
    "zoo",
    lazy={
        "list": (f"{_COMMANDS}.list:command", "List the models."),
        "info": (f"{_COMMANDS}.info:command", "Show all there is to know about a model."),
        "run": (f"{_COMMANDS}.run:command", "Obtain weights, evaluate, and draw what was learned."),
        "train": (f"{_COMMANDS}.train:command", "Train a model and keep its weights."),
        "evaluate": (f"{_COMMANDS}.evaluate:command", "Measure a model class by class."),
        "visualize": (f"{_COMMANDS}.visualize:command", "Draw what a model has learned."),
        "views": (f"{_COMMANDS}.views:command", "List the views, and those a model offers."),
        "predict": (f"{_COMMANDS}.predict:command", "Ask models what they see in images."),
        "compare": (f"{_COMMANDS}.compare:command", "Measure several models side by side."),
        "reproduce": (f"{_COMMANDS}.reproduce:command", "Train again from provenance, and compare."),
        "publish": (f"{_COMMANDS}.publish:command", "Add weights to a registry folder."),
        "mirror": (f"{_COMMANDS}.mirror:command", "Gather published files for offline use."),
        "data": (f"{_COMMANDS}.data:command", "List datasets, or get one."),
        "cache": (f"{_COMMANDS}.cache:command", "Look at what the zoo keeps on disk, or clean it."),
        "plugins": (f"{_COMMANDS}.plugins:command", "Show the plugins and what is wrong with them."),
        "doctor": (f"{_COMMANDS}.doctor:command", "Check that everything works here."),
    },
    help="A zoo of small neural networks on handwritten digits.",
    epilog="""
    Start with `zoo list`, then `zoo run MODEL --visualize`. Results go to stdout, everything else to
    stderr. Exit codes: 0 ok, 1 handled error, 2 usage, 3 data or weights unavailable, 4 integrity,
    5 plugin, 130 interrupted.
    """,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    invoke_without_command=True,
    callback=_help_or_verb,
)
