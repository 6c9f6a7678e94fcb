"""Training in NumPy: a model says what its gradients are, and the rest of a training comes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from zoo.errors import InvalidValueError, UsageError, complaint
from zoo.modelling.arrays import Weights
from zoo.modelling.batches import Chunk, Generators
from zoo.modelling.history import History
from zoo.modelling.optimizers import WeightVector, optimizer
from zoo.modelling.schedules import length
from zoo.modelling.training import train
from zoo.progress import Reporter
from zoo.specs import Recipe

if TYPE_CHECKING:
    from zoo.data import Examples, TrainingData

__all__ = ["Generators", "Learner", "descend"]

CHUNK_IMAGES = 512
"""Images made floats at a time: 1.6 MB, which the nearer caches of a processor hold."""

MEASURED_IMAGES = 2_000
"""Images measured at a time."""

Pixels = NDArray[np.float32]
"""Images as rows of 784 pixels in [0, 1]: (batch, 784)."""

Labels = NDArray[np.int32]
"""Score column of each image: (batch,)."""


class Learner(Protocol):
    """What learns: plain functions of the weights, the images and their labels."""

    def gradients(
        self, weights: Weights, pixels: Pixels, labels: Labels, into: Weights, scale: float = 1.0
    ) -> tuple[float, float]:
        """Write `scale` · dL/dw of every array into `into`, L being the mean loss of these images.

        Multiply what the gradient starts from, the slopes of the outputs: they are few.

        Returns:
            L, and the share of the images whose largest score is their label's.
        """

    def losses(self, weights: Weights, pixels: Pixels, labels: Labels) -> tuple[float, float]:
        """Return the same two numbers, without dropout, and no gradient."""


def descend(
    learner: Learner,
    start: Mapping[str, NDArray[np.float32]],
    data: TrainingData,
    recipe: Recipe,
    generators: Generators,
    *,
    columns: int,
    name: str,
    reporter: Reporter,
) -> tuple[Weights, History]:
    """Move weights down the gradient in small steps, all fields of the recipe taken into account.

    One processor core does it: matrix products this small gain little from a second one, lose much by
    it where others are at work too (eight times the time was measured), and would round differently
    on a machine with more cores.

    Its order, shifts, schedule, optimizer and early stopping are those of every other model here,
    and so are the curves and snapshots of the history.

    Args:
        start: The weights to start from, in forward order; they stay as they are.
        generators: ``Generators.of(seed)``; this uses up its `order` and `shift`.
        columns: Number of score columns; labels count them from 0.
        name: Of the model, for messages.

    Raises:
        InvalidValueError: If there is no image to train on.
        UsageError: If a label has no column, or patience is asked for without validation.
        ZooError: If the loss is not a finite number any more.
    """
    if len(data.train) == 0:
        raise InvalidValueError(f"training {name}: there is no training image; take a larger subset")
    largest = int(data.train.labels.max())
    if largest >= columns:
        expected = f"labels in 0..{columns - 1}"
        raise UsageError(complaint(f"training {name}", expected=expected, got=str(largest)))
    planned = length(recipe, len(data.train))
    engine = NumpyEngine(learner, start, recipe, planned.batch)
    with threadpool_limits(1, user_api="blas"):
        history = train(engine, data, recipe, planned, generators, name=name, reporter=reporter)
    return engine.read(), history


class NumpyEngine:
    """Takes steps as `zoo.modelling.training.Engine` describes."""

    scores = True

    def __init__(
        self,
        learner: Learner,
        start: Mapping[str, NDArray[np.float32]],
        recipe: Recipe,
        batch: int,
    ) -> None:
        shapes = {name: array.shape for name, array in start.items()}
        self.learner = learner
        self.chunk = max(1, CHUNK_IMAGES // batch)
        self.weights, self.gradient = WeightVector(shapes), WeightVector(shapes)
        self.weights.assign(start)
        self.optimizer = optimizer(recipe.optimizer, len(self.weights.flat))
        self.l2 = np.float32(recipe.l2)
        self.kernels = [name for name in shapes if name.endswith("/kernel")] if recipe.l2 else []

    def run(self, chunk: Chunk, rates: NDArray[np.float32], taken: int) -> tuple[float, float]:  # noqa: ARG002
        pixels = _floats(chunk.images).reshape(*chunk.labels.shape, -1)  # (step, batch, 784)
        losses = accuracies = 0.0
        weights, gradient = self.weights, self.gradient
        for step, rate in enumerate(rates.tolist()):
            scale = rate if self.optimizer.takes_rates else 1.0
            loss, accuracy = self.learner.gradients(
                weights.arrays, pixels[step], chunk.labels[step], gradient.arrays, scale
            )
            for kernel in self.kernels:  # d (l2 · sum of w²) / dw
                gradient.arrays[kernel] += np.float32(scale) * 2 * self.l2 * weights.arrays[kernel]
            self.optimizer.step(weights.flat, gradient.flat, rate)
            losses, accuracies = losses + loss, accuracies + accuracy
        return losses, accuracies

    def measure(self, examples: Examples) -> tuple[float, float]:
        total = np.zeros(2)
        for start in range(0, len(examples), MEASURED_IMAGES):
            images = examples.images[start : start + MEASURED_IMAGES]
            labels = examples.labels[start : start + MEASURED_IMAGES].astype(np.int32)
            pixels = _floats(images).reshape(len(images), -1)
            total += len(images) * np.array(self.learner.losses(self.weights.arrays, pixels, labels))
        loss, accuracy = total / len(examples)
        return float(loss), float(accuracy)

    def read(self) -> Weights:
        return self.weights.copies()

    def write(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        self.weights.assign(weights)


def _floats(images: NDArray[Any]) -> NDArray[np.float32]:
    floats = images.astype(np.float32)
    floats *= np.float32(1 / 255)
    return floats
