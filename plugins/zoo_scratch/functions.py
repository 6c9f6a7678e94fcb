"""Activations and losses, each value with its derivative beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""float32, or float64 where derivatives are checked."""


@dataclass(frozen=True)
class Activation:
    """A function a = f(z), and how a slope goes back through it.

    Attributes:
        value: z → a, (batch, unit).
        back: (a, dL/da) → dL/dz. All of these can be told from a alone.
    """

    value: Callable[[Array], Array]
    back: Callable[[Array, Array], Array]


def _sigmoid(z: Array) -> Array:
    half = z.dtype.type(0.5)
    a: Array = np.tanh(half * z)  # a = ½ (1 + tanh ½z) is 1 / (1 + e^(−z)), which would overflow
    a += 1
    a *= half
    return a


def _softmax(z: Array) -> Array:
    powers = np.exp(z - z.max(axis=1, keepdims=True))  # the largest is 1: none overflows
    a: Array = powers / powers.sum(axis=1, keepdims=True)
    return a


def _softmax_back(a: Array, slope: Array) -> Array:
    back: Array = a * (slope - (slope * a).sum(axis=1, keepdims=True))
    return back


ACTIVATIONS = {
    "linear": Activation(lambda z: z, lambda a, slope: slope),  # noqa: ARG005
    "relu": Activation(lambda z: np.maximum(z, 0), lambda a, slope: slope * (a > 0)),
    "sigmoid": Activation(_sigmoid, lambda a, slope: slope * a * (1 - a)),
    "tanh": Activation(np.tanh, lambda a, slope: slope * (1 - a * a)),
    "softmax": Activation(_softmax, _softmax_back),
}


def squared_error(output: str, z: Array, a: Array, target: Array) -> tuple[float, Array]:  # noqa: ARG001
    """Return ½ Σ_k (a_k − t_k)², summed over the images, and its slope dL/dz, (batch, class)."""
    error = a - target
    return float(np.vdot(error, error)) / 2, ACTIVATIONS[output].back(a, error)


def cross_entropy(output: str, z: Array, a: Array, target: Array) -> tuple[float, Array]:
    """Return the cross-entropy, summed over the images, and its slope dL/dz, (batch, class).

    −Σ_k t_k ln a_k, where a linear output is understood as what softmax is taken of; for sigmoids,
    which answer independently, −Σ_k t_k ln a_k + (1 − t_k) ln(1 − a_k). Both are computed from z: a
    that has become 0 or 1 has no logarithm. The slope is simply a − t, why cross-entropy learns
    fast where squared error hardly moves.
    """
    if output == "sigmoid":
        losses = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - target * z
        return float(losses.sum()), a - target
    share = _softmax(z) if output == "linear" else a
    top = z.max(axis=1, keepdims=True)
    log_shares = z - top - np.log(np.exp(z - top).sum(axis=1, keepdims=True))
    total = target.sum(axis=1, keepdims=True)  # 1 for one-hot targets
    return -float((target * log_shares).sum()), share * total - target


LOSSES = {"squared-error": squared_error, "cross-entropy": cross_entropy}


def targets(labels: NDArray[np.integer[Any]], classes: int, *, one_hot: bool, like: Array) -> Array:
    """Return what the outputs should become, (batch, class).

    Without `one_hot` every output is to become the label itself, 0 to 9: the mistake of a network
    that was given the digit in place of ten answers.
    """
    if not one_hot:
        return np.repeat(labels[:, None], classes, axis=1).astype(like.dtype)
    wanted: Array = _one_hot(classes, like.dtype)[labels]
    return wanted


@functools.cache
def _one_hot(classes: int, dtype: np.dtype[Any]) -> Array:
    return np.eye(classes, dtype=dtype)
