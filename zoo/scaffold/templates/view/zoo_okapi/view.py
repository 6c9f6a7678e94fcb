"""The picture: `compute` gives numbers, `draw` a figure of them. Imported only when it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from zoo import canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from zoo import ViewContext

    from zoo_okapi import Parameters


@dataclass(frozen=True)
class Means:
    """What is drawn.

    Attributes:
        images: Mean image of each class, (class, 28, 28) in [0, 1].
        captions: Name of each class.
        title: Says what is seen.
        alt: One sentence for people who do not see the picture.
    """

    images: NDArray[np.float32]
    captions: tuple[str, ...]
    title: str
    alt: str


def compute(context: ViewContext, parameters: Parameters) -> Means:
    examples = context.examples(parameters.part)
    images = examples.floats()  # (n, 28, 28)
    present = [column for column in range(len(context.labels)) if (examples.labels == column).any()]
    captions = tuple(context.labels[column] for column in present)
    count = f"{len(examples):,} {'test' if parameters.part == 'test' else 'training'} images"
    return Means(
        images=np.stack([images[examples.labels == column].mean(axis=0) for column in present]),
        captions=captions,
        title=f"Mean image of each class, {count}",
        alt=f"Mean image of each class over {count}: {', '.join(captions)}.",
    )


def draw(numbers: Means) -> Figure:
    return canvas.tiles(numbers.images, title=numbers.title, captions=numbers.captions)
