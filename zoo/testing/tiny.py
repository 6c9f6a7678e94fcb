"""A tiny dataset, recipes that take a second, and a zoo in which everything is that small."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.api.house import Zoo
from zoo.data import Dataset
from zoo.data.checks import hashes_of
from zoo.data.facts import combined_hash
from zoo.parameters import describe
from zoo.progress import Reporter
from zoo.registry import Registry
from zoo.settings import Settings
from zoo.specs import DatasetSpec, ModelSpec
from zoo.weights.selection import Selection

__all__ = ["TinyZoo", "tiny_arrays", "tiny_dataset", "tiny_values"]

CLASSES = 10
"""Where no dataset of the model is known."""

TRAIN, TEST = 40, 10
"""Images of each class in the two parts."""

IMAGES = 4_000
"""Most training images, however many classes there are."""

STEPS = 64
"""Training steps: enough for any network that learns to show it on these images."""

BATCH = 32
"""Images a step."""

WRONG = 23
"""Every so many test images carry the label of another class."""

SEED = 28
"""Of the images; they are the same for everyone."""

NAME = "tiny"


def tiny_arrays(classes: int = CLASSES, *, train: int = TRAIN, test: int = TEST) -> dict[str, Any]:
    """Draw a dataset that anything can learn: each class is a pattern, each image a variant of it.

    A few test images carry a wrong label, so that no model is without mistakes.

    Args:
        classes: Number of classes, at most 256.
        train, test: Images of each class.

    Returns:
        Images uint8 (n, 28, 28) as x_train and x_test, labels uint8 (n,), classes in turn, as y_train
        and y_test.
    """
    rng = np.random.default_rng(SEED)
    train = min(train, max(1, IMAGES // classes))
    patterns = np.kron(rng.random((classes, 5, 5)) < 0.5, np.ones((4, 4)))  # (class, 20, 20)
    arrays = {}
    for part, count in (("train", train), ("test", test)):
        labels = np.tile(np.arange(classes, dtype=np.uint8), count)
        images = np.zeros((len(labels), 28, 28))
        for image, label in zip(images, labels, strict=True):
            down, right = rng.integers(3, 6, 2)  # by a pixel to each side
            image[down : down + 20, right : right + 20] = patterns[label] * rng.uniform(0.7, 1.0)
        if part == "test":  # there shall be mistakes to look at, whatever the model
            labels[::WRONG] = (labels[::WRONG].astype(int) + 1) % classes
        images = (images + rng.uniform(0, 0.1, images.shape)).clip(0, 1)
        arrays[f"x_{part}"] = (255 * images).round().astype(np.uint8)
        arrays[f"y_{part}"] = labels
    return arrays


def tiny_dataset(classes: int = CLASSES, labels: tuple[str, ...] = ()) -> Dataset:
    """Return `tiny_arrays` as a dataset in memory.

    Args:
        classes: Number of classes.
        labels: Name of each; numbers by default.
    """
    arrays: Mapping[str, NDArray[np.uint8]] = tiny_arrays(classes)
    counts = (len(arrays["y_train"]), len(arrays["y_test"]))
    spec = DatasetSpec(
        name=NAME, summary="patterns to test with", classes=classes, counts=counts, labels=labels
    )
    return Dataset(
        name=NAME,
        spec=spec,
        counts=counts,
        sha256=combined_hash(hashes_of(arrays)),
        way="embedded",
        reason="drawn for tests",
        load=lambda array: arrays[array],
    )


def tiny_values(spec: ModelSpec, images: int) -> dict[str, Any]:
    """Return recipe fields with which a model trains in about `STEPS` steps, within its own limits.

    Args:
        images: How many there are to train on.
    """
    wanted = {"split": "official", "subset": 0, "validation": 0.1, "shift": 0, "patience": 0}
    wanted |= {"batch": BATCH, "steps": STEPS}
    fitting = {}
    declared = {parameter.name: parameter for parameter in describe(spec.recipe)}
    for name, value in wanted.items():
        if name in declared:
            fitting[name] = _within(declared[name], value)
    held = float(fitting.get("validation", 0))
    steps = max(1, int(images * (1 - held)) // int(fitting.get("batch", BATCH)))
    fitting["epochs"] = _within(declared["epochs"], math.ceil(STEPS / steps))
    return fitting


def _within(parameter: Any, value: Any) -> Any:
    if isinstance(value, str):
        return value
    low = parameter.low if isinstance(parameter.low, (int, float)) else value
    high = parameter.high if isinstance(parameter.high, (int, float)) else value
    return parameter.kind(min(max(value, low), high))


class TinyZoo(Zoo):
    """The installed plugins, on the tiny dataset, with recipes that take a second, offline.

    Nothing is published here, so that every model is trained. All else is the real thing.

    Args:
        home: Folder for what is kept.
        plugins: As ``ZOO_PLUGINS``.
    """

    def __init__(self, home: Path | str, *, plugins: str = "", reporter: Reporter | None = None) -> None:
        settings = Settings(home=Path(home), offline=True, plugins=plugins)
        super().__init__(settings, reporter=reporter)

    @functools.cached_property
    def registry(self) -> Registry:
        return Registry()

    def select(self, model: str, values: Mapping[str, Any] | None = None) -> Selection:
        """Select as any zoo does, but for the recipe fields that make training long."""
        chosen = super().select(model, values)
        dataset = self.dataset(preferences=chosen.spec.datasets)
        share = 1.0 if chosen.classes is None else len(chosen.classes) / dataset.spec.classes
        small = tiny_values(chosen.spec, int(dataset.counts[0] * share))
        return super().select(model, small | dict(values or {}))

    def dataset(self, name: str = "auto", *, preferences: Sequence[str] = ()) -> Dataset:  # noqa: ARG002
        """Return the tiny dataset, with as many classes as the first known one of `preferences`."""
        known = {offer.name: offer.spec for offer in self.catalogue.datasets}
        spec = next((known[wanted] for wanted in preferences if wanted in known), None)
        return _drawn(CLASSES, ()) if spec is None else _drawn(spec.classes, tuple(spec.labels))


@functools.cache
def _drawn(classes: int, labels: tuple[str, ...]) -> Dataset:
    return tiny_dataset(classes, labels)
