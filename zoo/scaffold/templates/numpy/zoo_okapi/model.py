"""The model. Imported only when it is trained, or asked something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from zoo import History, Model, Recipe, Reporter, TrainingData

if TYPE_CHECKING:
    from zoo_okapi import Hyperparameters


class Okapi(Model):
    """Softmax regression, trained by stochastic gradient descent.

    For an image x of 784 pixels in [0, 1] of class y::

        p = softmax((x W + b) / T)        loss = -ln p[y]        d loss / d scores = (p - one_hot(y)) / T

    W, b → ``output_layer/kernel``, ``output_layer/bias``; T → ``temperature``.
    """

    hyperparameters: Hyperparameters

    def fit(self, data: TrainingData, recipe: Recipe, *, seed: int, reporter: Reporter) -> History:
        rng = np.random.default_rng(seed)  # nothing here is drawn from anywhere else
        weights = {name: np.zeros(shape, np.float32) for name, shape in self.shapes.items()}
        losses, accuracies = [], []
        with reporter.progress(f"training {self.spec.name}", recipe.epochs, "epochs") as progress:
            for _ in range(recipe.epochs):
                loss, hits = 0.0, 0
                order = rng.permutation(len(data.train))
                for start in range(0, len(order), recipe.batch):
                    batch = data.train.rows(order[start : start + recipe.batch])
                    batch_loss, batch_hits = self._step(weights, batch.floats(), batch.labels, recipe)
                    loss, hits = loss + batch_loss, hits + batch_hits
                losses.append(loss / len(order))
                accuracies.append(hits / len(order))
                progress.advance(1, f"loss {losses[-1]:.4f}")
        self.weights = weights
        return History({"loss": tuple(losses), "accuracy": tuple(accuracies)})

    def _step(
        self, weights: dict[str, Any], images: NDArray[Any], labels: NDArray[Any], recipe: Recipe
    ) -> tuple[float, int]:
        """Take one step; return the sums of loss and of right answers before it."""
        rows = np.arange(len(labels))
        x = images.reshape(len(labels), -1)  # (batch, 784)
        p = self._probabilities(x, weights)  # (batch, 10)
        loss, hits = -np.log(p[rows, labels].clip(1e-7)).sum(), (p.argmax(axis=1) == labels).sum()
        p[rows, labels] -= 1
        gradient = p / (len(labels) * self.hyperparameters.temperature)
        weights["output_layer/kernel"] -= np.float32(recipe.learning_rate) * (x.T @ gradient)
        weights["output_layer/bias"] -= np.float32(recipe.learning_rate) * gradient.sum(axis=0)
        return float(loss), int(hits)

    def forward(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        return self._probabilities(inputs.reshape(len(inputs), -1), self.weights)

    def activations(self, images: Any) -> dict[str, NDArray[np.float32]]:
        return {"output_layer": self.predict(images)}

    def _probabilities(self, x: NDArray[Any], weights: dict[str, Any]) -> NDArray[np.float32]:
        scores = x @ weights["output_layer/kernel"] + weights["output_layer/bias"]
        scores = scores / np.float32(self.hyperparameters.temperature)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
