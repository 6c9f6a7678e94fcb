"""`occlusion`: what covering a part of an image does to the answer, place by place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.views.generic.asking import answer, column_of, log_odds, named
from zoo.views.scales import Scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.questions import Occlusion

__all__ = ["Covered", "compute", "draw"]

Array = npt.NDArray[np.float64]
SIDE = 28


@dataclass(frozen=True)
class Covered:
    """What covering does.

    Attributes:
        image: (28, 28).
        example: The image covered where that hurts the class most, (28, 28).
        drops: How far the class falls (in log-odds, or in score above the others) when the square
            whose middle is at a pixel is covered, (28, 28); below zero where covering helps.
        label: The class watched.
        flips: Squares that change the answer.
        scale: Of the drops.
    """

    title: str
    note: str
    image: Array
    example: Array
    drops: Array
    label: str
    flips: int
    unit: str
    scale: Scale
    alt: str


def compute(context: ViewContext, parameters: Occlusion) -> Covered:
    image = context.image(parameters.image)
    whole = context.model.predict(image)
    column = column_of(context, parameters.label, whole[0])
    covered = cover(image, parameters.size, parameters.fill)
    scores = context.model.predict(covered)
    drops = log_odds(context, whole, column)[0] - log_odds(context, scores, column)
    drops = drops.reshape(SIDE, SIDE)
    flips = int((scores.argmax(axis=1) != whole[0].argmax()).sum())
    label, which, size = context.labels[column], named(parameters.image), parameters.size
    y, x = np.unravel_index(int(drops.argmax()), drops.shape)
    square = "one pixel" if size == 1 else f"a square of {size}×{size} pixels"
    changed = "no place changes" if not flips else f"{flips} of {SIDE * SIDE} places change"
    unit = "log-odds lost" if "probabilities" in context.offers else "score lost"
    scale = signed_scale(drops, palette="inputs", over="over all places")
    return Covered(
        title=f"{context.title}: {which}, read as {answer(context, whole[0])}, with {square} covered",
        note=f"orange: covering here speaks against class {label}; {scale.text}; {changed} the answer",
        image=image.astype(np.float64),
        example=covered[drops.argmax()].astype(np.float64),
        drops=drops,
        label=label,
        flips=flips,
        unit=unit,
        scale=scale,
        alt=(
            f"What covering {square} of {which} does to class {label} of {context.title}: it loses "
            f"most, {drops[y, x]:.3g}, at row {y}, column {x}; {changed} the answer."
        ),
    )


def draw(numbers: Covered) -> Figure:
    from zoo.views import canvas

    sheet = canvas.figure(
        1, 3, title=numbers.title, note=numbers.note, panel=(2.15, 2.15), gap=(0.24, 0),
        bar=True, head=0.22,
    )  # fmt: skip
    first, second, third = sheet.axes
    canvas.show(first, numbers.image)
    canvas.caption(first, "the image", strong=True)
    canvas.show(second, numbers.example)
    canvas.caption(second, "covered where it hurts most", strong=True)
    canvas.show(third, numbers.drops, numbers.scale)
    canvas.caption(third, f"loss of class {numbers.label}", strong=True)
    third.contour(numbers.image, levels=[0.5], colors=[canvas.QUIET], linewidths=0.9).set_array(
        None
    )  # an outline of the digit: it carries no values of its own
    canvas.colour_bar(sheet, numbers.scale, numbers.unit)
    return sheet.figure


def cover(image: npt.NDArray[np.float32], size: int, fill: float) -> npt.NDArray[np.float32]:
    """Return the image (28, 28) with a square around each pixel covered in turn, (784, 28, 28)."""
    before, places = size // 2, np.arange(SIDE)
    inside = (places >= places[:, None] - before) & (places < places[:, None] - before + size)
    squares = inside[:, None, :, None] & inside[None, :, None, :]
    return np.where(squares.reshape(-1, SIDE, SIDE), np.float32(fill), image)
