"""Training small dense networks in NumPy: what a step multiplies takes less time than starting it would.

A step of 128 images through 64 units takes TensorFlow at least twice as long as its matrix products
take: it is some thirty operations, handed from thread to thread. Here they are plain calls on one
core. Keras still builds the network, draws its weights, and gets the trained ones.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.modelling import networks
from zoo.modelling.arrays import Weights

__all__ = ["DenseRow", "row_of"]

PRODUCTS_LIMIT = 1 << 24
"""Multiplications of a step, forward: beyond, the threads of TensorFlow make up for what they cost
(measured on two cores: 128 images through 64 units are 6.5 million, through 256 units 26 million)."""

Floats = NDArray[np.floating[Any]]
"""float32, or float64 where derivatives are checked."""


@dataclass(frozen=True)
class Bend:
    """An activation a = f(z), and its slope da/dz told from a."""

    value: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


def _sigmoid(z: Floats) -> Floats:
    half = z.dtype.type(0.5)
    a: Floats = half * (1 + np.tanh(half * z))  # 1 / (1 + e^(−z)), which would overflow
    return a


BENDS: dict[str, Bend] = {
    "linear": Bend(lambda z: z, np.ones_like),
    "relu": Bend(lambda z: np.maximum(z, 0, out=z), lambda a: (a > 0).astype(a.dtype)),
    "sigmoid": Bend(_sigmoid, lambda a: a * (1 - a)),
    "tanh": Bend(np.tanh, lambda a: 1 - a * a),
    "elu": Bend(
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), lambda a: np.where(a > 0, 1, a + 1)
    ),
}
"""Activations of hidden layers, as Keras calls and defines them."""


@dataclass(frozen=True)
class Unit:
    """A dense layer: the names of its weights, its activation, the share of units left out after it."""

    kernel: str
    bias: str | None
    activation: str
    dropout: float = 0.0


class DenseRow:
    """Dense layers in a row that end in softmax, as a `zoo.modelling.descent.Learner`.

    Forward, layers i = 1…k, a₀ = x: z_i = a_{i−1} W_i + b_i, a_i = f(z_i), p = softmax(z_k). The loss
    of an image of class c is −ln p_c, and d loss / d z_k = p − 1_c (one-hot); the rest is the chain
    rule. A unit that is left out gives 0, the others 1 / (1 − share) times what they would.

    Args:
        units: In forward order.
        random: Draws which units are left out.
    """

    def __init__(self, units: tuple[Unit, ...], random: np.random.Generator) -> None:
        self.units = units
        self.random = random

    def gradients(
        self,
        weights: Weights,
        pixels: Floats,
        labels: NDArray[np.int32],
        into: Weights,
        scale: float = 1.0,
    ) -> tuple[float, float]:
        inputs, slopes = [pixels], []
        for unit in self.units[:-1]:
            bend = BENDS[unit.activation]
            a = bend.value(_sums(weights, unit, inputs[-1]))
            slope = bend.slope(a)
            if unit.dropout:
                kept = self.random.random(a.shape, np.float32) >= unit.dropout
                mask = kept.astype(a.dtype) / a.dtype.type(1 - unit.dropout)
                a, slope = a * mask, slope * mask
            inputs.append(a)
            slopes.append(slope)
        loss, hits, delta = _judge(_sums(weights, self.units[-1], inputs[-1]), labels)
        delta *= delta.dtype.type(scale)
        delta /= delta.dtype.type(len(pixels))
        for place in range(len(self.units) - 1, -1, -1):
            unit = self.units[place]
            np.matmul(inputs[place].T, delta, out=into[unit.kernel])
            if unit.bias is not None:
                np.add.reduce(delta, axis=0, out=into[unit.bias])
            if place:
                delta = delta @ weights[unit.kernel].T
                delta *= slopes[place - 1]
        return loss, hits

    def losses(self, weights: Weights, pixels: Floats, labels: NDArray[np.int32]) -> tuple[float, float]:
        a = pixels
        for unit in self.units[:-1]:
            a = BENDS[unit.activation].value(_sums(weights, unit, a))
        loss, hits, _ = _judge(_sums(weights, self.units[-1], a), labels)
        return loss, hits


def row_of(network: Any, *, batch: int, random: np.random.Generator) -> DenseRow | None:
    """Return the network as dense layers in a row; None if it is something else, or too large.

    Args:
        network: A Keras network. All its layers must do what their class does by default: none that
            is frozen, regularised, constrained or of another precision.
        batch: Images a step.
        random: For dropout.
    """
    pairs = itertools.pairwise(network.layers)
    if not all(after.input is before.output for before, after in pairs):
        return None
    if networks.output_name(network) != network.layers[-1].name:
        return None
    units: list[Unit] = []
    for layer in network.layers:
        match type(layer).__name__:
            case "InputLayer" | "Flatten" if not units:
                pass
            case "Dense" if _is_plain(layer):
                bias = f"{layer.name}/bias" if layer.use_bias else None
                units.append(Unit(f"{layer.name}/kernel", bias, layer.get_config()["activation"]))
            case "Dropout" if units and not units[-1].dropout and layer.noise_shape is None:
                units[-1] = dataclasses.replace(units[-1], dropout=float(layer.rate))
            case _:
                return None
    if not units or units[-1].activation != "softmax" or units[-1].dropout:
        return None
    if any(unit.activation not in BENDS for unit in units[:-1]):
        return None
    products = batch * sum(math.prod(v.shape) for v in network.trainable_variables)
    return DenseRow(tuple(units), random) if products <= PRODUCTS_LIMIT else None


def _is_plain(layer: Any) -> bool:
    extras = (
        *("kernel_regularizer", "bias_regularizer", "activity_regularizer"),
        *("kernel_constraint", "bias_constraint", "lora_rank", "quantization_mode"),
    )
    return bool(
        layer.trainable
        and layer.dtype_policy.name == "float32"
        and all(getattr(layer, extra, None) is None for extra in extras)
    )


def _sums(weights: Weights, unit: Unit, a: Floats) -> Floats:
    sums: Floats = a @ weights[unit.kernel]  # (batch, units)
    if unit.bias is not None:
        sums += weights[unit.bias]
    return sums


def _judge(sums: Floats, labels: NDArray[np.int32]) -> tuple[float, float, Floats]:
    """Return mean loss, share of right answers, and p − 1_c of each image, (batch, class)."""
    rows = np.arange(len(labels))
    hits = np.count_nonzero(sums.argmax(axis=1) == labels)
    sums -= sums.max(axis=1, keepdims=True)
    wanted = sums[rows, labels]
    shares = np.exp(sums)  # the largest is 1: none overflows
    totals = shares.sum(axis=1, keepdims=True)
    loss = (np.log(totals[:, 0]) - wanted).sum() / len(labels)
    shares /= totals
    shares[rows, labels] -= 1
    return float(loss), hits / len(labels), shares
