"""Random weights to start from: how far they spread decides whether a signal gets through."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from zoo_scratch import Hyperparameters, shapes


def draw(
    hyperparameters: Hyperparameters, initialisation: str, random: np.random.Generator
) -> dict[str, NDArray[np.float32]]:
    """Draw kernels from a normal distribution of mean 0, in forward order.

    Its variance, for n inputs and m units: ``normal`` 1, of the biases too; ``xavier`` 2 / (n + m)
    (Glorot & Bengio 2010), for sigmoid and tanh; ``he`` 2 / n (He et al. 2015), for relu. With the
    last two, biases start at 0.
    """
    weights = {}
    for name, shape in shapes(hyperparameters).items():
        n = shape[0]
        match initialisation:
            case "normal":
                spread = 1.0
            case _ if name.endswith("/bias"):
                spread = 0.0
            case "xavier":
                spread = math.sqrt(2 / (n + shape[1]))
            case _:
                spread = math.sqrt(2 / n)
        weights[name] = random.normal(0, spread, shape).astype(np.float32)
    return weights
