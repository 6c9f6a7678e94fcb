"""Registries: which weights and datasets are published, where, and how to know them."""

from __future__ import annotations

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
from zoo.registry.shelf import Put, Shelf
from zoo.registry.sources import bundled_registry, load_registry
from zoo.registry.toml import SIZE_LIMIT

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
