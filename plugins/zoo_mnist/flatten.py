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
    width, side, strip = 6.6, 448 / canvas.DPI, 0.5  # 16 pixels a cell
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(width, side + 0.45 + strip + 0.3)
    )
    sheet.axes[0].axis("off")
    square = canvas.place(sheet, (width - side) / 2, 0, side, side)
    canvas.show(square, numbers.image)
    rows = list(range(0, SIDE, 4))
    square.set_yticks(rows, [f"row {row}" for row in rows])
    square.tick_params(length=0)
    left = (width - canvas.STRIP_WIDTH) / 2
    axes = canvas.strip(sheet, numbers.strip, left=left, top=side + 0.45, height=strip)
    canvas.caption(axes, "all 784 pixels, one column each; a mark where a row begins")
    return sheet.figure
