"""`drawn`: images that a model draws from random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo import canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo import ViewContext
    from zoo_generator import DrawnView

__all__ = ["ShownImages", "compute", "draw"]


@dataclass(frozen=True)
class ShownImages:
    """What is shown.

    Attributes:
        images: (n, 28, 28) in [0, 1].
        captions: Class each was meant to show, in words; empty where none was meant.
        title, note, alt: In words.
    """

    images: NDArray[np.float32]
    captions: tuple[str, ...]
    title: str
    note: str
    alt: str


def compute(context: ViewContext, parameters: DrawnView) -> ShownImages:
    images, meant = context.model.generate(parameters.n, seed=parameters.seed, spread=parameters.spread)
    captions = () if meant is None else tuple(context.labels[label] for label in meant)
    how = f"seed {parameters.seed}, spread {parameters.spread:g}"
    note = how if meant is None else f"{how}; the class each is meant to show stands above it"
    shown = f": {', '.join(captions)}" if captions else ""
    title = f"{len(images)} images drawn by {context.title}"
    return ShownImages(images, captions, title, note, f"{title} from random numbers, {how}{shown}.")


def draw(numbers: ShownImages) -> Figure:
    return canvas.tiles(
        numbers.images, title=numbers.title, note=numbers.note, captions=numbers.captions
    )
