"""Write docs/reference/help.md, the help of every command: `make help-pages`.

A test compares the page with the commands, so that a changed help text cannot leave it behind.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from zoo.cli.wiring import cli
from zoo.store.files import write_whole

PAGE = Path(__file__).parent / "reference" / "help.md"

WIDTH = 80
"""Columns of the terminal that the texts are set for."""

HEAD = """# Commands

What `--help` says of every command, 80 columns wide. The options that every command takes are shown
once, under `zoo`. `zoo visualize MODEL VIEW --help` also lists the options of that view; the
[gallery](../gallery.md) shows the pictures.

This page is made by `make help-pages`.
"""

OPTIONS = "Options everywhere:"
"""Head of the section that is the same for all commands: it is shown once."""


def page() -> str:
    return HEAD + "".join(_section(words, text) for words, text in helps())


def helps() -> Iterator[tuple[str, str]]:
    """Yield each command as it is typed, and its help."""
    yield from _helps(cli, "zoo")


def _helps(
    command: click.Command, name: str, parent: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    settings = {"terminal_width": WIDTH, **command.context_settings}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield context.command_path, click.unstyle(command.get_help(context))
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from _helps(found, below, context)


def _section(words: str, text: str) -> str:
    if words != "zoo":
        text = text.partition(f"\n{OPTIONS}")[0]
    lines = "\n".join(line.rstrip() for line in text.rstrip().splitlines())
    return f"\n## {words}\n\n```text\n{lines}\n```\n"


if __name__ == "__main__":
    write_whole(PAGE, page().encode())
    sys.stdout.write(f"{PAGE}: {page().count('## ')} commands\n")
