"""`Layer`: what a network consists of, as plain data that needs no framework to be read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SETTINGS", "Layer", "flat_network"]

SETTINGS = (
    "units",
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "pool_size",
    "activation",
    "use_bias",
    "rate",
    "target_shape",
)
"""Settings of a layer that are kept: those that pictures and tables name."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of a network.

    Attributes:
        name: e.g. ``hidden_layer``.
        kind: Its Keras class, e.g. ``Dense``.
        shape: Of its output for one image, e.g. ``(26, 26, 32)``.
        settings: What it was made with, of `SETTINGS`; tuples as lists.
        variables: Name → shape of its weights.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def flat(cls) -> Layer:
        """Return the layer that makes an image a row of 784 pixels."""
        return cls(name="flatten", kind="Flatten", shape=(28 * 28,))

    @classmethod
    def dense(cls, name: str, inputs: int, units: int, activation: str, *, bias: bool = True) -> Layer:
        """Return a layer in which each unit weighs all inputs."""
        variables = {"kernel": (inputs, units)} | ({"bias": (units,)} if bias else {})
        settings = {"units": units, "activation": activation, "use_bias": bias}
        return cls(name=name, kind="Dense", shape=(units,), settings=settings, variables=variables)

    @classmethod
    def dropout(cls, name: str, units: int, rate: float) -> Layer:
        """Return the layer that leaves out this share of the units while training."""
        return cls(name=name, kind="Dropout", shape=(units,), settings={"rate": rate})

    @property
    def parameters(self) -> int:
        return sum(math.prod(shape) for shape in self.variables.values())

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        return {
            "name": self.name,
            "kind": self.kind,
            "shape": list(self.shape),
            "settings": dict(self.settings),
            "variables": {name: list(shape) for name, shape in self.variables.items()},
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Layer:
        """Read what `to_data` gave."""
        return cls(
            name=data["name"],
            kind=data["kind"],
            shape=tuple(data["shape"]),
            settings=data["settings"],
            variables={name: tuple(shape) for name, shape in data["variables"].items()},
        )


def flat_network(name: str, layers: Sequence[Layer]) -> str:
    """Return the Keras JSON of layers in a row on an image (28, 28).

    For `Model.config` of a model that is not written in Keras, so that plain Keras opens its files.
    """
    image = {"class_name": "InputLayer", "config": {"batch_shape": [None, 28, 28], "name": "image"}}
    rows = [
        {"class_name": layer.kind, "config": {"name": layer.name, **layer.settings}} for layer in layers
    ]
    config = {"name": name.replace("-", "_"), "layers": [image, *rows]}
    return json.dumps({"class_name": "Sequential", "config": config}, sort_keys=True)
