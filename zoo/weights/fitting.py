"""Training itself, apart from where its outcome is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.errors import PluginError, ZooError, one_line
from zoo.evaluation import evaluate
from zoo.modelling import History
from zoo.plugins.guard import described
from zoo.weights.classes import check_classes

if TYPE_CHECKING:
    from zoo.data import Dataset, TrainingData
    from zoo.modelling import Model
    from zoo.plugins import Offer
    from zoo.progress import Reporter
    from zoo.specs import ModelSpec, Recipe
    from zoo.weights.selection import Selection

__all__ = ["Fitted", "fit", "teach"]


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
    """Build a model, train it as `selection` says, and measure it; nothing is written.

    Raises:
        InvalidValueError: If the dataset has no image of a class that the model tells apart.
        PluginError: If the plugin's code fails or breaks its contract; it names plugin and reason.
    """
    for part in ("train", "test"):
        check_classes(selection, dataset, part, selection.recipe.split)
    model = make()
    data = dataset.training(selection.recipe, classes=selection.classes, seed=seed)
    started = time.perf_counter()
    history = teach(model, selection.offer, data, selection.recipe, seed=seed, reporter=reporter)
    seconds = time.perf_counter() - started
    metrics = {}
    if data.test is not None:
        labels = dataset.labels
        if selection.classes is not None:
            labels = tuple(labels[label] for label in selection.classes)
        metrics = evaluate(model, data.test, labels=labels).metrics()
    return Fitted(model=model, history=history, metrics=metrics, seconds=seconds)


def teach(
    model: Model,
    offer: Offer[ModelSpec],
    data: TrainingData,
    recipe: Recipe,
    *,
    seed: int,
    reporter: Reporter,
) -> History:
    """Call the model's own `fit`; what goes wrong in a plugin's code is laid at its door.

    Raises:
        PluginError: If it fails, ends the program, gives no History or leaves no weights.
    """
    plugin = offer.plugin.name
    title = f"model {offer.spec.name} of plugin {plugin}: fit()"
    try:
        history: object = model.fit(data, recipe, seed=seed, reporter=reporter)
    except (ZooError, MemoryError):
        raise
    except (Exception, SystemExit) as error:  # Ctrl-C passes
        raise PluginError(one_line(f"{title} failed: {described(error)}"), plugin=plugin) from error
    if not model.trained:
        text = f"{title} left the model without weights; set self.weights in fit()"
        raise PluginError(text, plugin=plugin)
    if not isinstance(history, History):
        text = f"{title} gave a {type(history).__name__}; return a zoo.History from fit()"
        raise PluginError(text, plugin=plugin)
    return history
