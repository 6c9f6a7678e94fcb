"""The network: forward, and backward by the chain rule, for a batch of images at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo_scratch import Hyperparameters, names
from zoo_scratch.functions import ACTIVATIONS, LOSSES, Array, targets

Arrays = Mapping[str, Array]
"""``"layer/kernel"``, ``"layer/bias"`` → array."""


@dataclass(slots=True)
class Pass:
    """What one pass forward leaves for the way back.

    Attributes:
        inputs: What each layer was given, (batch, units of the layer before).
        masks: What dropout multiplied each hidden layer by; None where it did nothing.
        sums: z of the last layer, (batch, class).
        outputs: Its activation.
    """

    inputs: list[Array]
    masks: list[Array | None]
    sums: Array
    outputs: Array


class Network:
    r"""Dense layers between 784 pixels and 10 digits; the weights are handed in each time.

    Forward, layers i = 1…k, a₀ = x (one image a row)::

        z_i = a_{i−1} W_i + b_i        a_i = f(z_i), of the last layer g(z_k)

    Backward, with δ_i = dL/dz_i and ∗ for products element by element::

        δ_k = dL/dz_k                       (of loss and g together)
        δ_i = (δ_{i+1} W_{i+1}ᵀ) ∗ f'(z_i)
        dL/dW_i = a_{i−1}ᵀ δ_i              dL/db_i = Σ over the batch of δ_i

    (Rumelhart, Hinton & Williams 1986.) A mini-batch needs no loop: each line is one matrix product.
    W_i, b_i → ``layer/kernel``, ``layer/bias``; f, g → `activation`, `output`; δ → ``delta``.

    Args:
        random: Draws which units are left out in training; None leaves out none.
    """

    def __init__(
        self,
        hyperparameters: Hyperparameters,
        *,
        loss: str = "cross-entropy",
        one_hot: bool = True,
        random: np.random.Generator | None = None,
    ) -> None:
        self.layers = [(f"{layer}/kernel", f"{layer}/bias") for layer in names(hyperparameters)]
        self.activation = ACTIVATIONS[hyperparameters.activation]
        self.output = hyperparameters.output
        self.dropout = hyperparameters.dropout
        self.loss = LOSSES[loss]
        self.one_hot = one_hot
        self.random = random

    def forward(self, weights: Arrays, pixels: Array, *, training: bool = False) -> Pass:
        """Compute the outputs for images (batch, 784), keeping what `backward` needs."""
        inputs, masks = [pixels], list[Array | None]()
        for layer in self.layers[:-1]:
            a = self.activation.value(self._sums(weights, layer, inputs[-1]))  # (batch, units)
            masks.append(self._mask(a) if training else None)
            inputs.append(a if masks[-1] is None else a * masks[-1])
        sums = self._sums(weights, self.layers[-1], inputs[-1])  # (batch, class)
        return Pass(inputs, masks, sums, ACTIVATIONS[self.output].value(sums))

    def backward(self, weights: Arrays, done: Pass, delta: Array, into: Arrays) -> None:
        """Write dL/dW and dL/db of every layer into `into`, from dL/dz of the last, (batch, class)."""
        for place in reversed(range(len(self.layers))):
            (kernel, bias), a = self.layers[place], done.inputs[place]
            np.matmul(a.T, delta, out=into[kernel])
            if bias in into:
                np.add.reduce(delta, axis=0, out=into[bias])
            if place:
                delta = self._through(delta @ weights[kernel].T, a, done.masks[place - 1])

    def gradients(
        self,
        weights: Arrays,
        pixels: Array,
        labels: NDArray[np.integer[Any]],
        into: Arrays,
        scale: float = 1.0,
    ) -> tuple[float, float]:
        """Write the gradient of the mean loss, times `scale`, into `into`.

        Returns:
            That loss and the share of hits.
        """
        done = self.forward(weights, pixels, training=True)
        loss, delta = self._judge(done, labels)
        delta *= delta.dtype.type(scale)
        delta /= len(pixels)
        self.backward(weights, done, delta, into)
        return loss / len(pixels), _hits(done, labels)

    def losses(
        self, weights: Arrays, pixels: Array, labels: NDArray[np.integer[Any]]
    ) -> tuple[float, float]:
        """Return mean loss and share of hits, nothing left out."""
        done = self.forward(weights, pixels)
        return self._judge(done, labels)[0] / len(pixels), _hits(done, labels)

    def input_slopes(self, weights: Arrays, pixels: Array, columns: NDArray[Any]) -> Array:
        """Return d z of one class / d pixel for each image, (batch, 784)."""
        done = self.forward(weights, pixels)
        delta = np.zeros_like(done.sums)
        delta[np.arange(len(delta)), columns] = 1
        for place in reversed(range(1, len(self.layers))):
            kernel = weights[self.layers[place][0]]
            delta = self._through(delta @ kernel.T, done.inputs[place], None)
        return delta @ weights[self.layers[0][0]].T

    def _sums(self, weights: Arrays, layer: tuple[str, str], a: Array) -> Array:
        kernel, bias = layer
        sums = a @ weights[kernel]
        if bias in weights:
            sums += weights[bias]
        return sums

    def _mask(self, a: Array) -> Array | None:
        """Return 0 for units left out, and for the others what makes up for them."""
        if not self.dropout or self.random is None:
            return None
        kept = self.random.random(a.shape, np.float32) >= self.dropout
        return kept.astype(a.dtype) / a.dtype.type(1 - self.dropout)

    def _through(self, slope: Array, a: Array, mask: Array | None) -> Array:
        """Take a slope back through dropout and the activation of a hidden layer."""
        if mask is None:
            return self.activation.back(a, slope)
        # a carries the mask already: where a unit was left out its slope is 0, whatever f' is there
        scale = a.dtype.type(1 - self.dropout)
        return self.activation.back(a * scale, slope * mask)

    def _judge(self, done: Pass, labels: NDArray[np.integer[Any]]) -> tuple[float, Array]:
        wanted = targets(labels, done.sums.shape[1], one_hot=self.one_hot, like=done.sums)
        return self.loss(self.output, done.sums, done.outputs, wanted)


def _hits(done: Pass, labels: NDArray[np.integer[Any]]) -> float:
    return float(np.count_nonzero(done.outputs.argmax(axis=1) == labels) / len(labels))
