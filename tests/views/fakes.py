"""A tiny model on tiny data: everything a view may ask for, in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.data import Examples
from zoo.modelling import History, Model
from zoo.plugins import Catalogue, Offer, Plugin
from zoo.specs import ModelSpec, ViewSpec
from zoo.views import ViewContext, unmet
from zoo.views.context import Company
from zoo.views.standard import zoo_views

PLUGIN = Plugin(name="views", module="zoo.views.standard", distribution="digit-zoo", version="0")


@dataclass(frozen=True, kw_only=True)
class Shape:
    hidden: int = 6


@dataclass(frozen=True)
class Evaluation:
    confusion: list[list[int]]
    labels: tuple[str, ...]


def shapes(hyperparameters: Shape) -> dict[str, tuple[int, ...]]:
    hidden = hyperparameters.hidden
    return {
        "hidden_layer/kernel": (784, hidden),
        "hidden_layer/bias": (hidden,),
        "output_layer/kernel": (hidden, 3),
        "output_layer/bias": (3,),
    }


SPEC = ModelSpec(
    name="tiny",
    summary="a network for tests",
    task="classification",
    factory="tests.views.fakes:Tiny",
    hyperparameters=Shape,
    shapes=shapes,
    datasets=("mnist", "digits"),
    offers=("dense-first-layer", "activations"),
    layers=("hidden_layer", "output_layer"),
)


def softmax(z: NDArray[Any]) -> NDArray[np.float32]:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True), np.float32)


class Tiny(Model):
    """784 → hidden relu → 3 probabilities."""

    negative = False

    def fit(self, *_: Any, **__: Any) -> History:
        raise NotImplementedError

    def forward(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        return self.activations(inputs)["output_layer"]

    def activations(self, images: Any) -> dict[str, NDArray[np.float32]]:
        flat = np.asarray(images, np.float32).reshape(len(images), -1)
        hidden = flat @ self.weights["hidden_layer/kernel"] + self.weights["hidden_layer/bias"]
        hidden = np.tanh(hidden) if self.negative else np.maximum(hidden, 0)
        scores = hidden @ self.weights["output_layer/kernel"] + self.weights["output_layer/bias"]
        return {"hidden_layer": hidden, "output_layer": softmax(scores)}


class Pair(Tiny):
    """The same, telling only the last two classes apart."""

    def forward(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        found = super().forward(inputs)[:, 1:]
        return np.asarray(found / found.sum(axis=1, keepdims=True), np.float32)


def tiny(hidden: int = 6, spec: ModelSpec = SPEC) -> Tiny:
    rng = np.random.default_rng(0)
    model = Tiny(spec, Shape(hidden=hidden))
    model.weights = {
        name: rng.normal(size=shape).astype(np.float32) * np.float32(0.1)
        for name, shape in model.shapes.items()
    }
    return model


def examples(part: str) -> Examples:
    """60 training or 30 test images; classes in turn, image i of a part has i bright pixels."""
    count = 30 if part == "test" else 60
    images = np.zeros((count, 784), np.uint8)
    for index, image in enumerate(images):
        image[: 10 * index] = 255
    return Examples(images.reshape(-1, 28, 28), np.arange(count, dtype=np.int64) % 3)


HISTORY = History(
    {
        "loss": (1.0, 0.5, 0.25),
        "accuracy": (0.5, 0.75, 0.875),
        "validation_loss": (1.1, 0.7, 0.6),
        "validation_accuracy": (0.5, 0.8, 0.7),
        "test_loss": (1.2, 0.8, 0.65),
        "test_accuracy": (0.4, 0.6, 0.65),
    },
    {
        f"{step:08d}": np.random.default_rng(step).normal(size=(784, 6)).astype(np.float16)
        for step in (0, 1, 10, 100)
    },
    "hidden_layer/kernel",
)

EVALUATION = Evaluation([[8, 2, 0], [1, 9, 0], [0, 4, 6]], ("zero", "one", "two"))


def company(_: Any = ()) -> Company:
    """Two models beside the tiny one: one of other weights, one that knows two of its classes."""
    other = tiny()
    other.weights = {name: -array for name, array in other.weights.items()}
    pair = Pair(SPEC, Shape())
    pair.weights = tiny().weights
    return Company(
        (
            ViewContext(other, SPEC, labels=("zero", "one", "two"), title="other"),
            ViewContext(pair, SPEC, labels=("one", "two"), title="pair"),
        ),
        {"giraffe": "no weights are at hand without a training"},
    )


def context(**changes: Any) -> ViewContext:
    facts: dict[str, Any] = {
        "model": tiny(),
        "spec": SPEC,
        "history": HISTORY,
        "labels": ("zero", "one", "two"),
        "examples": examples,
        "evaluation": lambda: EVALUATION,
        "company": company,
    }
    return ViewContext(**(facts | changes))


def offer(view: ViewSpec, plugin: Plugin = PLUGIN) -> Offer[ViewSpec]:
    return Offer(view, plugin, view.name)


VIEWS = {view.name: offer(view) for view in zoo_views()}
DRAWN = {name: found for name, found in VIEWS.items() if unmet(found.spec, context()) is None}
"""Those that the tiny model has all it takes for."""
CATALOGUE = Catalogue(plugins=(PLUGIN,), views=tuple(VIEWS.values()))
