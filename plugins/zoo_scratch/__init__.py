"""A network written out in NumPy alone: forward, backward, and every choice on the way."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Annotated

from zoo import Choice, ModelSpec, Preset, Range, Recipe, ViewSpec, hookimpl

PIXELS = 28 * 28
CLASSES = 10

DEPTH_LIMIT = 8
"""Most hidden layers: more do not train well by these means."""

PARAMETER_LIMIT = 30_000_000
"""Most parameters: 120 MB as float32, four times that while Adam trains them."""


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """Shapes and forward pass."""

    hidden: Annotated[tuple[int, ...], Range(1, 4096), "units of each hidden layer"] = (100,)
    activation: Annotated[str, Choice("relu", "sigmoid", "tanh", "linear"), "of the hidden layers"] = (
        "relu"
    )
    output: Annotated[str, Choice("softmax", "sigmoid", "linear"), "of the last layer"] = "softmax"
    bias: Annotated[bool, "whether each unit has a bias"] = True
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
class ScratchRecipe(Recipe):
    """As for every model, and what a network from scratch must decide besides."""

    epochs: Annotated[
        int, Range(0, 10_000), "passes over the training images; 0 takes as many as make up `steps`"
    ] = 0
    steps: Annotated[int, Range(1, 10_000_000), "steps to take at least where epochs is 0"] = 2_500
    batch: Annotated[int, Range(1, 65_536), "images a step"] = 128
    learning_rate: Annotated[float, Range(1e-7, 100.0), "peak step size"] = 1e-2
    schedule: Annotated[str, Choice("constant", "cosine", "one-cycle"), "of the step size"] = "one-cycle"
    shift: Annotated[int, Range(0, 14), "each training image is moved at random by up to n pixels"] = 1
    initialisation: Annotated[
        str, Choice("normal", "xavier", "he"), "spread of the random weights at the start"
    ] = "he"
    loss: Annotated[str, Choice("cross-entropy", "squared-error"), "what training makes small"] = (
        "cross-entropy"
    )
    one_hot: Annotated[
        bool, "aim at 1 for the right digit and 0 for others; else at the digit itself, a mistake"
    ] = True


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
        if hyperparameters.bias:
            found[f"{name}/bias"] = (units,)
    return found


SIGMOIDS = {"activation": "sigmoid", "output": "sigmoid"}
NIELSEN = {
    "validation": 0.0,
    "epochs": 2,
    "batch": 10,
    "optimizer": "sgd",
    "learning_rate": 3.0,
    "schedule": "constant",
    "shift": 0,
    "initialisation": "normal",
    "loss": "squared-error",
}

SCRATCH = ModelSpec(
    name="scratch",
    summary="784-100-10 written out in NumPy: forward, backpropagation, optimizers",
    task="classification",
    factory="zoo_scratch.model:Scratch",
    hyperparameters=Hyperparameters,
    recipe=ScratchRecipe,
    shapes=shapes,
    datasets=("mnist", "digits"),
    presets=(
        Preset(name="default", summary="100 relu units, cross-entropy, Adam"),
        Preset(
            name="n3",
            summary="the notebook's network and recipe, its labels one-hot",
            hyperparameters=SIGMOIDS,
            recipe=NIELSEN,
        ),
        Preset(
            name="n3-as-written",
            summary="the same without one-hot labels: fails, with one answer for all images",
            hyperparameters=SIGMOIDS,
            # Each output aims at 0 to 9 and ends at 1. Steps this large take float32 all the way
            # there; with smaller ones two classes share the answers.
            recipe=NIELSEN | {"one_hot": False, "learning_rate": 10.0},
        ),
        Preset(
            name="tutorial",
            summary="1,000 images, no bias, dropout, squared error",
            hyperparameters={"output": "linear", "bias": False, "dropout": 0.5},
            recipe={
                "subset": 1_000,
                "validation": 0.0,
                "epochs": 100,
                "batch": 50,
                "learning_rate": 5e-3,
                "loss": "squared-error",
            },
        ),
    ),
    default_views=(
        "digits",
        "weights",
        "weights-growing",
        "prototypes",
        "why",
        "confusion",
        "learning-curve",
    ),
    offers=("dense-first-layer", "activations", "input-gradients", "backpropagation"),
    layers=("hidden_layer", "output_layer"),
    licence="MIT",
)


@dataclass(frozen=True, kw_only=True)
class BackpropagationView:
    """Which slopes are checked, and how."""

    n: Annotated[int, Range(1, 50), "weights of each array, chosen at random"] = 12
    images: Annotated[int, Range(1, 64), "first n test images that the loss is of"] = 32
    exponent: Annotated[int, Range(1, 12), "each weight is moved by 10 to the minus this, both ways"] = 4
    loss: Annotated[str, Choice("cross-entropy", "squared-error"), "whose slopes are taken"] = (
        "cross-entropy"
    )
    one_hot: Annotated[
        bool, "aim at 1 for the right digit and 0 for others; else at the digit itself"
    ] = True
    seed: Annotated[int, Range(0, 2**31 - 1), "of the choice of weights"] = 0


BACKPROPAGATION = ViewSpec(
    name="backpropagation",
    summary="its slopes beside numeric ones: is the chain rule written out rightly?",
    compute="zoo_scratch.backpropagation:compute",
    draw="zoo_scratch.backpropagation:draw",
    parameters=BackpropagationView,
    needs=("backpropagation", "data"),
    frames="exponent",
)


@hookimpl
def zoo_models() -> list[ModelSpec]:
    return [SCRATCH]


@hookimpl
def zoo_views() -> list[ViewSpec]:
    return [BACKPROPAGATION]
