"""What this plugin offers. Data only: NumPy is not imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo import ModelSpec, Range, Recipe, hookimpl


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """What changes shapes or the forward pass; each is an option: ``--set temperature=2``."""

    temperature: Annotated[float, Range(0.1, 10.0), "scores are divided by it"] = 1.0


@dataclass(frozen=True, kw_only=True)
class OwnRecipe(Recipe):
    """Of the recipe, `fit` follows split, subset, validation, epochs, batch and learning_rate."""

    batch: Annotated[int, Range(1, 65_536), "images a step"] = 32
    learning_rate: Annotated[float, Range(1e-7, 100.0), "step size"] = 0.1


def shapes(_: Hyperparameters) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight; `fit` must set the same."""
    return {"output_layer/kernel": (28 * 28, 10), "output_layer/bias": (10,)}


@hookimpl
def zoo_models() -> list[ModelSpec]:
    return [
        ModelSpec(
            name="okapi",
            summary="softmax regression in NumPy: one weight a pixel and digit",
            task="classification",
            factory="zoo_okapi.model:Okapi",
            hyperparameters=Hyperparameters,
            recipe=OwnRecipe,
            shapes=shapes,
            datasets=("mnist", "digits"),
            default_views=("weights", "confusion", "learning-curve"),
            offers=("dense-first-layer", "activations"),
            layers=("output_layer",),
            licence="MIT",
        )
    ]
