"""Plugins that are wrong in one thing: scaffolded ones with a few words changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zoo.scaffold import make_plugin

Wrong = Callable[..., Path]


@pytest.fixture
def wrong(tmp_path: Path) -> Wrong:
    """Scaffold a plugin called ``wrong`` and change its files.

    Each change is a file of the package, a text in it, and what comes in its place; without a text
    the new one is added at the end.
    """

    def write(kind: str, *changes: tuple[str, str, str]) -> Path:
        folder = make_plugin("wrong", kind=kind, to=tmp_path).folder
        for name, old, new in changes:
            file = folder / "zoo_wrong" / name
            text = file.read_text(encoding="utf-8") if file.exists() else ""
            assert old in text, f"{name} holds no {old!r}"
            file.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
        return folder

    return write
