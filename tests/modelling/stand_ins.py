"""A small model of each kind, made-up data, and a plain NumPy loop to compare training with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from zoo.data import Examples, TrainingData
from zoo.modelling import History, KerasModel, Model
from zoo.parameters import Choice, Range
from zoo.specs import ModelSpec, NoParameters, Recipe


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    hidden: Annotated[int, Range(1, 1000), "units"] = 12
    activation: Annotated[str, Choice("relu", "sigmoid", "tanh"), "of the units"] = "relu"
    dropout: Annotated[float, Range(0.0, 0.9), "share"] = 0.0


def shapes(chosen: Hyperparameters) -> dict[str, tuple[int, ...]]:
    return {
        "hidden/kernel": (784, chosen.hidden),
        "hidden/bias": (chosen.hidden,),
        "output/kernel": (chosen.hidden, 10),
        "output/bias": (10,),
    }


def spec(**changes: Any) -> ModelSpec:
    facts: dict[str, Any] = {
        "name": "dense",
        "summary": "for tests",
        "task": "classification",
        "factory": "tests.modelling.stand_ins:Dense",
        "hyperparameters": Hyperparameters,
        "shapes": shapes,
        "datasets": ("digits",),
    }
    return ModelSpec(**facts | changes)


class Dense(KerasModel):
    def build(self) -> Any:
        from keras import Input, Model, layers

        chosen = self.hyperparameters
        image = Input((28, 28), name="image")
        x = layers.Flatten(name="flatten")(image)
        x = layers.Dense(chosen.hidden, activation=chosen.activation, name="hidden")(x)
        if chosen.dropout:
            x = layers.Dropout(chosen.dropout, name="drop")(x)
        return Model(image, layers.Dense(10, activation="softmax", name="output")(x))


def dense(**values: Any) -> Dense:
    named = {name: values.pop(name) for name in ("exports", "reporter") if name in values}
    return Dense(spec(), Hyperparameters(**values), **named)


CONV_SHAPES = {
    "conv/kernel": (3, 3, 1, 4),
    "conv/bias": (4,),
    "output/kernel": (4 * 13 * 13, 10),
    "output/bias": (10,),
}


class Conv(KerasModel):
    def build(self) -> Any:
        from keras import Input, Model, layers

        image = Input((28, 28), name="image")
        x = layers.Reshape((28, 28, 1), name="channel")(image)
        x = layers.Conv2D(4, 3, activation="relu", name="conv")(x)
        x = layers.MaxPooling2D(name="pool")(x)
        x = layers.Flatten(name="flatten")(x)
        return Model(image, layers.Dense(10, activation="softmax", name="output")(x))


def conv(**named: Any) -> Conv:
    declared = spec(name="conv", hyperparameters=NoParameters, shapes=lambda _: CONV_SHAPES)
    return Conv(declared, NoParameters(), **named)


class Nearest(Model):
    """Nearest class mean in plain NumPy: a model without any framework."""

    def fit(self, data: TrainingData, recipe: Recipe, *, seed: int, reporter: Any) -> History:
        floats = data.train.floats().reshape(len(data.train), -1)
        means = [floats[data.train.labels == c].mean(axis=0) for c in range(data.classes)]
        self.weights = {"means/kernel": np.stack(means, axis=1)}
        return History({"loss": (0.0,)})

    def forward(self, inputs: Any) -> Any:
        kernel = self.weights["means/kernel"]
        flat = inputs.reshape(len(inputs), -1)
        return 2 * flat @ kernel - np.square(kernel).sum(axis=0)


def nearest(**changes: Any) -> Nearest:
    declared = spec(
        name="nearest",
        hyperparameters=NoParameters,
        shapes=lambda _: {"means/kernel": (784, 10)},
        output="scores",
    )
    return Nearest(declared, NoParameters(), **changes)


def examples(n: int, seed: int = 0, classes: int = 10) -> Examples:
    """Noisy copies of one random pattern a class, mostly black: easy to learn, not by chance."""
    drawn = np.random.default_rng(7)
    patterns = drawn.integers(128, 256, (classes, 28, 28)) * (drawn.random((classes, 28, 28)) < 0.15)
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, n)
    labels[: min(n, classes)] = np.arange(min(n, classes))
    kept = random.random((n, 28, 28)) < 0.4
    specks = random.integers(0, 256, (n, 28, 28)) * (random.random((n, 28, 28)) < 0.05)
    return Examples(np.maximum(patterns[labels] * kept, specks).astype(np.uint8), labels)


def training_data(n: int = 256, validation: int = 64, test: int = 64) -> TrainingData:
    return TrainingData(
        train=examples(n),
        validation=examples(validation, 1) if validation else None,
        test=examples(test, 2) if test else None,
        classes=10,
    )


class Collected:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.warnings: list[str] = []
        self.bars: list[tuple[str, int | None, str]] = []
        self.advances: list[tuple[int, str]] = []

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    @contextlib.contextmanager
    def progress(self, label: str, total: int | None, unit: str) -> Iterator[Collected]:
        self.bars.append((label, total, unit))
        yield self

    def advance(self, amount: int = 1, note: str = "") -> None:
        self.advances.append((amount, note))


def plain_loop(weights: dict[str, Any], images: Any, labels: Any, rates: Any, l2: float = 0.0) -> Any:
    """Train 784-hidden-10 relu/softmax by gradient descent: the whole of it, in float64.

    ``images`` (step, batch, 28, 28) in [0, 1]; returns weights and the mean loss of each step.
    """
    w1, b1, w2, b2 = (weights[name].astype(np.float64) for name in weights)
    losses = []
    for x, y, rate in zip(images, labels, rates, strict=True):
        n = len(x)
        x = x.reshape(n, -1)
        a = x @ w1 + b1  # (batch, hidden)
        h = np.maximum(a, 0)
        z = h @ w2 + b2  # (batch, 10)
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        losses.append(-np.log(p[np.arange(n), y]).mean())
        dz = (p - np.eye(10)[y]) / n
        da = dz @ w2.T * (a > 0)
        w2 = w2 - rate * (h.T @ dz + 2 * l2 * w2)
        b2 = b2 - rate * dz.sum(axis=0)
        w1 = w1 - rate * (x.T @ da + 2 * l2 * w1)
        b1 = b1 - rate * da.sum(axis=0)
    return dict(zip(weights, (w1, b1, w2, b2), strict=True)), losses
