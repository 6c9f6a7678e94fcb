"""Light commands stay light: what they import, and that help needs no command module."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from zoo.cli.wiring import cli

HEAVY = ("tensorflow", "keras", "numpy", "h5py", "matplotlib", "requests", "PIL", "sklearn", "rich")

PROBE = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from zoo.cli import main
found = []
for args in json.loads(sys.argv[1]):
    out, code = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), 0
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        try:
            main(args)
        except SystemExit as end:
            code = end.code
    heavy = [name for name in %r if name in sys.modules]
    verbs = [name for name in sys.modules if name.startswith("zoo.cli.commands.")]
    out.flush()
    found.append([code, bool(out.buffer.getvalue()), heavy, verbs])
print(json.dumps(found))
"""


def probe(*commands: list[str], **environment: str) -> list[list[Any]]:
    """Run commands one after the other in one fresh process; what is imported then adds up.

    Returns:
        For each: exit code, whether it wrote anything, heavy modules, command modules.
    """
    ended = subprocess.run(
        [sys.executable, "-c", PROBE % (HEAVY,), json.dumps(commands)],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        timeout=60,
        check=True,
    )
    return json.loads(ended.stdout)


LIGHT = [
    ["--help"],
    ["--version"],
    ["list"],
    ["list", "--all", "--json"],
    ["plugins"],
    ["cache", "path"],
    *[[verb, "--help"] for verb in cli.lazy],
    ["cache", "clean", "--help"],
    ["data", "get", "--help"],
    ["plugins", "--requirements"],
    ["plugins", "check", "--help"],
    ["plugins", "new", "--help"],
]


def test_nothing_heavy_is_imported():
    found = dict(zip(map(" ".join, LIGHT), probe(*LIGHT), strict=True))
    assert {name: (code, wrote, heavy) for name, (code, wrote, heavy, _) in found.items()} == {
        name: (0, True, []) for name in found
    }


@pytest.mark.parametrize("words", ["zoo inf", "zoo info ", "zoo run x --weights "])
def test_completion_imports_nothing_heavy(words):
    count = len(words.split(" ")) - 1
    environment = {"_ZOO_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    [[code, _, heavy, _]] = probe([], **environment)
    assert (code, heavy) == (0, [])


def test_only_the_module_of_the_verb_is_imported():
    found = probe(["--help"], ["nonsense"], ["cache", "path"])
    assert [verbs for *_, verbs in found] == [[], [], ["zoo.cli.commands.cache"]]


def test_the_list_of_commands_agrees_with_the_commands():
    import click

    ctx = click.Context(cli)
    for name, (_, short) in cli.lazy.items():
        command = cli.get_command(ctx, name)
        assert command is not None
        assert command.name == name
        assert command.help
        assert short.endswith(".")
        assert len(short) <= 60
