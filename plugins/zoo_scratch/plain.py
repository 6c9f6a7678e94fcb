"""The same network one image at a time: nothing to be fast, everything to be seen.

The first lesson, the way the source notebook has it, and the oracle that tests compare the matrix
products with: two layers of sigmoids, squared error, plain gradient descent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def sigmoid(z: Floats) -> Floats:
    return 1 / (1 + np.exp(-z))


def step(
    kernels: list[Floats], biases: list[Floats], images: Floats, targets: Floats, rate: float
) -> None:
    """Take one step on images (batch, 784) with targets (batch, 10); the weights change in place."""
    (w1, w2), (b1, b2) = kernels, biases
    changes = [np.zeros_like(array) for array in (w1, b1, w2, b2)]
    for x, t in zip(images, targets, strict=True):
        hidden = sigmoid(x @ w1 + b1)  # (hidden,)
        outputs = sigmoid(hidden @ w2 + b2)  # (10,)
        delta2 = (outputs - t) * outputs * (1 - outputs)
        delta1 = (w2 @ delta2) * hidden * (1 - hidden)
        for change, slope in zip(
            changes, (np.outer(x, delta1), delta1, np.outer(hidden, delta2), delta2), strict=True
        ):
            change += slope
    for array, change in zip((w1, b1, w2, b2), changes, strict=True):
        array -= rate / len(images) * change
