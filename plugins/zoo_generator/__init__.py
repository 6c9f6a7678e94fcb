"""The generator: the encoder of the convolutional network, frozen, and a decoder that draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import zoo_cnn
from zoo import Choice, ModelSpec, NoParameters, Preset, Range, Recipe, ViewSpec, hookimpl

CODE = 64
"""Units of ``dense1``: what the decoder draws from."""

START = (7, 7, 64)
"""Height, width and channels the decoder starts with; two steps of stride 2 make 28 × 28 of it."""

DECONVOLUTIONS = (
    ("deconv1", 64, 2, "relu"),
    ("deconv2", 32, 2, "relu"),
    ("decoder_output", 1, 1, "tanh"),
)
"""Name, channels, stride and activation; all have filters of `KERNEL` × `KERNEL` pixels."""

KERNEL = 3

ENCODER = zoo_cnn.Hyperparameters(dense=CODE)
"""Of the default convolutional network, whose layers up to ``dense1`` are the encoder."""


@dataclass(frozen=True, kw_only=True)
class GeneratorRecipe(Recipe):
    """As for every model; other defaults. The encoder is not trained."""

    epochs: Annotated[
        int, Range(0, 10_000), "passes over the training images; 0 takes as many as make up `steps`"
    ] = 0
    steps: Annotated[int, Range(1, 10_000_000), "steps to take at least where epochs is 0"] = 850
    learning_rate: Annotated[float, Range(1e-7, 100.0), "peak step size"] = 3e-3
    schedule: Annotated[str, Choice("constant", "cosine", "one-cycle"), "of the step size"] = "one-cycle"


def encoder_shapes() -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight of the encoder, in forward order."""
    found = zoo_cnn.shapes(ENCODER)
    return {name: shape for name, shape in found.items() if not name.startswith("output/")}


def shapes(_: NoParameters) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight, in forward order."""
    height, width, channels = START
    found = encoder_shapes()
    found["dense_decode/kernel"] = (CODE, height * width * channels)
    found["dense_decode/bias"] = (height * width * channels,)
    for name, filters, _stride, _activation in DECONVOLUTIONS:
        found[f"{name}/kernel"] = (KERNEL, KERNEL, filters, channels)
        found[f"{name}/bias"] = (filters,)
        channels = filters
    return found


GENERATOR = ModelSpec(
    name="generator",
    summary="draws digits: the encoder of the cnn, frozen, and a decoder",
    task="generation",
    factory="zoo_generator.model:Generator",
    hyperparameters=NoParameters,
    recipe=GeneratorRecipe,
    shapes=shapes,
    datasets=("mnist", "digits"),
    presets=(
        Preset(name="default", summary="64 numbers for each image"),
        Preset(name="best", summary="the same, trained for 12 epochs", recipe={"epochs": 12}),
    ),
    output="images",
    default_views=("reconstructions", "drawn", "kernels", "feature-maps", "confusion", "learning-curve"),
    offers=("activations", "convolutions", "generates"),
    layers=(
        *("conv1", "pool1", "conv2", "pool2", "flatten", "dense1"),
        *("dense_decode", "reshape_decode", "deconv1", "deconv2", "decoder_output"),
    ),
    requires=("cnn",),
    judge="cnn",
    licence="MIT",
)


@hookimpl
def zoo_models() -> list[ModelSpec]:
    return [GENERATOR]


@hookimpl
def zoo_views() -> list[ViewSpec]:
    from zoo_generator.views import DRAWN, RECONSTRUCTIONS  # only where views are asked for

    return [DRAWN, RECONSTRUCTIONS]
