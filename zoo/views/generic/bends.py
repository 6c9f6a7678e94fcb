"""Activation functions: which one was used, and how steep it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["apply", "bend_of", "slope_of"]

Array = npt.NDArray[np.float64]

NAMES = ("linear", "relu", "sigmoid", "tanh", "elu", "softmax")


def apply(name: str, z: Array) -> Array:
    """Return the function called `name` of `z`; softmax is taken over the last axis."""
    match name:
        case "relu":
            return np.maximum(z, 0.0)
        case "sigmoid":
            return 0.5 * (1.0 + np.tanh(0.5 * z))
        case "tanh":
            return np.tanh(z)
        case "elu":
            return np.where(z > 0, z, np.expm1(np.minimum(z, 0.0)))
        case "softmax":
            e = np.exp(z - z.max(axis=-1, keepdims=True))
            return np.asarray(e / e.sum(axis=-1, keepdims=True))
    return z


def slope_of(name: str, z: Array) -> Array | None:
    """Return the derivative at `z`; None where it is not known or not one number a unit."""
    match name:
        case "linear":
            return np.ones_like(z)
        case "relu":
            return (z > 0).astype(np.float64)
        case "sigmoid":
            s = apply("sigmoid", z)
            return s * (1.0 - s)
        case "tanh":
            return 1.0 - np.tanh(z) ** 2
        case "elu":
            return np.where(z > 0, 1.0, np.exp(np.minimum(z, 0.0)))
    return None


def bend_of(z: Array, outputs: Array, tolerance: float) -> str:
    """Name the function that gave `outputs` from `z`; empty if it is none of these.

    Args:
        z: Sums.
        outputs: In the same shape.
        tolerance: Relative to the largest sum or output.
    """
    room = tolerance * max(float(np.abs(outputs).max(initial=0.0)), 1e-3)
    for name in NAMES:
        if z.shape == outputs.shape and np.abs(apply(name, z) - outputs).max(initial=0.0) <= room:
            return name
    return ""
