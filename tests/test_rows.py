"""Every row of the table of faults has tests, and each can be run by its number: `-k row_07`."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = range(1, 43)


def names() -> dict[str, list[str]]:
    """Name of every test in every file below tests/, with the file."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[node.name].append(str(path.relative_to(TESTS)))
    return found


FOUND = names()


@pytest.mark.parametrize("row", ROWS)
def test_each_row_has_a_test(row: int) -> None:
    assert [name for name in FOUND if name.startswith(f"test_row_{row:02}_")]


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_tried_through_the_command_line(row: int) -> None:
    """Row 42: everything above through the command line."""
    places = ("cli/", "acceptance/", "test_soak")
    tried = [
        name
        for name, files in FOUND.items()
        if name.startswith(f"test_row_{row:02}_") and any(file.startswith(places) for file in files)
    ]
    assert tried


def test_every_row_is_written_the_same_way() -> None:
    """Otherwise `-k row_07` would run only some of its tests."""
    numbered = [name for name in FOUND if re.search(r"(?<![a-z])rows?_?\d", name)]
    assert [name for name in numbered if not re.match(r"test_row_\d\d_", name)] == []
    assert {int(name[9:11]) for name in numbered} == set(ROWS)
