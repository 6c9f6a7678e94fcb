"""`History`: how training went, epoch by epoch, and the first layer's weights along the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import IntegrityError, complaint

__all__ = ["CURVES", "History"]

CURVES = (
    "loss",
    "accuracy",
    "validation_loss",
    "validation_accuracy",
    "test_loss",
    "test_accuracy",
    "learning_rate",
)
"""Curves there may be. ``loss`` and ``accuracy`` are means over the epoch's training steps, measured
while they are taken: with shifted images and dropout, and by weights still on their way."""


@dataclass(frozen=True)
class History:
    """How training went.

    Attributes:
        epochs: Curve → its value after each epoch; all curves are equally long.
        snapshots: Step as eight digits → weights of one layer after so many steps, float16.
        snapshot_of: Name of those weights, ``"layer/variable"``; empty if there are none.
    """

    epochs: Mapping[str, tuple[float, ...]]
    snapshots: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    snapshot_of: str = ""

    @property
    def steps(self) -> tuple[int, ...]:
        """Training steps taken at each snapshot, ascending."""
        return tuple(int(name) for name in sorted(self.snapshots))

    def snapshot(self, step: int) -> NDArray[np.float32]:
        """Return the weights after so many steps, one of `steps`."""
        return np.asarray(self.snapshots[f"{step:08d}"], np.float32)

    def __len__(self) -> int:
        return len(next(iter(self.epochs.values()), ()))

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data; snapshots are arrays and travel apart."""
        data: dict[str, Any] = {"epochs": {name: list(values) for name, values in self.epochs.items()}}
        if self.snapshot_of:
            data["snapshot_of"] = self.snapshot_of
        return data

    @classmethod
    def from_data(
        cls,
        data: Mapping[str, Any],
        *,
        snapshots: Mapping[str, NDArray[Any]] | None = None,
        thing: str = "history",
    ) -> History:
        """Read what `to_data` gave; unknown curves and snapshots of other names are left out.

        Raises:
            IntegrityError: If a curve is not a list of finite numbers or lengths differ.
        """
        found = data.get("epochs")
        if not isinstance(found, Mapping):
            raise _error(thing, "curves by name", type(found).__name__)
        curves = {}
        for name in CURVES:
            if name in found:
                curves[name] = _curve(found[name], f"{thing}, {name}")
        lengths = {len(values) for values in curves.values()}
        if len(lengths) > 1:
            raise _error(thing, "curves of one length", ", ".join(map(str, sorted(lengths))))
        kept = {
            name: array
            for name, array in sorted((snapshots or {}).items())
            if len(name) == 8 and name.isascii() and name.isdigit()
        }
        of = data.get("snapshot_of", "")
        if not isinstance(of, str):
            raise _error(f"{thing}, snapshot_of", "a text", type(of).__name__)
        return cls(curves, kept if of else {}, of if kept else "")


def _curve(values: Any, thing: str) -> tuple[float, ...]:
    numbers = isinstance(values, (list, tuple)) and all(
        isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v) for v in values
    )
    if not numbers:
        raise _error(thing, "a list of finite numbers", type(values).__name__)
    return tuple(float(v) for v in values)


def _error(thing: str, expected: str, got: str) -> IntegrityError:
    return IntegrityError(complaint(f"{thing}: the training history", expected=expected, got=got))
