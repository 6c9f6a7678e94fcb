"""The public names: each is there, once, lazily, and type checkers see the same ones."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import zoo

HEAVY = {"tensorflow", "keras", "numpy", "h5py", "matplotlib", "requests"}


@pytest.mark.parametrize("name", [n for n in zoo.__all__ if n != "KerasModel"])
def test_each_public_name_is_there(name: str) -> None:
    assert getattr(zoo, name) is not None
    assert name in dir(zoo)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'giraffe'"):
        zoo.giraffe  # noqa: B018


def test_type_checkers_are_told_of_the_same_names() -> None:
    tree = ast.parse(Path(zoo.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    told = {
        alias.asname: f"{node.module}.{alias.name}"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(told) == set(zoo.__all__) - {"__version__"}


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["info", "mlp"], ["--help"], ["run", "--help"], ["plugins"], ["views", "mlp"]],
)
def test_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from zoo.cli import main\n"
        f"sys.argv = ['zoo', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print('heavy:', sorted({HEAVY!r} & set(sys.modules)))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "heavy: []"


def test_listing_models_reads_no_views() -> None:
    code = (
        "import sys\n"
        "from zoo.cli import main\n"
        "sys.argv = ['zoo', 'list']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print('read:', [name for name in sys.modules if name.startswith('zoo.views.declared')])\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "read: []"


def test_the_framework_names_no_model_and_no_dataset() -> None:
    """Rule 1: core knows none of its plugins. Help texts may give examples."""
    names = {"mlp", "mnist", "digits", "cnn", "ovr", "neuron", "scratch", "prototype", "generator"}
    root = Path(zoo.__file__).parent
    templates = root / "scaffold" / "templates"  # plugins, not core
    found = [
        f"{path.relative_to(root)}:{node.lineno}: {node.value!r}"
        for path in sorted(root.rglob("*.py"))
        if not path.is_relative_to(templates)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names
    ]
    assert found == []
