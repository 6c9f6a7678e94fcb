"""Weights are named float32 arrays: checked all, then taken over all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import InvalidValueError, PluginError, close_matches, complaint
from zoo.specs import Shapes

__all__ = ["PARAMETER_LIMIT", "Weights", "check_size", "check_weights", "count"]

Weights = dict[str, NDArray[np.float32]]

PARAMETER_LIMIT = 50_000_000
"""Most parameters of one model: 200 MB as float32, four times that while Adam trains them."""


def count(shapes: Shapes) -> int:
    """Return the number of parameters."""
    return sum(math.prod(shape) for shape in shapes.values())


def check_size(shapes: Shapes, *, model: str) -> None:
    """Refuse a model that would not fit in memory, before anything of it exists.

    Raises:
        PluginError: If it has more than `PARAMETER_LIMIT` parameters.
    """
    if count(shapes) > PARAMETER_LIMIT:
        raise PluginError(
            complaint(
                f"model {model}",
                expected=f"at most {PARAMETER_LIMIT:,} parameters",
                got=f"{count(shapes):,}",
                do="choose fewer units",
            )
        )


def check_weights(arrays: Mapping[str, Any], shapes: Shapes, *, model: str) -> Weights:
    """Return read-only copies of `arrays` in the order of `shapes`.

    Raises:
        InvalidValueError: If a name, shape or type differs or a value is not finite; the message
            lists all faults.
    """
    faults = []
    for name in arrays:
        if name not in shapes:
            close = close_matches(str(name), shapes)
            do = f"did you mean {' or '.join(close)}?" if close else None
            faults.append(complaint(str(name), expected="no such array", do=do))
    checked: Weights = {}
    for name, shape in shapes.items():
        expected = f"float32 {tuple(shape)}"
        if name not in arrays:
            faults.append(complaint(name, expected=expected, got="nothing"))
            continue
        array = np.asarray(arrays[name])
        if array.dtype != np.float32 or array.shape != tuple(shape):
            faults.append(complaint(name, expected=expected, got=f"{array.dtype} {array.shape}"))
        elif not np.isfinite(array).all():
            faults.append(complaint(name, expected="finite values", got="NaN or infinities"))
        else:
            checked[name] = np.array(array, np.float32, order="C")
            checked[name].flags.writeable = False
    if faults:
        raise InvalidValueError(f"weights of {model}: {'; '.join(faults)}")
    return checked
