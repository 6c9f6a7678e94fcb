"""One against the rest: ten logistic regressions, each for a digit of its own; the loudest wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo import ModelSpec, NoParameters, Preset, Range, Recipe, hookimpl

PIXELS = 28 * 28
CLASSES = 10
LAYER = "output_layer"


@dataclass(frozen=True, kw_only=True)
class OvRRecipe(Recipe):
    """As for every model; other defaults."""

    validation: Annotated[float, Range(0.0, 0.9), "share of the training images held out"] = 0.0
    epochs: Annotated[
        int, Range(0, 10_000), "passes over the training images; 0 takes as many as make up `steps`"
    ] = 0
    steps: Annotated[int, Range(1, 10_000_000), "steps to take at least where epochs is 0"] = 1_800
    batch: Annotated[int, Range(1, 65_536), "images a step"] = 256
    learning_rate: Annotated[float, Range(1e-7, 100.0), "peak step size"] = 3e-2


def shapes(hyperparameters: NoParameters) -> dict[str, tuple[int, ...]]:  # noqa: ARG001
    """Return the shape of each weight: one for each pixel and digit, and a bias for each digit."""
    return {f"{LAYER}/kernel": (PIXELS, CLASSES), f"{LAYER}/bias": (CLASSES,)}


OVR = ModelSpec(
    name="ovr",
    summary="ten logistic regressions, one digit against the rest; the loudest wins",
    task="classification",
    factory="zoo_ovr.model:OneVersusRest",
    hyperparameters=NoParameters,
    recipe=OvRRecipe,
    shapes=shapes,
    output="scores",
    datasets=("mnist", "digits"),
    presets=(
        Preset(name="default", summary="all training images, no L2"),
        Preset(
            name="n2",
            summary="as in the notebook: L2, 50,000 images, tested on the last 10,000",
            recipe={"split": "n2", "l2": 0.01, "learning_rate": 1e-2, "steps": 2_500},
        ),
    ),
    default_views=("digits", "weights", "means", "threshold", "why", "confusion", "learning-curve"),
    offers=("dense-first-layer", "activations", "input-gradients"),
    layers=(LAYER,),
    licence="MIT",
)


@hookimpl
def zoo_models() -> list[ModelSpec]:
    return [OVR]
