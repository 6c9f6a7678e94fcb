"""The convolutional network: small filters that slide over the image, then dense layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo import Choice, ModelSpec, Preset, Range, Recipe, hookimpl

SIDE = 28
CLASSES = 10

DEPTH_LIMIT = 4
"""Most convolutions: each halves the image, and after four a digit is a single pixel."""


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """Shapes and forward pass."""

    filters: Annotated[tuple[int, ...], Range(1, 256), "filters of each convolution"] = (32, 64)
    kernel: Annotated[int, Range(1, 7), "height and width of each filter in pixels"] = 3
    dense: Annotated[int, Range(0, 1024), "units of the dense layer; 0 leaves it out"] = 64
    activation: Annotated[
        str, Choice("relu", "sigmoid", "tanh", "elu", "gelu", "linear"), "of all layers but the last"
    ] = "relu"
    dropout: Annotated[
        float, Range(0.0, 0.9), "share of maps' pixels left out at random in each training step"
    ] = 0.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.filters) <= DEPTH_LIMIT:
            raise ValueError(f"filters: expected 1 to {DEPTH_LIMIT} layers, got {len(self.filters)}")
        if sides(self)[-1] < 1:
            raise ValueError(
                f"filters: {len(self.filters)} convolutions with kernel {self.kernel} leave nothing of "
                f"{SIDE}×{SIDE} pixels; take fewer, or a smaller kernel"
            )


@dataclass(frozen=True, kw_only=True)
class CNNRecipe(Recipe):
    """As for every model; other defaults."""

    epochs: Annotated[
        int, Range(0, 10_000), "passes over the training images; 0 takes as many as make up `steps`"
    ] = 0
    steps: Annotated[int, Range(1, 10_000_000), "steps to take at least where epochs is 0"] = 850
    learning_rate: Annotated[float, Range(1e-7, 100.0), "peak step size"] = 5e-3
    schedule: Annotated[str, Choice("constant", "cosine", "one-cycle"), "of the step size"] = "one-cycle"
    shift: Annotated[int, Range(0, 14), "each training image is moved at random by up to n pixels"] = 1


def sides(hyperparameters: Hyperparameters) -> list[int]:
    """Return the side of the maps after each convolution and its pooling; below 1 where none is left."""
    found, side = [], SIDE
    for _ in hyperparameters.filters:
        side = (side - hyperparameters.kernel + 1) // 2
        found.append(side)
    return found


def names(hyperparameters: Hyperparameters) -> tuple[str, ...]:
    """Return the names of the layers that have weights, in forward order."""
    convolutions = [f"conv{number}" for number, _ in enumerate(hyperparameters.filters, 1)]
    return (*convolutions, *(["dense1"] if hyperparameters.dense else []), "output")


def shapes(hyperparameters: Hyperparameters) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight, in forward order."""
    chosen = hyperparameters
    found: dict[str, tuple[int, ...]] = {}
    channels = 1
    for number, filters in enumerate(chosen.filters, 1):
        found[f"conv{number}/kernel"] = (chosen.kernel, chosen.kernel, channels, filters)
        found[f"conv{number}/bias"] = (filters,)
        channels = filters
    inputs = sides(chosen)[-1] ** 2 * channels
    if chosen.dense:
        found["dense1/kernel"] = (inputs, chosen.dense)
        found["dense1/bias"] = (chosen.dense,)
        inputs = chosen.dense
    found["output/kernel"] = (inputs, CLASSES)
    found["output/bias"] = (CLASSES,)
    return found


CNN = ModelSpec(
    name="cnn",
    summary="convolutional network: filters that slide over the image, then dense layers",
    task="classification",
    factory="zoo_cnn.model:CNN",
    hyperparameters=Hyperparameters,
    recipe=CNNRecipe,
    shapes=shapes,
    datasets=("mnist", "digits"),
    presets=(
        Preset(name="default", summary="32 and 64 filters, 64 dense units"),
        Preset(
            name="lesson",
            summary="32 and 64 filters, dropout, no dense layer",
            hyperparameters={"dense": 0, "dropout": 0.2},
            recipe={"steps": 1_260, "learning_rate": 0.007},
        ),
        Preset(
            name="best",
            summary="the default network, trained for 12 epochs",
            recipe={"epochs": 12, "validation": 0.0},
        ),
    ),
    default_views=(
        "kernels",
        "feature-maps",
        "convolution",
        "why",
        "mistakes",
        "confusion",
        "learning-curve",
    ),
    offers=("activations", "convolutions", "input-gradients"),
    layers=("conv1", "pool1", "conv2", "pool2", "flatten", "dense1", "output"),
    licence="MIT",
)


@hookimpl
def zoo_models() -> list[ModelSpec]:
    return [CNN]
