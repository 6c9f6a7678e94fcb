"""A small trained model that offers what most views need; NumPy alone, ready in milliseconds."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.data import TrainingData
from zoo.evaluation import evaluate
from zoo.modelling import History, Model
from zoo.progress import LoggingReporter, Reporter
from zoo.specs import ModelSpec, NoParameters, Recipe
from zoo.testing.tiny import CLASSES, tiny_dataset
from zoo.views import ViewContext
from zoo.views.context import Company

__all__ = ["SAMPLE", "sample_context", "sample_model"]

HIDDEN = 12
"""Hidden units: a few, so that pictures of them are drawn fast."""

RIDGE = 1.0
"""Keeps the least squares solvable."""

EPOCHS = 6
"""Points of the learning curves."""


def shapes(_: NoParameters) -> dict[str, tuple[int, ...]]:
    return {
        "hidden_layer/kernel": (784, HIDDEN),
        "hidden_layer/bias": (HIDDEN,),
        "output_layer/kernel": (HIDDEN, CLASSES),
        "output_layer/bias": (CLASSES,),
    }


SAMPLE = ModelSpec(
    name="sample",
    summary="a hidden layer of random features",
    task="classification",
    factory="zoo.testing.sample:Sample",
    hyperparameters=NoParameters,
    shapes=shapes,
    datasets=("tiny",),
    offers=("dense-first-layer", "activations", "input-gradients"),
    layers=("hidden_layer", "output_layer"),
)


class Sample(Model):
    """Random features and a least-squares fit: h = relu(x W₁ + b₁), p = softmax(h W₂ + b₂)."""

    def fit(self, data: TrainingData, recipe: Recipe, *, seed: int, reporter: Reporter) -> History:  # noqa: ARG002
        rng = np.random.default_rng(seed)
        kernel = (rng.normal(size=(784, HIDDEN)) / 28).astype(np.float32)
        hidden = np.maximum(data.train.floats().reshape(-1, 784) @ kernel, 0)
        design = np.column_stack([hidden, np.ones(len(hidden))])
        wanted = 10 * np.eye(CLASSES)[data.train.labels]
        square = design.T @ design + RIDGE * np.eye(HIDDEN + 1)
        solved = np.linalg.solve(square, design.T @ wanted).astype(np.float32)
        self.weights = {
            "hidden_layer/kernel": kernel,
            "hidden_layer/bias": np.zeros(HIDDEN, np.float32),
            "output_layer/kernel": solved[:-1],
            "output_layer/bias": solved[-1],
        }
        falling = np.geomspace(2.3, 0.4, EPOCHS)
        curves = {
            "loss": falling,
            "accuracy": 1 - falling / 3,
            "validation_loss": falling * 1.1,
            "validation_accuracy": 0.98 - falling / 3,
            "test_loss": 1.2 * falling + 0.06,
            "test_accuracy": 0.97 - falling / 3,
            "learning_rate": np.full(EPOCHS, 0.01),
        }
        snapshots = {f"{step:08d}": (kernel * step / 8).astype(np.float16) for step in (0, 1, 2, 4, 8)}
        return History(
            {name: tuple(map(float, curve)) for name, curve in curves.items()},
            snapshots,
            "hidden_layer/kernel",
        )

    def forward(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        return self.activations(inputs)["output_layer"]

    def activations(self, images: Any) -> dict[str, NDArray[np.float32]]:
        inputs = np.asarray(self._check(images)).reshape(-1, 784)
        hidden = np.maximum(inputs @ self.weights["hidden_layer/kernel"], 0)
        scores = hidden @ self.weights["output_layer/kernel"] + self.weights["output_layer/bias"]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return {"hidden_layer": hidden, "output_layer": powers / powers.sum(axis=1, keepdims=True)}

    def input_gradients(self, images: Any, classes: Any) -> NDArray[np.float32]:
        inputs = np.asarray(self._check(images)).reshape(-1, 784)
        columns = np.broadcast_to(np.asarray(classes), (len(inputs),))
        kernel = self.weights["hidden_layer/kernel"]
        open_units = (inputs @ kernel > 0).astype(np.float32)  # (n, hidden)
        back = open_units * self.weights["output_layer/kernel"].T[columns]  # (n, hidden)
        return np.asarray((back @ kernel.T).reshape(-1, 28, 28), np.float32)


@functools.cache
def _fitted(seed: int = 0) -> tuple[Model, History]:
    model = Sample(SAMPLE, NoParameters())
    data = tiny_dataset().training(Recipe(), seed=0)
    return model, model.fit(data, Recipe(), seed=seed, reporter=LoggingReporter())


def sample_model() -> Model:
    """Return a trained model of ten classes: the same one every time; do not change its weights."""
    return _fitted()[0]


def sample_context(*, offers: tuple[str, ...] | None = None) -> ViewContext:
    """Return what a view is computed from: the sample model, its history and the tiny dataset.

    For company it has the same model, trained from another start.

    Args:
        offers: What the model says it offers; by default all it has.
    """
    model, history = _fitted()
    dataset = tiny_dataset()
    spec = SAMPLE if offers is None else dataclasses.replace(SAMPLE, offers=offers)
    return ViewContext(
        model,
        spec,
        history,
        dataset.labels,
        dataset.examples,
        lambda: evaluate(model, dataset.examples("test"), labels=dataset.labels),
        company=lambda _: Company((_other(dataset.labels),)),
    )


def _other(labels: tuple[str, ...]) -> ViewContext:
    model, history = _fitted(seed=1)
    return ViewContext(model, SAMPLE, history, labels, title=f"{SAMPLE.name}:other")
