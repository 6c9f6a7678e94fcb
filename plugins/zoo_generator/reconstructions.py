"""`reconstructions`: images, what the model makes of them, and where the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo import canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo import ViewContext
    from zoo_generator.views import ReconstructionsView

__all__ = ["Reconstructions", "compute", "draw"]

MOST = 1.1
"""Inches a map is wide at most."""


@dataclass(frozen=True)
class Reconstructions:
    """Images and the model's drawings of them.

    Attributes:
        names: Of the images, in words.
        images, drawn: (n, 28, 28) in [0, 1].
        errors: Mean squared error of each, (n,).
        title, note, alt: In words.
    """

    names: tuple[str, ...]
    images: NDArray[np.float32]
    drawn: NDArray[np.float32]
    errors: tuple[float, ...]
    title: str
    note: str
    alt: str


def compute(context: ViewContext, parameters: ReconstructionsView) -> Reconstructions:
    names = parameters.images
    if names:
        images = np.stack([context.image(name) for name in names])
    else:
        examples = context.examples("test")
        classes, rows = np.unique(examples.labels, return_index=True)
        images = examples.rows(rows).floats()
        names = tuple(context.labels[label] for label in classes)
    drawn = context.model.predict(images)
    errors = np.square(drawn - images).mean(axis=(1, 2))
    worst = int(errors.argmax())
    told = f"mean squared error {errors.mean():.4f}, most {errors[worst]:.4f} ({names[worst]})"
    return Reconstructions(
        names=names,
        images=images,
        drawn=drawn,
        errors=tuple(map(float, errors)),
        title=f"{len(images)} images and what {context.title} makes of them",
        note=f"{told}; below, ink that is missing and ink too much",
        alt=f"{len(images)} images, each with its reconstruction by {context.title}: {told}.",
    )


def draw(numbers: Reconstructions) -> Figure:
    count = len(numbers.images)
    side = min(MOST, (canvas.WIDTH - 2.35) / count)
    sheet = canvas.figure(
        3, count, title=numbers.title, note=numbers.note, panel=(side, side), gap=(0.06, 0.06),
        room=(0.95, 0.24), bar=True, head=0.22,
    )  # fmt: skip
    rows = [sheet.axes[row * count : (row + 1) * count] for row in range(3)]
    for axes, name, image in zip(rows[0], numbers.names, numbers.images, strict=True):
        canvas.show(axes, image)
        canvas.caption(axes, name)
    for axes, drawn in zip(rows[1], numbers.drawn, strict=True):
        canvas.show(axes, drawn)
    scale = canvas.show_signed(rows[2], list(numbers.drawn - numbers.images))
    for line, words in zip(rows, ("image", "drawn again", "difference"), strict=True):
        line[0].set_ylabel(words, rotation=0, ha="right", va="center", labelpad=6)
    for axes, error in zip(rows[2], numbers.errors, strict=True):
        axes.set_xlabel(f"{error:.3f}", size=8.5, labelpad=3)
    canvas.colour_bar(sheet, scale, "drawn minus image")
    return sheet.figure
