"""Where weights come from: written into each trained file, read back with suspicion."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec

from zoo import parameters
from zoo.errors import IntegrityError, complaint
from zoo.specs import Provenance
from zoo.weights.selection import Selection

__all__ = ["dataset_name", "from_data", "record", "to_data", "versions"]

TOOK_PART = ("digit-zoo", "keras", "tensorflow", "numpy")
"""Distributions whose version decides the arrays a recipe gives; a plugin's own is added."""


def record(
    selection: Selection,
    *,
    seed: int,
    dataset: Mapping[str, Any],
    metrics: Mapping[str, Any],
    seconds: float,
    key: str,
    requires: Mapping[str, str],
) -> Provenance:
    """Describe a training that has just ended."""
    return Provenance(
        model=selection.full_name,
        preset=selection.preset,
        hyperparameters=parameters.to_data(selection.hyperparameters),
        recipe=parameters.to_data(selection.recipe),
        seed=seed,
        dataset=dict(dataset),
        metrics=dict(metrics),
        versions=versions(selection.offer.plugin.distribution),
        created=_now(),
        seconds=round(seconds, 3),
        key=key,
        requires=dict(requires),
    )


def to_data(provenance: Provenance) -> dict[str, Any]:
    """Return plain JSON-able data."""
    return dict(msgspec.to_builtins(provenance))


def from_data(data: Mapping[str, Any], *, thing: str) -> Provenance:
    """Check and read what a file says of itself.

    Raises:
        IntegrityError: If a field is missing, unknown, or of the wrong type.
    """
    try:
        return msgspec.convert(data, Provenance)
    except msgspec.ValidationError as error:
        raise IntegrityError(
            complaint(f"{thing}: provenance", expected="a record written by zoo", got=str(error))
        ) from None


def dataset_name(provenance: Provenance | None) -> str | None:
    """Return the name of the dataset that was trained on, if it is said: text from a file, no more."""
    name = provenance.dataset.get("name") if provenance is not None else None
    return name if isinstance(name, str) else None


def versions(plugin: str) -> dict[str, str]:
    """Return the installed versions of what decides the outcome of a training."""
    found = {}
    for name in sorted({*TOOK_PART, plugin}):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _now() -> str:
    """UTC in whole seconds; SOURCE_DATE_EPOCH, where set, makes files reproducible."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    clock = (
        datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
        if epoch.isdigit()
        else datetime.datetime.now(datetime.UTC)
    )
    return clock.strftime("%Y-%m-%dT%H:%M:%SZ")
