"""The multilayer perceptron: dense layers between 784 pixels and 10 probabilities."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Annotated

from zoo import Choice, ModelSpec, Preset, Range, Recipe, hookimpl

PIXELS = 28 * 28
CLASSES = 10

DEPTH_LIMIT = 8
"""Most hidden layers: more neither train well without further means nor fit a picture."""

PARAMETER_LIMIT = 30_000_000
"""Most parameters: 120 MB as float32."""


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """Shapes and forward pass."""

    hidden: Annotated[tuple[int, ...], Range(1, 4096), "units of each hidden layer"] = (64,)
    activation: Annotated[
        str, Choice("relu", "sigmoid", "tanh", "elu", "gelu", "linear"), "of the hidden layers"
    ] = "relu"
    dropout: Annotated[
        float, Range(0.0, 0.9), "share of hidden units left out at random in each training step"
    ] = 0.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.hidden) <= DEPTH_LIMIT:
            raise ValueError(f"hidden: expected 1 to {DEPTH_LIMIT} layers, got {len(self.hidden)}")
        size = sum(math.prod(shape) for shape in shapes(self).values())
        if size > PARAMETER_LIMIT:
            raise ValueError(
                f"hidden: expected at most {PARAMETER_LIMIT:,} parameters in all, got {size:,}"
            )


@dataclass(frozen=True, kw_only=True)
class MLPRecipe(Recipe):
    """As for every model; other defaults."""

    epochs: Annotated[
        int, Range(0, 10_000), "passes over the training images; 0 takes as many as make up `steps`"
    ] = 0
    steps: Annotated[int, Range(1, 10_000_000), "steps to take at least where epochs is 0"] = 1_680
    learning_rate: Annotated[float, Range(1e-7, 100.0), "peak step size"] = 0.015
    schedule: Annotated[str, Choice("constant", "cosine", "one-cycle"), "of the step size"] = "one-cycle"
    shift: Annotated[int, Range(0, 14), "each training image is moved at random by up to n pixels"] = 1


def names(hyperparameters: Hyperparameters) -> tuple[str, ...]:
    """Return the layer names: ``hidden_layer``, ``hidden_layer_2`` …, ``output_layer``."""
    hidden = [f"hidden_layer_{i}" for i in range(1, len(hyperparameters.hidden) + 1)]
    return ("hidden_layer", *hidden[1:], "output_layer")


def shapes(hyperparameters: Hyperparameters) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight, in forward order."""
    widths = (PIXELS, *hyperparameters.hidden, CLASSES)
    found: dict[str, tuple[int, ...]] = {}
    for name, (inputs, units) in zip(names(hyperparameters), itertools.pairwise(widths), strict=True):
        found[f"{name}/kernel"] = (inputs, units)
        found[f"{name}/bias"] = (units,)
    return found


MLP = ModelSpec(
    name="mlp",
    summary="multilayer perceptron: dense layers from 784 pixels to 10 digits",
    task="classification",
    factory="zoo_mlp.model:MLP",
    hyperparameters=Hyperparameters,
    recipe=MLPRecipe,
    shapes=shapes,
    datasets=("mnist", "digits"),
    presets=(
        Preset(name="default", summary="64 relu units"),
        Preset(
            name="thorough",
            summary="the same, trained for 40 epochs",
            recipe={"steps": 8_400, "batch": 256, "learning_rate": 0.015, "l2": 1e-5},
        ),
        Preset(
            name="16x16",
            summary="two hidden layers of 16 relu units",
            hyperparameters={"hidden": (16, 16)},
            recipe={"steps": 4_200},
        ),
        Preset(
            name="40",
            summary="40 relu units",
            hyperparameters={"hidden": (40,)},
            recipe={"steps": 4_200},
        ),
        Preset(
            name="25-logistic",
            summary="25 logistic units",
            hyperparameters={"hidden": (25,), "activation": "sigmoid"},
            recipe={"steps": 6_300, "batch": 256, "learning_rate": 0.02, "l2": 1e-5},
        ),
    ),
    default_views=("digits", "weights", "activations", "why", "mistakes", "confusion", "learning-curve"),
    offers=("dense-first-layer", "activations", "input-gradients"),
    layers=("hidden_layer", "output_layer"),
    licence="MIT",
)


@hookimpl
def zoo_models() -> list[ModelSpec]:
    return [MLP]
