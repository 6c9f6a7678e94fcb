"""Weights are named float32 arrays: checked all, then taken over all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import InvalidValueError, close_matches, complaint
from zoo.specs import Shapes

__all__ = ["Weights", "check_weights", "hash_weights"]

Weights = dict[str, NDArray[np.float32]]


def check_weights(arrays: Mapping[str, Any], shapes: Shapes, *, model: str) -> Weights:
    """Return read-only copies of `arrays` in the order of `shapes`.

    Raises:
        InvalidValueError: If a name, shape or type differs or a value is not finite; the message
            lists all faults.
    """
    if not isinstance(arrays, Mapping):
        raise InvalidValueError(
            complaint(
                f"weights of {model}",
                expected="a mapping from names to arrays",
                got=type(arrays).__name__,
            )
        )
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


def hash_weights(weights: Mapping[str, NDArray[np.float32]]) -> str:
    """Return a sha256 over names, shapes and values, whichever file they are in and when it was made."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        array = weights[name]
        digest.update(f"{name} {array.shape}\n".encode())
        digest.update(array.astype("<f4", order="C").tobytes())
    return digest.hexdigest()
