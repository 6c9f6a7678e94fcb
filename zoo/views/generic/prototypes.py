"""`prototypes`: what the first layer sees in each class, weights times mean activations, summed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import UsageError
from zoo.views.scales import Scale, clipped_at, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.units import Prototypes

__all__ = ["ClassPrototypes", "class_prototypes", "compute", "draw"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ClassPrototypes:
    """Prototypes of all classes.

    Attributes:
        labels: Name of each class.
        means: Mean image of each class, (class, 28, 28) in [0, 1].
        maps: One or three signed maps a class, (row, class, 28, 28).
        rows: What each row of maps is.
        answers: What the model reads in each map, negative parts cut off; empty where it gives no
            scores.
        scale: Common to all maps.
    """

    title: str
    note: str
    labels: tuple[str, ...]
    means: Array
    maps: Array
    rows: tuple[str, ...]
    answers: tuple[str, ...]
    scale: Scale
    alt: str


def class_prototypes(
    context: ViewContext, count: int, spread: float = 0.0
) -> tuple[list[int], Array, Array]:
    """Return columns of the classes that have images, their mean images, and their prototypes.

    With the mean a and the standard deviation s of the first layer's activations over the images of
    a class, and the weight maps W: ``Σ a W``, and before and after it ``Σ (a ∓ k s) W`` where
    `spread`, k, is not 0.

    Returns:
        The prototypes as (row, class, 28, 28).
    """
    examples = context.examples("test").first(count)
    images, labels = examples.floats(), examples.labels
    layer = context.first_layer()
    found = context.model.activations(images)
    if layer not in found:
        raise UsageError(f"{context.title}: its activations leave out layer {layer}")
    answers = np.asarray(found[layer], np.float64).reshape(len(images), -1)
    kernel = np.asarray(context.kernel(), np.float64)
    present = [column for column in range(len(context.labels)) if (labels == column).any()]
    means = np.stack([images[labels == c].mean(axis=0, dtype=np.float64) for c in present])
    centre = np.stack([answers[labels == c].mean(axis=0) for c in present])
    width = np.stack([answers[labels == c].std(axis=0) for c in present])
    steps = (-spread, 0.0, spread) if spread else (0.0,)
    maps = np.stack([(centre + k * width) @ kernel.T for k in steps])
    return present, means, maps.reshape(len(steps), len(present), 28, 28)


def compute(context: ViewContext, parameters: Prototypes) -> ClassPrototypes:
    present, means, maps = class_prototypes(context, parameters.count, parameters.spread)
    labels = tuple(context.labels[column] for column in present)
    rows: tuple[str, ...] = ("prototypes",)
    if parameters.spread:
        k = f"{parameters.spread:g} std"
        rows = (f"mean − {k}", "mean", f"mean + {k}")
    answers: tuple[str, ...] = ()
    reading = ""
    if "scores" in context.offers:
        ink = maps[len(rows) // 2].clip(0)
        ink = ink / np.maximum(ink.max(axis=(1, 2), keepdims=True), 1e-12)
        read = context.model.predict(ink.astype(np.float32)).argmax(axis=1)
        answers = tuple(context.labels[column] for column in read)
        right = int((read == np.asarray(present)).sum())
        reading = f"; negative parts cut off, {context.title} reads {right} of {len(present)} as meant"
    scale = signed_scale(maps, over="over all prototypes", clip=parameters.clip)
    return ClassPrototypes(
        title=f"{context.title}: prototypes" + clipped_at(parameters.clip),
        note=(f"mean image, and weights × mean activations of the class, summed; {scale.text}{reading}"),
        labels=labels,
        means=means,
        maps=maps,
        rows=rows,
        answers=answers,
        scale=scale,
        alt=(
            f"For each of {len(labels)} classes its mean image and its prototype, the weight maps of "
            f"{context.first_layer()} of {context.title} summed with the mean activations of the "
            f"class{reading}."
        ),
    )


def draw(numbers: ClassPrototypes) -> Figure:
    from zoo.views import canvas

    count, rows = len(numbers.labels), len(numbers.rows)
    names = max(canvas.text_width(name, 9.5) for name in (*numbers.rows, "mean image")) + 0.12
    cell = min(1.4, (canvas.WIDTH - 1.7 - names) / count)
    high = 28 / 30 * cell
    sheet = canvas.figure(
        title=numbers.title,
        note=numbers.note,
        panel=(cell * count, (rows + 1) * cell),
        room=(names, 0),
        bar=True,
        head=0.22,
    )
    sheet.axes[0].axis("off")
    top = canvas.place(sheet, 0, 0, cell * count, high)
    canvas.show(top, canvas.montage(numbers.means, count), aspect="auto", marks=False)
    flat = numbers.maps.reshape(-1, 28, 28)
    below = canvas.place(sheet, 0, cell, cell * count, rows * cell - cell + high)
    canvas.show(below, canvas.montage(flat, count), numbers.scale, aspect="auto", marks=False)
    for axes, words in ((top, ("mean image",)), (below, numbers.rows)):
        axes.set_yticks(
            [30 * row + 13.5 for row in range(len(words))], words, color=canvas.INK, size=9.5
        )
        axes.tick_params(length=0, pad=5)
    for index, label in enumerate(numbers.labels):
        top.text(30 * index + 13.5, -3, label, size=10.5, color=canvas.INK, ha="center", va="bottom")
    canvas.colour_bar(sheet, numbers.scale, "weights × activations")
    return sheet.figure
