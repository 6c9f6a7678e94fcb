"""What this plugin offers. Data only: neither NumPy nor Keras is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo import Choice, ModelSpec, Preset, Range, hookimpl


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """What changes shapes or the forward pass; each is an option: ``--set units=64``."""

    units: Annotated[int, Range(1, 1024), "units of the hidden layer"] = 32
    activation: Annotated[str, Choice("relu", "tanh"), "of the hidden layer"] = "relu"


def shapes(chosen: Hyperparameters) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight, in forward order; `build` must make the same."""
    return {
        "hidden_layer/kernel": (28 * 28, chosen.units),
        "hidden_layer/bias": (chosen.units,),
        "output_layer/kernel": (chosen.units, 10),
        "output_layer/bias": (10,),
    }


@hookimpl
def zoo_models() -> list[ModelSpec]:
    return [
        ModelSpec(
            name="okapi",
            summary="a hidden layer between 784 pixels and 10 digits",
            task="classification",
            factory="zoo_okapi.model:Okapi",
            hyperparameters=Hyperparameters,
            shapes=shapes,
            datasets=("mnist", "digits"),
            presets=(
                Preset(name="default", summary="32 relu units"),
                Preset(name="wide", summary="128 relu units", hyperparameters={"units": 128}),
            ),
            default_views=("weights", "activations", "confusion", "learning-curve"),
            offers=("dense-first-layer", "activations", "input-gradients"),
            layers=("hidden_layer", "output_layer"),
            licence="MIT",
        )
    ]
