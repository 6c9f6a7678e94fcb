"""Published weights, and the default recipes, clear their floors on the real MNIST."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "floors.py"


@pytest.mark.mnist
def test_published_weights_clear_their_floors(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_MIRROR", str(mirror))
    ended = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, timeout=280, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert len(ended.stdout.splitlines()) == 18


@pytest.mark.mnist
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_default_recipes_clear_their_floors(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_MIRROR", str(mirror))
    ended = subprocess.run(
        [sys.executable, str(SCRIPT), "--train"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
