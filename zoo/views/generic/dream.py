"""`dream`: the image a model likes best for each class, beside what the class really looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.views.generic.asking import percent
from zoo.views.generic.prototypes import class_prototypes
from zoo.views.generic.tracing import trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.questions import Dream

__all__ = ["Dreams", "compute", "draw"]

Array = npt.NDArray[np.float64]

REACH = 1.5
"""Length of a step, in ink: the image changes by so much in all (Euclidean norm)."""


@dataclass(frozen=True)
class Dreams:
    """Images made to be liked.

    Attributes:
        labels: Of the classes.
        rows: What each row of images is.
        images: (row, class, 28, 28) in [0, 1].
        confidence: What the model says of each dream, in words.
        logits: Of each dream for its class.
    """

    title: str
    note: str
    labels: tuple[str, ...]
    rows: tuple[str, ...]
    images: Array
    confidence: tuple[str, ...]
    logits: Array
    alt: str


def compute(context: ViewContext, parameters: Dream) -> Dreams:
    examples = context.examples("test").first(parameters.count)
    images, labels = examples.floats(), examples.labels
    present = [column for column in range(len(context.labels)) if (labels == column).any()]
    means = np.stack([images[labels == c].mean(axis=0, dtype=np.float64) for c in present])
    whole = trace(context, images[: len(present)] if len(images) >= len(present) else means)
    dreams = np.full((len(present), 28, 28), 0.1)
    for _ in range(parameters.steps):  # uphill, then a little of all ink is taken away
        gradient = whole.run(dreams).gradient(present)
        size = np.sqrt((gradient**2).sum(axis=(1, 2), keepdims=True))
        moved = dreams + REACH * gradient / np.maximum(size, 1e-12)
        dreams = (moved * (1 - parameters.decay)).clip(0, 1)
    rows, pictures = ["mean image", "dream"], [means, dreams]
    if {"dense-first-layer", "hidden"} <= context.offers:
        ink = class_prototypes(context, parameters.count)[2][0].clip(0)
        rows.insert(1, "prototypes")
        pictures.insert(1, ink / np.maximum(ink.max(axis=(1, 2), keepdims=True), 1e-12))
    scores = context.model.predict(dreams.astype(np.float32)).astype(np.float64)
    answers = scores.argmax(axis=1)
    logits = whole.run(dreams).logits[np.arange(len(present)), present]
    known = "probabilities" in context.offers
    confidence = tuple(
        f"{context.labels[best]}: {percent(row[best])}" if known else context.labels[best]
        for best, row in zip(answers, scores, strict=True)
    )
    right = int((answers == np.asarray(present)).sum())
    names = tuple(context.labels[column] for column in present)
    told = f"{right} of {len(present)} dreams are read as their class"
    return Dreams(
        title=f"{context.title}: what it would like to see for each class",
        note=f"{parameters.steps} steps uphill on the logit, from gray; {told}; under each the answer",
        labels=names,
        rows=tuple(rows),
        images=np.stack(pictures).clip(0, 1),
        confidence=confidence,
        logits=logits,
        alt=(
            f"For each of {len(names)} classes its mean image and the image that {context.title} "
            f"prefers for it, found by climbing the logit: {told}."
        ),
    )


def draw(numbers: Dreams) -> Figure:
    from zoo.views import canvas

    rows, count = numbers.images.shape[:2]
    names = max(canvas.text_width(name, 9.5) for name in numbers.rows) + 0.12
    cell = min(1.4, (canvas.WIDTH - 0.56 - names) / count)
    sheet = canvas.figure(
        title=numbers.title, note=numbers.note, panel=(cell * count, cell * rows),
        room=(names, 0.24), head=0.2,
    )  # fmt: skip
    axes = sheet.axes[0]
    whole = canvas.montage(numbers.images.reshape(-1, 28, 28), count)
    canvas.show(axes, whole, aspect="auto", marks=False)
    axes.set_yticks([30 * row + 13.5 for row in range(rows)], numbers.rows, color=canvas.INK, size=9.5)
    axes.tick_params(length=0, pad=5)
    for index, (label, sure) in enumerate(zip(numbers.labels, numbers.confidence, strict=True)):
        x = 30 * index + 13.5
        axes.text(x, -3, label, size=10.5, color=canvas.INK, ha="center", va="bottom")
        axes.text(x, 30 * rows, sure, size=8.5, color=canvas.QUIET, ha="center", va="top")
    return sheet.figure
