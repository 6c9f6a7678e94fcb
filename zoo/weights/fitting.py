"""Training itself, apart from where its outcome is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.evaluation import evaluate

if TYPE_CHECKING:
    from zoo.data import Dataset
    from zoo.modelling import History, Model
    from zoo.progress import Reporter
    from zoo.weights.selection import Selection

__all__ = ["Fitted", "fit"]


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A model just trained, how that went, how it scores, and the seconds spent in `fit`."""

    model: Model
    history: History
    metrics: dict[str, float]
    seconds: float


def fit(
    selection: Selection,
    *,
    make: Callable[[], Model],
    dataset: Dataset,
    seed: int,
    reporter: Reporter,
) -> Fitted:
    """Build a model, train it as `selection` says, and measure it; nothing is written."""
    model = make()
    data = dataset.training(selection.recipe, classes=selection.classes, seed=seed)
    started = time.perf_counter()
    history = model.fit(data, selection.recipe, seed=seed, reporter=reporter)
    seconds = time.perf_counter() - started
    metrics = {}
    if data.test is not None:
        labels = dataset.labels
        if selection.classes is not None:
            labels = tuple(labels[label] for label in selection.classes)
        metrics = evaluate(model, data.test, labels=labels).metrics()
    return Fitted(model=model, history=history, metrics=metrics, seconds=seconds)
