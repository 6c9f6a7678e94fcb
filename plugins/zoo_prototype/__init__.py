"""Prototypes: what a multilayer perceptron's first layer holds for each digit, as images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import zoo_mlp
from zoo import Choice, ModelSpec, Preset, Range, Recipe, hookimpl

PIXELS = 28 * 28
CLASSES = 10

_PRESETS = {
    preset.name: zoo_mlp.Hyperparameters(**preset.hyperparameters) for preset in zoo_mlp.MLP.presets
}
_SHORT = tuple(name for name in _PRESETS if name not in ("default", "thorough"))


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """Which network's first layer is looked into."""

    mlp: Annotated[str, Choice(*_PRESETS), "preset of the mlp whose first layer is used"] = "default"


@dataclass(frozen=True, kw_only=True)
class PrototypeRecipe(Recipe):
    """Nothing is trained step by step: only `split`, `subset` and `validation` have an effect."""

    validation: Annotated[float, Range(0.0, 0.9), "share of the training images held out"] = 0.0


def units(hyperparameters: Hyperparameters) -> int:
    """Return the number of units of the first hidden layer."""
    return _PRESETS[hyperparameters.mlp].hidden[0]


def requires(hyperparameters: Hyperparameters) -> tuple[str, ...]:
    """Return the one model that is needed."""
    return ("mlp" if hyperparameters.mlp == "default" else f"mlp:{hyperparameters.mlp}",)


def shapes(hyperparameters: Hyperparameters) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight, in forward order as Keras counts the layers."""
    hidden = units(hyperparameters)
    return {
        "spread/embeddings": (CLASSES, hidden),
        "mean/embeddings": (CLASSES, hidden),
        "hidden_weights/kernel": (hidden, PIXELS),
        "contrast/kernel": (PIXELS,),
        "contrast/bias": (PIXELS,),
    }


PROTOTYPE = ModelSpec(
    name="prototype",
    summary="draws what the first layer of an mlp holds for each digit",
    task="generation",
    factory="zoo_prototype.model:Prototype",
    hyperparameters=Hyperparameters,
    recipe=PrototypeRecipe,
    shapes=shapes,
    datasets=("mnist", "digits"),
    presets=(
        Preset(name="default", summary="of the default mlp"),
        *(Preset(name=name, summary=f"of mlp:{name}", hyperparameters={"mlp": name}) for name in _SHORT),
    ),
    inputs="classes",
    output="images",
    default_views=("digits", "means", "drawn", "confusion"),
    offers=("generates",),
    layers=("spread", "mean", "hidden_weights", "contrast"),
    requires=requires,
    judge="cnn",
    version=2,
    licence="MIT",
)


@hookimpl
def zoo_models() -> list[ModelSpec]:
    return [PROTOTYPE]
