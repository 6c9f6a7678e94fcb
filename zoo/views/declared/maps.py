"""Views of convolutional layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo.parameters import Choice, Image, Range
from zoo.views.declared.limits import LAST_CHANNEL, LAST_OF_ANY, view

__all__ = ["VIEWS", "Convolution", "FeatureMaps", "Kernels"]

UNIT = Range(0, LAST_OF_ANY)


@dataclass(frozen=True, kw_only=True)
class Kernels:
    layer: Annotated[str, "convolutional layer; empty means the first"] = ""
    filters: Annotated[tuple[int, ...], UNIT, "which filters; none named means all"] = ()
    channel: Annotated[int, Range(0, LAST_CHANNEL), "which of the layer's input channels"] = 0
    values: Annotated[bool, "write each weight on its cell"] = False


@dataclass(frozen=True, kw_only=True)
class FeatureMaps:
    image: Annotated[str, Image(), "image to look at"] = "test:0"
    layer: Annotated[str, "layer with maps; empty means the first"] = ""
    channels: Annotated[tuple[int, ...], UNIT, "which channels; none named means all"] = ()
    scale: Annotated[
        str,
        Choice("layer", "panel", "all"),
        "0 to the largest value of the layer, of each map, or of all layers",
    ] = "layer"


@dataclass(frozen=True, kw_only=True)
class Convolution:
    image: Annotated[str, Image(), "image to look at"] = "test:0"
    layer: Annotated[str, "convolutional layer; empty means the first"] = ""
    filter: Annotated[int, UNIT, "which filter"] = 0
    row: Annotated[int | None, Range(0, 27), "row of the output; none means where it is strongest"] = (
        None
    )
    column: Annotated[
        int | None, Range(0, 27), "column of the output; none means where it is strongest"
    ] = None


VIEWS = (
    view(
        "kernels",
        "the small windows a convolutional layer looks through, as signed maps",
        Kernels,
        needs=("convolutions",),
    ),
    view(
        "feature-maps",
        "what each filter finds in an image, and where",
        FeatureMaps,
        needs=("convolutions", "activations", "data"),
    ),
    view(
        "convolution",
        "one step of a convolution with its numbers: patch × kernel, sum, bias, relu, pooling",
        Convolution,
        needs=("convolutions", "activations", "data"),
    ),
)
