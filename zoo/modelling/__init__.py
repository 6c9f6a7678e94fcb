"""Models: the interface all share, and short ways for those written in Keras or NumPy."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoo.modelling.base import Model as Model
    from zoo.modelling.history import History as History
    from zoo.modelling.keras_model import KerasModel as KerasModel
    from zoo.modelling.layers import Layer as Layer
    from zoo.modelling.layers import flat_network as flat_network
    from zoo.modelling.linear import LinearModel as LinearModel

_HOME = {
    "History": "history",
    "KerasModel": "keras_model",
    "Layer": "layers",
    "LinearModel": "linear",
    "Model": "base",
    "flat_network": "layers",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
