"""The views that show what a model draws: declarations, and which functions make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zoo import Image, Range, ViewSpec

__all__ = ["DRAWN", "RECONSTRUCTIONS", "DrawnView", "ReconstructionsView"]


@dataclass(frozen=True, kw_only=True)
class DrawnView:
    """Images drawn from random numbers, or variants of one image."""

    n: Annotated[int, Range(1, 100), "number of images"] = 20
    seed: Annotated[int, Range(0, 2**31 - 1), "of the random numbers"] = 0
    spread: Annotated[
        float | None,
        Range(0.0, 4.0),
        "size of the random part; 1 is the model's own; none takes 1, or 0.2 around an image",
    ] = None
    image: Annotated[
        str | None, Image(), "draw variants of this image, not images out of random numbers alone"
    ] = None


@dataclass(frozen=True, kw_only=True)
class ReconstructionsView:
    """Images as they are, and as the model draws them again."""

    images: Annotated[
        tuple[str, ...], Image(), "images; none named means the first test image of each class"
    ] = ()


DRAWN = ViewSpec(
    name="drawn",
    summary="images that the model draws from random numbers, or variants of an image",
    compute="zoo_generator.view:compute",
    draw="zoo_generator.view:draw",
    parameters=DrawnView,
    needs=("generates",),
)

RECONSTRUCTIONS = ViewSpec(
    name="reconstructions",
    summary="images, what the model makes of them, and where the two differ",
    compute="zoo_generator.reconstructions:compute",
    draw="zoo_generator.reconstructions:draw",
    parameters=ReconstructionsView,
    needs=("reconstructs", "data"),
)
