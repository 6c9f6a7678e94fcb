"""Registries: which weights and datasets are published, where, and how to know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo.registry.entries import (
    ArrayFact,
    Container,
    ContainerFile,
    DatasetEntry,
    Parsed,
    WeightsEntry,
)
from zoo.registry.merging import Registry
from zoo.registry.reading import parse_registry
from zoo.registry.sources import bundled_registry, load_registry
from zoo.registry.toml import SIZE_LIMIT

if TYPE_CHECKING:
    from zoo.registry.shelf import Put, Shelf

__all__ = [
    "SIZE_LIMIT",
    "ArrayFact",
    "Container",
    "ContainerFile",
    "DatasetEntry",
    "Parsed",
    "Put",
    "Registry",
    "Shelf",
    "WeightsEntry",
    "bundled_registry",
    "load_registry",
    "parse_registry",
]


def __getattr__(name: str) -> Any:
    if name not in ("Put", "Shelf"):
        raise AttributeError(f"module 'zoo.registry' has no attribute {name!r}")
    from zoo.registry import shelf  # only publishing writes registries; every command reads them

    return getattr(shelf, name)
