"""A right registry as data, and ways to change and write it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SHA = "0123456789abcdef" * 4

WEIGHTS: dict[str, Any] = {
    "model": "mlp",
    "preset": "default",
    "dataset": "mnist",
    "tag": "upstream",
    "default": True,
    "summary": "a summary",
    "file": "mlp.h5",
    "size": 1000,
    "sha256": SHA,
    "urls": ["https://example.org/mlp.h5"],
    "published": {"accuracy": 0.97, "loss": 1},
    "licence": "MIT",
}
DATASET: dict[str, Any] = {
    "name": "mnist",
    "summary": "digits",
    "arrays": {
        "x_train": {"shape": [6, 28, 28], "sha256": SHA},
        "y_train": {"shape": [6], "sha256": SHA},
        "x_test": {"shape": [2, 28, 28], "sha256": SHA},
        "y_test": {"shape": [2], "sha256": SHA},
    },
    "container": [
        {"format": "npz", "file": [{"file": "mnist.npz", "urls": ["https://example.org/mnist.npz"]}]},
        {
            "format": "idx",
            "file": [
                {"array": name, "file": f"{name}.gz"}
                for name in ("x_train", "y_train", "x_test", "y_test")
            ],
        },
    ],
}


def inline(value: Any) -> str:
    """Write a value as TOML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def toml(*tables: tuple[str, dict[str, Any]], schema: Any = 1) -> bytes:
    """Write a registry with these tables."""
    lines = [] if schema is None else [f"schema = {inline(schema)}"]
    for kind, table in tables:
        lines.append(f"[[{kind}]]")
        lines += [f"{json.dumps(key)} = {inline(value)}" for key, value in table.items()]
    return ("\n".join(lines) + "\n").encode()


@pytest.fixture
def weights() -> dict[str, Any]:
    return copy.deepcopy(WEIGHTS)


@pytest.fixture
def dataset() -> dict[str, Any]:
    return copy.deepcopy(DATASET)


@pytest.fixture
def write() -> Callable[..., bytes]:
    return toml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the registry of the test lies."""
    found = tmp_path / "registry"
    found.mkdir()
    return found
