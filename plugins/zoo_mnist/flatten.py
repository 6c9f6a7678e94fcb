"""`flatten`: the rows of an image one after another, as a dense layer sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo import canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo import ViewContext
    from zoo_mnist.views import FlattenView

__all__ = ["FlatImage", "compute", "draw"]

SIDE = 28


@dataclass(frozen=True)
class FlatImage:
    """An image and its numbers in one row.

    Attributes:
        image: (28, 28) in [0, 1].
        strip: (784,): pixel ``28 * row + column`` of the strip is the pixel at that row and column.
    """

    image: NDArray[np.float64]
    strip: NDArray[np.float64]
    title: str
    note: str
    alt: str


def compute(context: ViewContext, parameters: FlattenView) -> FlatImage:
    image = context.image(parameters.image).astype(np.float64)
    ink = int((image > 0).sum())
    return FlatImage(
        image=image,
        strip=image.ravel(),
        title=f"{parameters.image}: 28 rows of 28 pixels are 784 numbers in a row",
        note="pixel number = 28 × row + column; neighbours above each other end up 28 places apart",
        alt=(
            f"{parameters.image.capitalize()} as 28 by 28 pixels and as one strip of 784, row after "
            f"row; {ink} of the pixels hold ink."
        ),
    )


def draw(numbers: FlatImage) -> Figure:
    width, side, strip = 7.4, 3.1, 0.5
    sheet = canvas.figure(
        title=numbers.title,
        note=numbers.note,
        panel=(width, side + 0.75 + 2 * strip + 0.75),
        room=(0, 0.2),
    )
    sheet.axes[0].axis("off")
    left = (width - side) / 2
    square = canvas.place(sheet, left, 0, side, side)
    canvas.show(square, numbers.image)
    rows = list(range(0, SIDE, 4))
    square.set_yticks(rows, [f"row {row}" for row in rows])
    square.tick_params(length=0)
    half = len(numbers.strip) // 2
    for part in range(2):
        axes = canvas.place(sheet, 0, side + 0.5 + part * (strip + 0.5), width, strip)
        canvas.show(axes, numbers.strip[None, part * half : (part + 1) * half], aspect="auto")
        ticks = np.arange(0, half, 2 * SIDE)
        axes.set_xticks(ticks - 0.5, [f"{part * half + tick}" for tick in ticks])
        axes.tick_params(length=3)
        for row in range(1, SIDE // 2):
            axes.axvline(row * SIDE - 0.5, color="#5cb8ff", linewidth=0.7)
        canvas.caption(axes, f"rows {14 * part} to {14 * part + 13}: pixels from {part * half} on")
    return sheet.figure
