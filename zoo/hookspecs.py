"""The three hooks of the zoo. Each returns a list of plain data and imports nothing heavy."""

from __future__ import annotations

import pluggy

from zoo.specs import DatasetSpec, ModelSpec, ViewSpec

__all__ = ["HOOKS", "hookimpl", "hookspec", "zoo_datasets", "zoo_models", "zoo_views"]

hookspec = pluggy.HookspecMarker("zoo")
hookimpl = pluggy.HookimplMarker("zoo")

HOOKS = ("zoo_models", "zoo_datasets", "zoo_views")


@hookspec
def zoo_models() -> list[ModelSpec]:  # type: ignore[empty-body]
    """Return the models this plugin offers."""


@hookspec
def zoo_datasets() -> list[DatasetSpec]:  # type: ignore[empty-body]
    """Return the datasets this plugin offers."""


@hookspec
def zoo_views() -> list[ViewSpec]:  # type: ignore[empty-body]
    """Return the views this plugin offers."""
