"""Views of how a model is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo.parameters import Choice, Range
from zoo.views.declared.limits import view

__all__ = ["VIEWS", "SingleNeuron"]


@dataclass(frozen=True, kw_only=True)
class SingleNeuron:
    inputs: Annotated[int, Range(1, 10), "number of inputs; values not given are 0"] = 5
    x: Annotated[tuple[float, ...], Range(0.0, 1.0), "the inputs"] = (0.8, 0.3, 0.5, 0.9, 0.2)
    w: Annotated[tuple[float, ...], Range(-100.0, 100.0), "the weights"] = (2.0, 4.0, -2.0, 0.0, -4.0)
    bias: Annotated[float, Range(-100.0, 100.0), "added to the sum"] = 0.0
    activation: Annotated[
        str, Choice("sigmoid", "relu", "arctan", "linear"), "turns the sum into the output"
    ] = "sigmoid"


VIEWS = (
    view(
        "architecture",
        "the layers, what comes out of each, and how the number of parameters comes about",
    ),
    view(
        "single-neuron",
        "one neuron by hand: inputs, weights, their products, the sum and the activation curve",
        SingleNeuron,
        frames="activation",
    ),
)
