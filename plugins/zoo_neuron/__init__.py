"""One neuron: it weighs the pixels of an image and says which of two digits it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo import Choice, ModelSpec, Preset, Range, Recipe, hookimpl

PIXELS = 28 * 28
LAYER = "neuron"


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """Which digits, and how the neuron answers."""

    first: Annotated[int, Range(0, 9), "digit for which the neuron keeps silent"] = 1
    second: Annotated[int, Range(0, 9), "digit for which it answers"] = 8
    activation: Annotated[
        str, Choice("sigmoid", "tanh", "linear"), "what becomes of the weighted sum"
    ] = "sigmoid"

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise ValueError(f"second: expected another digit than first, got {self.second} twice")


@dataclass(frozen=True, kw_only=True)
class NeuronRecipe(Recipe):
    """As for every model; other defaults."""

    validation: Annotated[float, Range(0.0, 0.9), "share of the training images held out"] = 0.0
    epochs: Annotated[
        int, Range(0, 10_000), "passes over the training images; 0 takes as many as make up `steps`"
    ] = 0
    steps: Annotated[int, Range(1, 10_000_000), "steps to take at least where epochs is 0"] = 500
    batch: Annotated[int, Range(1, 65_536), "images a step"] = 256
    learning_rate: Annotated[float, Range(1e-7, 100.0), "peak step size"] = 2e-2


def shapes(hyperparameters: Hyperparameters) -> dict[str, tuple[int, ...]]:  # noqa: ARG001
    """Return the shape of each weight: one for each pixel, and the bias."""
    return {f"{LAYER}/kernel": (PIXELS, 1), f"{LAYER}/bias": (1,)}


def classes(hyperparameters: Hyperparameters) -> tuple[int, ...]:
    """Return the two digits, in column order."""
    return (hyperparameters.first, hyperparameters.second)


NEURON = ModelSpec(
    name="neuron",
    summary="one sigmoid neuron tells two digits apart, 1 and 8 or any others",
    task="binary",
    factory="zoo_neuron.model:Neuron",
    hyperparameters=Hyperparameters,
    recipe=NeuronRecipe,
    shapes=shapes,
    classes=classes,
    datasets=("mnist", "digits"),
    presets=(
        Preset(name="default", summary="1 against 8"),
        Preset(
            name="n2",
            summary="as in the notebook: L2, the first 10,000 images, tested on the others",
            recipe={"split": "n2-neuron", "l2": 0.05, "learning_rate": 1e-2},
        ),
    ),
    default_views=("digits", "weights", "means", "threshold", "mistakes", "confusion", "learning-curve"),
    offers=("dense-first-layer", "activations", "input-gradients"),
    layers=(LAYER,),
    licence="MIT",
)


@hookimpl
def zoo_models() -> list[ModelSpec]:
    return [NEURON]
