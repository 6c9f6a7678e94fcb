"""What users call: `Zoo` and what it returns; the command line has no logic beyond this."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoo.api.house import Zoo as Zoo
    from zoo.api.loaded import LoadedModel as LoadedModel
    from zoo.api.running import Run as Run
    from zoo.api.shortcuts import load as load
    from zoo.api.shortcuts import models as models
    from zoo.api.shortcuts import run as run

_HOME = {
    "LoadedModel": "zoo.api.loaded",
    "Run": "zoo.api.running",
    "Zoo": "zoo.api.house",
    "load": "zoo.api.shortcuts",
    "models": "zoo.api.shortcuts",
    "run": "zoo.api.shortcuts",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zoo.api' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
