"""`digits`: images of the dataset with their classes, in a row or drawn at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo import InvalidValueError, canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo import ViewContext
    from zoo_mnist.views import DigitsView

__all__ = ["ShownDigits", "compute", "draw"]


@dataclass(frozen=True)
class ShownDigits:
    """What is shown.

    Attributes:
        images: (n, 28, 28) in [0, 1].
        labels: Class of each image, in words.
        indices: Place of each image in its part of the dataset.
        title, note, alt: In words.
    """

    images: NDArray[np.float32]
    labels: tuple[str, ...]
    indices: tuple[int, ...]
    title: str
    note: str
    alt: str


def compute(context: ViewContext, parameters: DigitsView) -> ShownDigits:
    examples = context.examples(parameters.part)
    rows = np.arange(len(examples))
    which = f"{'training' if parameters.part == 'train' else 'test'} images"
    if parameters.label:
        rows = np.flatnonzero(examples.labels == context.column(parameters.label))
        which += f" of class {parameters.label}"
    if len(rows) == 0:
        raise InvalidValueError(f"there are no {which}; choose another class")
    if parameters.random:
        count = min(parameters.n, len(rows))
        rows = np.random.default_rng(parameters.seed).choice(rows, count, replace=False)
        how = f"drawn at random, seed {parameters.seed}"
    else:
        if parameters.start >= len(rows):
            raise InvalidValueError(
                f"start: expected an integer in 0..{len(rows) - 1} ({which}), got {parameters.start}"
            )
        rows = rows[parameters.start : parameters.start + parameters.n]
        how = f"from number {parameters.start} on" if len(rows) > 1 else f"number {parameters.start}"
    shown = examples.rows(rows)
    labels = tuple(context.labels[label] for label in shown.labels)
    title = f"{len(labels)} of the {which}" if len(labels) > 1 else f"One of the {which}"
    classes = "" if parameters.label else ": " + ", ".join(labels)
    return ShownDigits(
        images=shown.floats(),
        labels=labels,
        indices=tuple(int(row) for row in rows),
        title=title,
        note=f"{how}; the class stands above {'each' if len(labels) > 1 else 'it'}",
        alt=f"Handwritten digit{'s' if len(labels) > 1 else ''}, {title.lower()}, {how}{classes}.",
    )


def draw(numbers: ShownDigits) -> Figure:
    return canvas.tiles(numbers.images, title=numbers.title, note=numbers.note, captions=numbers.labels)
