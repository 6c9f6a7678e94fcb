"""Weights files: a strict reader that trusts nothing in them, and a writer whose bytes never vary.

`read` finds out *where* in the bytes each expected array lies, checks all of it, and only then
copies the arrays out. A file without a pinned hash is examined in a child process under limits, so
that a crash of the HDF5 library, a hang or a burst of memory becomes an `IntegrityError`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoo.store.h5.container import size_limit
    from zoo.store.h5.reader import Contents, Extras, read, read_extras, read_weights
    from zoo.store.h5.writer import write

_HOME = {
    "Contents": "reader",
    "Extras": "reader",
    "read": "reader",
    "read_extras": "reader",
    "read_weights": "reader",
    "size_limit": "container",
    "write": "writer",
}

__all__ = ["Contents", "Extras", "read", "read_extras", "read_weights", "size_limit", "write"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
