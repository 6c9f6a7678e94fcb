"""`LinearModel`: one layer between the pixels and the answer, in NumPy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo.errors import PluginError, complaint
from zoo.imaging import check_images
from zoo.modelling.arrays import Weights
from zoo.modelling.base import Model, check_some_images
from zoo.modelling.descent import Generators, Labels, Pixels, descend
from zoo.modelling.history import History
from zoo.modelling.layers import Layer, flat_network
from zoo.progress import Reporter
from zoo.specs import Recipe

if TYPE_CHECKING:
    from zoo.data import TrainingData

__all__ = ["LinearModel", "Units"]

Floats = NDArray[np.float32]

ACTIVATIONS = ("sigmoid", "tanh", "linear")


class LinearModel(Model):
    r"""Units that each weigh all pixels, sum up, and bend the sum: no hidden layer, no framework.

    For an image x of 784 pixels in [0, 1] and unit k::

        z_k = Σ_i x_i W_ik + b_k        a_k = f(z_k)

    W → ``<layer>/kernel``, b → ``<layer>/bias``, f → `activation`. A single unit tells two classes
    apart: the second where it answers. More units have a class each.

    Training makes every unit say yes to its own class and no to all others. With s = 1 for its own
    class and −1 for others, the loss of an image is Σ_k ln(1 + e^(−s_k u_k)), u = z for ``sigmoid``
    and 2z for ``tanh`` (which is a sigmoid of twice the slope, from −1 to 1): cross-entropy. For
    ``linear`` it is half the squared distance from 1 or 0. The problem is convex and starts at zero,
    so the seed decides no more than the order of the images.

    A subclass needs nothing but a docstring; its ``spec.shapes`` declares one kernel (784, units) and
    its bias.
    """

    @property
    def activation(self) -> str:
        """``sigmoid``, ``tanh`` or ``linear``; a subclass may let hyperparameters decide."""
        return "sigmoid"

    @property
    def layer(self) -> str:
        """Name of the layer, from the declared shapes.

        Raises:
            PluginError: If they are not those of one dense layer on the pixels.
        """
        name = next(iter(self.shapes), "").partition("/")[0]
        units = self.shapes.get(f"{name}/bias", (0,))[0]
        wanted = {f"{name}/kernel": (28 * 28, units), f"{name}/bias": (units,)}
        if self.shapes != wanted or units < 1 or self.activation not in ACTIVATIONS:
            raise PluginError(
                complaint(
                    f"model {self.spec.name}",
                    expected=f"one kernel (784, units), its bias, and one of {', '.join(ACTIVATIONS)}",
                    got=f"{self.shapes}, {self.activation}",
                )
            )
        return name

    @property
    def output(self) -> str:
        return "scores" if self.activation == "linear" else self.spec.output

    @property
    def layers(self) -> tuple[Layer, ...]:
        units = self.shapes[f"{self.layer}/bias"][0]
        return (Layer.flat(), Layer.dense(self.layer, 28 * 28, units, self.activation))

    def config(self) -> str:
        return flat_network(self.spec.name, self.layers)

    def fit(self, data: TrainingData, recipe: Recipe, *, seed: int, reporter: Reporter) -> History:
        units = self.shapes[f"{self.layer}/bias"][0]
        start = {name: np.zeros(shape, np.float32) for name, shape in self.shapes.items()}
        trained, history = descend(
            Units(self.layer, units, self.activation),
            start,
            data,
            recipe,
            Generators.of(seed),
            columns=max(2, units),
            name=self.spec.name,
            reporter=reporter,
        )
        self.weights = trained
        return history

    def forward(self, inputs: NDArray[Any]) -> Floats:
        answers = self._answers(inputs)
        if answers.shape[1] > 1:
            return answers
        share = (answers + 1) / 2 if self.activation == "tanh" else answers
        return np.concatenate([1 - share, share], axis=1)

    def activations(self, images: Any) -> dict[str, Floats]:
        """Return what the units answer, (n, units), after the activation."""
        self.weights  # noqa: B018  raises where there are none
        return {self.layer: self._answers(check_some_images(images))}

    def input_gradients(self, images: Any, classes: Any) -> Floats:
        """Return d z / d pixel, (n, 28, 28): the unit's weights, whatever the image.

        Of a single unit the first class has the weights' negative.
        """
        kernel = self.weights[f"{self.layer}/kernel"].T  # (units, 784)
        checked = check_images(images)
        kernels = kernel if len(kernel) > 1 else np.concatenate([-kernel, kernel])
        columns = self.check_columns(classes, len(checked), len(kernels))
        maps: Floats = kernels[columns].reshape(-1, 28, 28)
        return maps

    def _answers(self, images: Floats) -> Floats:
        kernel, bias = self.weights.values()
        sums: Floats = images.reshape(len(images), len(kernel)) @ kernel + bias  # (n, units)
        half = np.float32(0.5)
        if self.activation == "sigmoid":  # 1 / (1 + e^(−z)), which would overflow
            sums = half * (1 + np.tanh(half * sums))
        elif self.activation == "tanh":
            sums = np.tanh(sums)
        return sums


class Units:
    """What the units learn from: see `LinearModel`."""

    def __init__(self, layer: str, units: int, activation: str) -> None:
        self.kernel, self.bias = f"{layer}/kernel", f"{layer}/bias"
        self.activation = activation
        self.own = np.where(np.eye(max(2, units), dtype=bool), 1, -1).astype(np.float32)[:, -units:]

    def gradients(
        self, weights: Weights, pixels: Pixels, labels: Labels, into: Weights, scale: float = 1.0
    ) -> tuple[float, float]:
        loss, accuracy, slopes = self._learn(weights, pixels, labels)
        slopes *= np.float32(scale)
        slopes /= np.float32(len(pixels))
        np.matmul(pixels.T, slopes, out=into[self.kernel])
        np.sum(slopes, axis=0, out=into[self.bias])
        return loss, accuracy

    def losses(self, weights: Weights, pixels: Pixels, labels: Labels) -> tuple[float, float]:
        loss, accuracy, _ = self._learn(weights, pixels, labels)
        return loss, accuracy

    def _learn(self, weights: Weights, pixels: Pixels, labels: Labels) -> tuple[float, float, Floats]:
        """Return mean loss, share of right answers, and d loss of each image / d z, (batch, units)."""
        sums: Floats = pixels @ weights[self.kernel]
        sums += weights[self.bias]
        signs: Floats = self.own[labels]  # (batch, units): 1 for the unit's own class, -1 for others
        if self.activation == "linear":
            slopes = sums - np.maximum(signs, 0)
            losses = slopes**2 / 2
            answers = sums - np.float32(0.5) if sums.shape[1] == 1 else sums
        else:
            bend = np.float32(2 if self.activation == "tanh" else 1)
            wrong = -bend * signs * sums  # how far each unit is on the wrong side
            small = np.exp(-np.abs(wrong))
            losses = np.maximum(wrong, 0) + np.log1p(small)
            slopes = np.where(wrong >= 0, 1, small).astype(sums.dtype, copy=False)
            slopes *= -bend * signs / (1 + small)  # -bend · sign / (1 + e^(−wrong))
            answers = sums
        hits = (answers[:, 0] > 0) == labels if answers.shape[1] == 1 else answers.argmax(1) == labels
        return float(losses.sum() / len(pixels)), float(np.count_nonzero(hits) / len(pixels)), slopes
