"""How a command that fails ends: one line and an exit code."""

from __future__ import annotations

from collections.abc import Sequence

import click

from zoo.errors import ZooError, one_line

__all__ = ["WORDS", "explain"]

WORDS = "zoo.cli.words"
"""Key in a command's context of the words before ``--help`` that its help depends on."""

INTERRUPTED = 130
"""128 + SIGINT, what a shell expects of a program that Ctrl-C ended."""


def explain(error: BaseException) -> tuple[int, str]:
    """Return exit code and line for anything that can end a command."""
    if isinstance(error, ZooError):
        return error.exit_code, one_line(str(error))
    if isinstance(error, click.ClickException):
        return error.exit_code, _usage(error)
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return INTERRUPTED, "interrupted"
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename is not None else ""
        return 1, one_line(f"{error.strerror}{where}; --debug shows where it happened")
    if isinstance(error, MemoryError):
        return 1, "out of memory"
    name = type(error).__name__
    text = f"{name}: {error}" if str(error) else name
    return 1, one_line(
        f"this is a bug in zoo or in a plugin: {text}; "
        "run it again with --debug and report what that shows"
    )


def _usage(error: click.ClickException) -> str:
    """Say what click found in our words: lower case, no full stop, close matches, where to look."""
    if isinstance(error, click.NoSuchOption):
        hint = _hint(error.possibilities)
        return one_line(f"no such option {error.option_name}; {hint}{_help(error)}")
    text = error.format_message().strip()
    text = (text[:1].lower() + text[1:]).rstrip(".")
    if isinstance(error, click.UsageError):
        return one_line(f"{text}; {_help(error)}")
    return one_line(text)


def _hint(close: Sequence[str] | None) -> str:
    return f"did you mean {' or '.join(sorted(close))}? " if close else ""


def _help(error: click.UsageError) -> str:
    command = error.ctx.command_path if error.ctx is not None else "zoo"
    given = error.ctx.meta.get(WORDS, ()) if error.ctx is not None else ()
    return f"see `{' '.join((command, *given))} --help`"
