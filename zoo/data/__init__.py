"""Datasets: obtained, verified, kept as plain arrays, and cut into the parts that are asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoo.data.dataset import Dataset as Dataset
    from zoo.data.examples import Examples as Examples
    from zoo.data.examples import TrainingData as TrainingData
    from zoo.data.facts import identity as identity
    from zoo.data.facts import is_at_hand as is_at_hand
    from zoo.data.obtaining import obtain as obtain

_HOME = {
    "Dataset": "dataset",
    "Examples": "examples",
    "TrainingData": "examples",
    "identity": "facts",
    "is_at_hand": "facts",
    "obtain": "obtaining",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
