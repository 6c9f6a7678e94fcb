"""Views: pictures of what a model learned and did, each computed first and drawn second.

Every public name is loaded on first use: importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Frames": "zoo.views.picture",
    "Picture": "zoo.views.picture",
    "ViewContext": "zoo.views.context",
    "check": "zoo.views.matching",
    "colour_faults": "zoo.views.guard",
    "draw": "zoo.views.matching",
    "frames": "zoo.views.matching",
    "offered": "zoo.views.matching",
    "unmet": "zoo.views.matching",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'zoo.views' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
