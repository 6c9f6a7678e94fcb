"""What goes wrong in a plugin's fit is laid at its door; what is not its fault passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.weights.small import House, MeanModel
from zoo.errors import PluginError, UsageError
from zoo.modelling import History


def fitting(monkeypatch: pytest.MonkeyPatch, fit: Any) -> None:
    monkeypatch.setattr(MeanModel, "fit", fit)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (ValueError("two\nlines"), "ValueError: two lines"),
        (SystemExit(3), "it called sys.exit(3)"),
    ],
)
def test_whatever_fit_raises_names_plugin_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, reason: str
) -> None:
    def fit(*_: Any, **__: Any) -> None:
        raise error

    fitting(monkeypatch, fit)
    with pytest.raises(PluginError) as caught:
        House(tmp_path).obtain()
    assert str(caught.value) == f"model mean of plugin small: fit() failed: {reason}"
    assert (caught.value.exit_code, caught.value.plugin) == (5, "small")
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), MemoryError(), UsageError("a larger subset is needed")]
)
def test_what_is_not_the_plugins_fault_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fit(*_: Any, **__: Any) -> None:
        raise error

    fitting(monkeypatch, fit)
    with pytest.raises(type(error)) as caught:
        House(tmp_path).obtain()
    assert caught.value is error


def test_no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fitting(monkeypatch, lambda *_, **__: History({"loss": (1.0,)}))
    with pytest.raises(PluginError, match=r"left the model without weights; set self.weights in fit"):
        House(tmp_path).obtain()
    assert not list(tmp_path.rglob("*.h5"))


def test_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = MeanModel.fit

    def fit(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)

    fitting(monkeypatch, fit)
    with pytest.raises(PluginError, match=r"fit\(\) gave a NoneType; return a zoo.History from fit"):
        House(tmp_path).obtain()
