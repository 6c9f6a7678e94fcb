"""How steps are taken, in NumPy: all weights of a model in one row of numbers, moved in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from zoo.modelling.arrays import Weights
from zoo.plugins import parameter_count
from zoo.specs import Shapes

__all__ = ["Adam", "Momentum", "Optimizer", "WeightVector", "optimizer"]

Vector = NDArray[np.float32]

FRICTION = 0.9
"""Share of its speed that momentum keeps from step to step."""

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7
"""Of Adam; these and momentum's are the values Keras has, so that a recipe means the same everywhere."""


class WeightVector:
    """Named arrays that lie one after another in one vector: a step on it moves them all.

    Attributes:
        flat: All numbers, float32.
        arrays: ``"layer/variable"`` → view into `flat`.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.flat: Vector = np.zeros(parameter_count(shapes), np.float32)
        self.arrays: Weights = {}
        end = 0
        for name, shape in shapes.items():
            start, end = end, end + int(np.prod(shape))
            self.arrays[name] = self.flat[start:end].reshape(shape)

    def copies(self) -> Weights:
        return {name: array.copy() for name, array in self.arrays.items()}

    def assign(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        for name, array in self.arrays.items():
            array[...] = weights[name]


class Optimizer(Protocol):
    """Moves weights w along the gradient g = dL/dw.

    Attributes:
        takes_rates: `step` wants rate · g in place of g: whoever computes it multiplies a few numbers
            at its start, which spares a pass over all.
    """

    takes_rates: bool

    def step(self, weights: Vector, gradient: Vector, rate: float) -> None:
        """Move `weights` in place; `gradient` is used up."""


class Descent:
    """Plain gradient descent: w ← w − rate · g."""

    takes_rates = True

    def step(self, weights: Vector, gradient: Vector, rate: float) -> None:  # noqa: ARG002
        weights -= gradient


class Momentum:
    """A ball that rolls downhill: v ← 0.9 v − rate · g, w ← w + v (Polyak 1964)."""

    takes_rates = True

    def __init__(self, size: int) -> None:
        self.speed: Vector = np.zeros(size, np.float32)

    def step(self, weights: Vector, gradient: Vector, rate: float) -> None:  # noqa: ARG002
        self.speed *= FRICTION
        self.speed -= gradient
        weights += self.speed


class Adam:
    """Each weight has a step size of its own (Kingma & Ba 2014, arXiv:1412.6980).

    m and v are running means of g and g², t counts steps::

        m ← 0.9 m + 0.1 g        v ← 0.999 v + 0.001 g²
        w ← w − rate · √(1 − 0.999ᵗ) / (1 − 0.9ᵗ) · m / (√v + ε)

    m → ``mean``, v → ``square``, t → ``steps``.
    """

    takes_rates = False

    def __init__(self, size: int) -> None:
        self.mean: Vector = np.zeros(size, np.float32)
        self.square: Vector = np.zeros(size, np.float32)
        self.steps = 0
        self._room: Vector = np.empty(size, np.float32)  # so that no step makes an array

    def step(self, weights: Vector, gradient: Vector, rate: float) -> None:
        self.steps += 1
        room = self._room
        np.multiply(gradient, gradient, out=room)
        room *= 1 - BETA_2
        self.square *= BETA_2
        self.square += room
        gradient *= 1 - BETA_1
        self.mean *= BETA_1
        self.mean += gradient
        np.sqrt(self.square, out=room)
        room += EPSILON
        np.divide(self.mean, room, out=room)
        room *= rate * (1 - BETA_2**self.steps) ** 0.5 / (1 - BETA_1**self.steps)
        weights -= room


def optimizer(name: str, size: int) -> Optimizer:
    """Return a fresh optimizer: ``adam``, ``momentum`` or ``sgd``, for so many weights."""
    match name:
        case "adam":
            return Adam(size)
        case "momentum":
            return Momentum(size)
        case _:
            return Descent()
