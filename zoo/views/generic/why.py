"""`why`: how much each pixel speaks for an answer, exactly: the map's sum plus the bias is the logit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zoo.errors import InvalidValueError, complaint
from zoo.views.generic.asking import answer, column_of, named
from zoo.views.generic.tracing import trace
from zoo.views.scales import Scale, signed_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from zoo.views.context import ViewContext
    from zoo.views.declared.questions import Why

__all__ = ["Contributions", "compute", "draw"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Contributions:
    """Contribution maps of two classes.

    Attributes:
        image: (28, 28).
        labels: The two classes.
        maps: What each pixel adds to the logit of each, (2, 28, 28).
        biases: What all biases add, (2,).
        logits: Sum of each map and its bias.
        scale: Of the maps.
    """

    title: str
    note: str
    image: Array
    labels: tuple[str, str]
    maps: Array
    biases: Array
    logits: Array
    scale: Scale
    alt: str


def compute(context: ViewContext, parameters: Why) -> Contributions:
    image = context.image(parameters.image)
    scores = context.model.predict(image)[0]
    first = column_of(context, parameters.label, scores)
    if parameters.other:
        second = context.column(parameters.other)
    else:
        ranked = [int(column) for column in np.argsort(-scores, kind="stable")]
        second = next(column for column in ranked if column != first)
    if first == second:
        got = context.labels[first]
        raise InvalidValueError(complaint("other", expected="another class than `label`", got=got))
    maps, biases = trace(context, np.stack([image, image])).contributions([first, second])
    logits = maps.sum(axis=(1, 2)) + biases
    labels = (context.labels[first], context.labels[second])
    which = named(parameters.image)
    y, x = np.unravel_index(int(np.abs(maps[0]).argmax()), (28, 28))
    side = "for" if maps[0, y, x] > 0 else "against"
    scale = signed_scale(maps, palette="inputs", over="over both maps")
    return Contributions(
        title=f"{context.title}: why {which} is read as {answer(context, scores)}",
        note=f"what each pixel adds to the logit: orange for the class, purple against; {scale.text}",
        image=image.astype(np.float64),
        labels=labels,
        maps=maps,
        biases=biases,
        logits=logits,
        scale=scale,
        alt=(
            f"What each pixel of {which} adds to the logits of {context.title}: {logits[0]:.3g} for "
            f"class {labels[0]} and {logits[1]:.3g} for class {labels[1]}; the pixel at row {y}, column "
            f"{x} speaks most strongly, {side} {labels[0]}."
        ),
    )


def draw(numbers: Contributions) -> Figure:
    from zoo.views import canvas

    side = 2.15
    sheet = canvas.figure(
        1, 3, title=numbers.title, note=numbers.note,
        panel=(side, side), gap=(0.24, 0), room=(0, 0.5), bar=True, head=0.22,
    )  # fmt: skip
    canvas.show(sheet.axes[0], numbers.image)
    canvas.caption(sheet.axes[0], "the image", strong=True)
    for axes, label, values, bias, logit in zip(
        sheet.axes[1:], numbers.labels, numbers.maps, numbers.biases, numbers.logits, strict=True
    ):
        canvas.show(axes, values, numbers.scale)
        canvas.caption(axes, f"for class {label}", strong=True)
        sign = "−" if bias < 0 else "+"
        words = f"sum {_plain(logit - bias)} {sign} bias {abs(bias):.2f}\n= logit {_plain(logit)}"
        axes.set_xlabel(words, labelpad=5, color=canvas.INK)
        for edge in axes.spines.values():
            edge.set(visible=True, color=canvas.FAINT, linewidth=0.7)
    canvas.colour_bar(sheet, numbers.scale, "added to the logit")
    return sheet.figure


def _plain(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
