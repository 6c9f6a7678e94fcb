"""A plugin as it should be: a model with presets, a dataset and a view."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Annotated

import zoo


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    hidden: Annotated[tuple[int, ...], zoo.Range(1, 4096), "units of each hidden layer"] = (64,)
    activation: Annotated[str, zoo.Choice("relu", "sigmoid"), "of the hidden layers"] = "relu"


@dataclass(frozen=True, kw_only=True)
class Unit:
    unit: Annotated[int, zoo.Range(0, zoo.Limit("units - 1", lambda c: c.units - 1)), "hidden unit"] = 0


def shapes(values: Hyperparameters) -> dict[str, tuple[int, ...]]:
    """Weights of a dense network on 784 pixels."""
    sizes = (784, *values.hidden, 10)
    found: dict[str, tuple[int, ...]] = {}
    for number, (before, after) in enumerate(itertools.pairwise(sizes)):
        found[f"layer{number}/kernel"] = (before, after)
        found[f"layer{number}/bias"] = (after,)
    return found


@zoo.hookimpl
def zoo_models() -> list[zoo.ModelSpec]:
    return [
        zoo.ModelSpec(
            name="good",
            summary="a dense network",
            task="classification",
            factory="good.model:Good",
            hyperparameters=Hyperparameters,
            shapes=shapes,
            datasets=("mnist", "digits"),
            presets=(
                zoo.Preset(name="default", summary="one layer of 64"),
                zoo.Preset(
                    name="16x16",
                    summary="two layers of 16",
                    hyperparameters={"hidden": (16, 16)},
                    recipe={"epochs": 3},
                ),
            ),
            default_views=("good-view",),
        )
    ]


@zoo.hookimpl
def zoo_datasets() -> list[zoo.DatasetSpec]:
    return [
        zoo.DatasetSpec(
            name="good-data",
            summary="ten digits",
            classes=10,
            counts=(60, 10),
            splits=(
                zoo.Split(name="official", summary="as published"),
                zoo.Split(
                    name="lesson", summary="fifty and ten", train=("train[:50]",), test=("train[-10:]",)
                ),
            ),
        )
    ]


@zoo.hookimpl
def zoo_views() -> list[zoo.ViewSpec]:
    return [
        zoo.ViewSpec(
            name="good-view",
            summary="one unit",
            compute="good.view:compute",
            draw="good.view:draw",
            parameters=Unit,
            frames="unit",
        )
    ]
