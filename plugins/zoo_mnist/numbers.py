"""`numbers`: an image, or the weights of a unit, as the numbers it consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo import InvalidValueError, canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo import ViewContext
    from zoo_mnist.views import NumbersView

__all__ = ["Numbers", "compute", "draw"]

SIDE = 28


@dataclass(frozen=True)
class Numbers:
    """784 numbers.

    Attributes:
        values: (28, 28): of the image in [0, 1], or weights.
        texts: What is written on each cell; empty for 0.
        dtype, shape: Of the array that is shown.
        label: Class of the image; empty where it is not known, as of a file.
        one_hot: The label as training takes it; empty where it is not known, or not to this model.
        scale: Of the colours.
    """

    values: NDArray[np.float64]
    texts: tuple[tuple[str, ...], ...]
    dtype: str
    shape: tuple[int, ...]
    label: str
    one_hot: tuple[int, ...]
    scale: canvas.Scale
    title: str
    note: str
    alt: str


def compute(context: ViewContext, parameters: NumbersView) -> Numbers:
    if parameters.unit is not None:
        return _weights(context, parameters.unit)
    image = context.image(parameters.image).astype(np.float64)
    stored = np.rint(255 * image).astype(np.int64)
    as_bytes = parameters.form == "bytes"
    texts = tuple(
        tuple("" if not n else str(n) if as_bytes else f"{n / 255:.2f}".removeprefix("0") for n in row)
        for row in stored
    )
    label = context.truth(parameters.image)
    one_hot = tuple(int(name == label) for name in context.labels) if label in context.labels else ()
    kind = "uint8, 0 to 255" if as_bytes else "float32, 0 to 1: stored / 255"
    told = f"; label {label}" if label else ""
    told += f", one-hot {' '.join(map(str, one_hot))}" if one_hot else ""
    ink = int((stored > 0).sum())
    return Numbers(
        values=image,
        texts=texts,
        dtype="uint8" if as_bytes else "float32",
        shape=(SIDE, SIDE),
        label=label,
        one_hot=one_hot,
        scale=canvas.INTENSITY,
        title=f"{parameters.image} is {SIDE} × {SIDE} numbers",
        note=f"{kind}{told}; a dot is 0",
        alt=(
            f"{parameters.image.capitalize()} as numbers ({kind}): {ink} of 784 are above 0, "
            f"their mean is {stored.mean() if as_bytes else image.mean():.3g}{told}."
        ),
    )


def draw(numbers: Numbers) -> Figure:
    cell = 0.27
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(cell * SIDE, cell * SIDE), room=(0.28, 0.22),
        bar=numbers.scale.signed,
    )  # fmt: skip
    axes = sheet.axes[0]
    canvas.show(axes, numbers.values, numbers.scale)
    longest = max((len(text) for row in numbers.texts for text in row), default=1)
    size = 6.8 if longest <= 3 else 6.0
    canvas.annotate_cells(axes, numbers.values, numbers.scale, numbers.texts, size=size)
    zeros = np.array([[not text for text in row] for row in numbers.texts])
    y, x = np.nonzero(zeros)
    colour = "#8a909b"
    axes.plot(x, y, linestyle="", marker=".", markersize=1.8, color=colour)
    axes.set(xticks=range(0, SIDE, 3), yticks=range(0, SIDE, 3))
    axes.tick_params(length=0, pad=3)
    if numbers.scale.signed:
        canvas.colour_bar(sheet, numbers.scale, "weight")
    return sheet.figure


def _weights(context: ViewContext, unit: int) -> Numbers:
    kernel = context.kernel()
    if len(kernel) != SIDE * SIDE:
        raise InvalidValueError(
            f"unit: the first dense layer of {context.title} sees {len(kernel)} inputs, not 784 pixels"
        )
    values = kernel[:, unit].astype(np.float64).reshape(SIDE, SIDE)
    digits = 1 if np.abs(values).max() < 9.95 else 0
    texts = tuple(tuple(_short(value, digits) for value in row) for row in values)
    return Numbers(
        values=values,
        texts=texts,
        dtype=str(kernel.dtype),
        shape=(SIDE * SIDE,),
        label="",
        one_hot=(),
        scale=canvas.signed_scale(values, over="of this unit"),
        title=f"{context.title}: the 784 weights of unit {unit}",
        note=f"{kernel.dtype}, one for each pixel, rounded; a dot rounds to 0",
        alt=(
            f"The 784 weights of unit {unit} of {context.title} as numbers, from {values.min():.2g} to "
            f"{values.max():.2g}; their sum is {values.sum():.3g}."
        ),
    )


def _short(value: float, digits: int) -> str:
    text = f"{abs(value):.{digits}f}".removeprefix("0")
    if not text.strip(".0"):
        return ""
    return f"{'−' if value < 0 else ''}{text}"
