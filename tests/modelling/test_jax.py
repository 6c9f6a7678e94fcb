"""The zoo on Keras's JAX backend: slower, and with the same commands."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.timeout(900),  # three processes, and a machine that may be busy
    pytest.mark.tensorflow,  # as heavy as those: one at a time
    pytest.mark.skipif(
        importlib.util.find_spec("jax") is None,
        reason="needs JAX: pip install jax, or the extra dev",
    ),
]

Process = Callable[..., subprocess.CompletedProcess[str]]


def by_jax(zoo_process: Process, *arguments: str) -> dict[str, Any]:
    ended = zoo_process(*arguments, "--data", "digits", "--json", KERAS_BACKEND="jax")
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_an_mlp_is_trained_evaluated_drawn_and_cached(zoo_process: Process, tmp_path: Path) -> None:
    words = ("--set", "epochs=6", "--set", "hidden=16", "--set", "l2=0.0001", "--seed", "3")
    first = by_jax(zoo_process, "run", "mlp", *words, "--visualize", "-o", str(tmp_path / "pictures"))
    assert first["weights"]["source"] == "trained"
    assert first["evaluation"]["accuracy"] > 0.85
    pictures = [Path(file) for view in first["views"] for file in view["files"]]
    assert len(pictures) >= 7
    assert min(picture.stat().st_size for picture in pictures) > 1_000
    assert Path(first["report"]).is_file()
    assert any("the Keras backend jax cannot export it" in warning for warning in first["warnings"])

    again = by_jax(zoo_process, "run", "mlp", *words)
    assert "earlier" in again["weights"]["reason"]
    assert again["weights"]["sha256"] == first["weights"]["sha256"]
    assert again["evaluation"]["accuracy"] == first["evaluation"]["accuracy"]

    # weights trained by one backend predict the same on the other
    other = zoo_process("run", "mlp", *words, "--data", "digits", "--json")
    assert other.returncode == 0, other.stderr
    found = json.loads(other.stdout)
    assert found["weights"]["sha256"] == first["weights"]["sha256"]
    assert found["evaluation"]["accuracy"] == pytest.approx(first["evaluation"]["accuracy"], abs=1 / 360)
    assert found["evaluation"]["loss"] == pytest.approx(first["evaluation"]["loss"], abs=1e-4)


def test_convolutions_and_dropout_train_alike_with_the_same_seed(zoo_process: Process) -> None:
    words = ("--set", "filters=4,8", "--set", "dense=0", "--set", "dropout=0.2", "--set", "epochs=2")
    first, second = (
        by_jax(zoo_process, "train", "cnn", *words, "--set", "patience=2", "--seed", "1")
        for _ in range(2)
    )
    curves = first["training"]["epochs"]
    assert curves == second["training"]["epochs"]
    assert curves["accuracy"][1] > curves["accuracy"][0]
    assert first["evaluation"]["confusion"] == second["evaluation"]["confusion"]
