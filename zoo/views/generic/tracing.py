"""A network taken apart: every layer's sums and outputs for some images, and the way back.

Nothing is assumed of a model but its weights and its activations. What a layer does with its inputs
is tried (dense, convolution, pooling, reshaping; which padding, which activation function) and kept
only if it gives the very outputs that the model gave: a picture drawn from a trace is true of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import UsageError
from zoo.views.generic.bends import apply, bend_of, slope_of
from zoo.views.generic.grids import Grid, convolve, find_grid, find_pool, pool, spread, unpool

if TYPE_CHECKING:
    from zoo.views.context import ViewContext

__all__ = ["Step", "Trace", "trace"]

Array = npt.NDArray[np.float64]

TOLERANCE = 2e-3
"""Largest difference from the model's own output, relative to the layer's largest value."""

PLAIN = ("linear", "relu", "sigmoid", "tanh", "elu")
"""Activation functions whose derivative is one number a unit."""


@dataclass(frozen=True)
class Step:
    """One layer and what it did with n images.

    Attributes:
        name: Of the layer.
        kind: ``dense``, ``convolution``, ``pooling`` or ``bend`` (an activation function or a
            reshaping: no weights).
        inputs, sums, outputs: (n, …); the outputs are ``bend(sums)``.
        bend: ``linear``, ``relu``, ``sigmoid``, ``tanh``, ``elu``, ``softmax``, or empty if none
            of these.
        kernel: (inputs, units) or (height, width, channels, filters); empty where there is none.
        bias: One a unit.
        grid: Padding and stride of a convolution, window of a pooling.
    """

    name: str
    kind: str
    inputs: Array
    sums: Array
    outputs: Array
    bend: str
    kernel: Array
    bias: Array
    grid: Grid | None = None

    def run(self, inputs: Array) -> Array:
        """Return the sums for other inputs of the same form."""
        if self.kind == "dense":
            return np.asarray(inputs.reshape(len(inputs), -1) @ self.kernel + self.bias)
        if self.kind == "convolution":
            assert self.grid is not None
            return convolve(inputs, self.kernel, self.grid) + self.bias
        if self.kind == "pooling":
            assert self.grid is not None
            return pool(inputs, self.grid)
        return inputs.reshape(len(inputs), *self.sums.shape[1:])

    def back(self, gradient: Array) -> Array:
        """Turn d / d sums into d / d inputs, in their shape."""
        if self.kind == "dense":
            found = gradient @ self.kernel.T
        elif self.kind == "convolution":
            assert self.grid is not None
            found = spread(gradient, self.kernel, self.grid, self.inputs.shape)
        elif self.kind == "pooling":
            assert self.grid is not None
            found = unpool(gradient, self.inputs, self.grid)
        else:
            found = gradient
        return found.reshape(self.inputs.shape)


@dataclass(frozen=True)
class Trace:
    """All layers, from the pixels to the answer.

    Attributes:
        steps: In forward order.
        images: (n, 28, 28).
    """

    steps: tuple[Step, ...]
    images: Array

    @property
    def logits(self) -> Array:
        """Sums of the last layer, (n, classes): what softmax or sigmoid is taken of.

        A single sum z that decides between two classes is −z for the first and z for the second.
        """
        return _two_columns(self.steps[-1].sums)

    def gradient(self, columns: int | Sequence[int]) -> Array:
        """Return d logit / d pixel, (n, 28, 28), of one column for all images or one for each.

        Raises:
            UsageError: If an activation function's derivative is not known.
        """
        return self._back(columns, PLAIN)[0]

    def contributions(self, columns: int | Sequence[int]) -> tuple[Array, Array]:
        """Split logits exactly into what each pixel and what all biases contribute.

        Where every layer is linear on both sides of a kink (relu, max pooling), the logit is
        ``Σ x ⊙ d logit / d x`` plus each bias times the gradient at its sum.

        Returns:
            Maps (n, 28, 28) and shares of the biases (n,); a map's sum plus its share is the logit.

        Raises:
            UsageError: If an activation function is curved.
        """
        gradient, biases = self._back(columns, ("linear", "relu"))
        return gradient * self.images, biases

    def _back(self, columns: int | Sequence[int], allowed: tuple[str, ...]) -> tuple[Array, Array]:
        last = self.steps[-1]
        chosen = np.broadcast_to(np.asarray(columns), (len(self.images),))
        gradient = np.zeros_like(last.sums)
        if gradient.shape[1] == 1:
            gradient[:, 0] = np.where(chosen == 1, 1.0, -1.0)
        else:
            gradient[np.arange(len(gradient)), chosen] = 1.0
        biases = np.zeros(len(self.images))
        for step in reversed(self.steps):
            if step is not last:
                slope = slope_of(step.bend, step.sums) if step.bend in allowed else None
                if slope is None:
                    raise UsageError(
                        f"layer {step.name}: expected {' or '.join(allowed)} units, got "
                        f"{step.bend or 'another activation function'}"
                    )
                gradient = gradient.reshape(step.sums.shape) * slope
            if step.bias.size:
                shares = gradient * step.bias
                biases += shares.reshape(len(shares), -1).sum(axis=1)
            gradient = step.back(gradient)
        return gradient.reshape(self.images.shape), biases

    def run(self, images: Array) -> Trace:
        """Send other images through the same layers."""
        inputs, steps = images, []
        for step in self.steps:
            sums = step.run(inputs.reshape(len(inputs), *step.inputs.shape[1:]))
            outputs = apply(step.bend, sums)
            steps.append(
                replace(
                    step,
                    inputs=inputs.reshape(len(inputs), *step.inputs.shape[1:]),
                    sums=sums,
                    outputs=outputs,
                )
            )
            inputs = outputs
        return Trace(tuple(steps), images)


def trace(context: ViewContext, images: npt.ArrayLike, *, until: str = "") -> Trace:
    """Take the model apart for images (n, 28, 28).

    Args:
        context: The model.
        images: Float, in [0, 1].
        until: Stop one layer after this one, or at it if the next is of an unknown kind.

    Raises:
        UsageError: If a layer does something that is not known here.
    """
    given = np.asarray(images, np.float32)
    activations = context.model.activations(given)
    weights = context.weights
    inputs, steps = given.astype(np.float64), list[Step]()
    for name, found in activations.items():
        outputs = np.asarray(found, np.float64)
        kernel = np.asarray(weights.get(f"{name}/kernel", np.zeros(0)), np.float64)
        bias = np.asarray(weights.get(f"{name}/bias", np.zeros(kernel.shape[-1])), np.float64)
        step = _step(name, inputs, outputs, kernel, bias)
        reached = bool(until) and any(step.name == until for step in steps)
        if step is None and reached:
            break
        if step is None:
            raise UsageError(
                f"{context.title}: layer {name} cannot be taken apart; dense, convolution, pooling "
                "and reshaping layers can"
            )
        steps.append(step)
        if reached:
            break
        inputs = outputs
    unknown = [name for name in weights if name.rpartition("/")[0] not in activations]
    if not steps or unknown:
        missing = unknown[0] if unknown else "any layer"
        raise UsageError(f"{context.title}: its activations leave out {missing}")
    return Trace(tuple(steps), given.astype(np.float64))


def _step(name: str, inputs: Array, outputs: Array, kernel: Array, bias: Array) -> Step | None:
    if kernel.ndim == 4:
        inputs = inputs if inputs.ndim == 4 else inputs[..., None]
        for grid in find_grid(inputs.shape, outputs.shape, kernel.shape):
            sums = convolve(inputs, kernel, grid) + bias
            bend = bend_of(sums, outputs, TOLERANCE)
            if bend:
                return Step(name, "convolution", inputs, sums, outputs, bend, kernel, bias, grid)
        return None
    if kernel.size:
        kernel = kernel.reshape(len(kernel), -1)
        if inputs[0].size != len(kernel):
            return None
        sums = inputs.reshape(len(inputs), -1) @ kernel + bias
        bend = bend_of(sums, outputs, TOLERANCE)
        return Step(name, "dense", inputs, sums, outputs, bend, kernel, bias)
    nothing = np.zeros(0)
    if inputs.size == outputs.size:
        sums = inputs.reshape(outputs.shape)
        bend = bend_of(sums, outputs, TOLERANCE)
        return Step(name, "bend", inputs, sums, outputs, bend, nothing, nothing) if bend else None
    grid_found = find_pool(inputs, outputs, TOLERANCE)
    if grid_found is None:
        return None
    return Step(name, "pooling", inputs, outputs, outputs, "linear", nothing, nothing, grid_found)


def _two_columns(sums: Array) -> Array:
    return np.concatenate([-sums, sums], axis=1) if sums.shape[1] == 1 else sums
